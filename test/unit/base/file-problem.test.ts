import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tellFileProblem } from '../../../src/base/file-problem.ts';
import { temporaryFolder } from '../../support/cli.ts';

const told = (act: () => void): string => {
  try {
    act();
  } catch (error) {
    return tellFileProblem(error);
  }
  return 'nothing';
};

it('tells in words what is wrong with a path, without a second copy of it', () => {
  const root = temporaryFolder();
  const file = join(root, 'taken');
  writeFileSync(file, '');

  expect(told(() => readFileSync(join(root, 'gone')))).toBe('it is not there');
  expect(told(() => readFileSync(root))).toBe('it is a folder');
  expect(told(() => readFileSync(join(file, 'below')))).toBe('a part of its path is a file');
  expect(told(() => mkdirSync(file))).toBe('something of that name is there already');
  expect(told(() => mkdirSync(join(file, 'a', 'b')))).toBe('a part of its path is a file');
});

it('leaves to others what is not about files', () => {
  expect(tellFileProblem(new Error('out of luck'))).toBe('out of luck');
  expect(tellFileProblem('text')).toBe('text');
});
