import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cliReference } from './cli-reference.ts';

it('the page of commands is what they say themselves', async () => {
  await expect(await cliReference()).toMatchFileSnapshot(
    join(import.meta.dirname, '../../docs/cli.md'),
  );
});
