import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeNewFiles } from '../../../src/cli/new-files.ts';
import { temporaryFolder } from '../../support/cli.ts';

const contents = new Map([
  ['a.txt', 'first'],
  ['below/b.txt', 'second'],
]);

it('writes what is not there, and nothing twice', async () => {
  const folder = temporaryFolder();

  const first = await writeNewFiles({ folder, contents, force: false });
  const again = await writeNewFiles({ folder, contents, force: false });

  expect(first).toEqual(['a.txt', 'below/b.txt']);
  expect(again).toEqual([]);
  expect(readFileSync(join(folder, 'below/b.txt'), 'utf8')).toBe('second');
});

it('writes nothing when any file says something else, and names them all', async () => {
  const folder = temporaryFolder();
  const more = new Map([...contents, ['c.txt', 'third'], ['d.txt', 'fourth']]);
  writeFileSync(join(folder, 'a.txt'), 'mine');
  writeFileSync(join(folder, 'c.txt'), 'mine too');

  await expect(writeNewFiles({ folder, contents: more, force: false })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('a.txt, c.txt'),
    hint: expect.stringContaining('--force'),
  });
  expect(() => readFileSync(join(folder, 'd.txt'))).toThrow('ENOENT');
  expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('mine');
});

it('replaces them when asked to', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.txt'), 'mine');

  const written = await writeNewFiles({ folder, contents, force: true });

  expect(written).toEqual(['a.txt', 'below/b.txt']);
  expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('first');
});

it('says what is in the way', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'below'), 'no folder');

  await expect(writeNewFiles({ folder, contents, force: false })).rejects.toMatchObject({
    code: 'setup',
  });
});
