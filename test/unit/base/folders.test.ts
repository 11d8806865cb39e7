import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../../src/base/folders.ts';
import { temporaryFolder } from '../../support/cli.ts';

it('makes a folder with all that lead to it, also when it is there or two make it at once', async () => {
  const folder = join(temporaryFolder(), 'a', 'b', 'c');

  await Promise.all([makeFolder(folder), makeFolder(folder)]);
  await makeFolder(folder);

  expect(statSync(folder).isDirectory()).toBe(true);
});

it('fails where a file is in the way', async () => {
  const file = join(temporaryFolder(), 'taken');
  writeFileSync(file, '');

  await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.skipIf(!existsSync('/proc/self'))(
  'fails at once where nothing can be made (needs /proc)',
  async () => {
    await expect(makeFolder('/proc/fleetrig-none/below')).rejects.toMatchObject({ code: 'ENOENT' });
  },
);
