import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { playTranscript } from './transcript.ts';

const folder = import.meta.dirname;
const files = readdirSync(folder).filter((file) => file.endsWith('.txt'));

/** `npx vitest run test/transcripts -u` rewrites the answers; review the difference. */
it.each(files)('%s', async (file) => {
  const path = join(folder, file);

  await expect(playTranscript(readFileSync(path, 'utf8'))).toMatchFileSnapshot(path);
});
