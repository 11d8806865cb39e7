import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { memoryIo } from '../../support/memory-io.ts';

/** What a shell is offered at the end of a line, in a folder with these files. */
async function offered(words: readonly string[], files: readonly string[] = []) {
  const cwd = temporaryFolder();
  for (const file of files) {
    mkdirSync(join(cwd, dirname(file)), { recursive: true });
    writeFileSync(join(cwd, file), '');
  }
  const io = memoryIo({ cwd });
  const code = await main(['--get-yargs-completions', 'fleetrig', ...words], io);
  expect(io.errors).toBe('');
  expect(code).toBe(0);
  // Some shells are told the meaning as well.
  const lines = io.output.split('\n').filter((line) => line !== '');
  return lines.map((line) => line.replace(/(?<=\w):.*/, ''));
}

const files = [
  'rollout.yaml',
  'job.json',
  '.hidden.yaml',
  'scenarios/soak.yml',
  'reports/2026-a/report.json',
  'reports/2026-b/report.json',
  'reports/notes/todo.txt',
];

it('offers the commands', async () => {
  expect(await offered([''])).toEqual(expect.arrayContaining(['run', 'predict', 'init']));
});

it('offers the options of the command', async () => {
  const options = await offered(['run', '--']);

  expect(options).toEqual(expect.arrayContaining(['--seed', '--set', '--out']));
  expect(options).not.toContain('--sweep');
});

it('offers the values of an option that has some', async () => {
  expect(await offered(['init', '--template', 'so'])).toEqual(['soak']);
});

it.each(['run', 'predict', 'validate', 'doctor'])('%s: offers scenarios', async (command) => {
  expect(await offered([command, ''], files)).toEqual(['reports/', 'rollout.yaml', 'scenarios/']);
  expect(await offered([command, 'ro'], files)).toEqual(['rollout.yaml']);
  expect(await offered([command, 'scenarios/'], files)).toEqual(['scenarios/soak.yml']);
});

it('offers a scenario behind options, and no scenario as the value of one', async () => {
  expect(await offered(['run', '--seed', '4', 'ro'], files)).toEqual(['rollout.yaml']);
  expect(await offered(['run', '--out', ''], files)).not.toContain('rollout.yaml');
});

it.each(['report', 'compare'])('%s: offers run folders', async (command) => {
  const all = ['reports/2026-a', 'reports/2026-b', 'reports/notes/'];

  expect(await offered([command, ''], files)).toEqual(all);
  expect(await offered([command, 'reports/2026-b'], files)).toEqual(['reports/2026-b']);
});

it('offers the second run folder of a comparison too', async () => {
  expect(await offered(['compare', 'reports/2026-a', 'reports/2026-'], files)).toEqual([
    'reports/2026-a',
    'reports/2026-b',
  ]);
});

it('offers nothing where there is nothing', async () => {
  expect(await offered(['run', 'nowhere/'], files)).toEqual([]);
});

it.each([
  ['bash', ['bash'], 'complete -o bashdefault'],
  ['zsh', ['zsh'], '#compdef fleetrig'],
  ['the shell in use', [], '#compdef fleetrig'],
])('prints the script for %s', async (_name, words, mark) => {
  const io = memoryIo({ env: { SHELL: '/usr/bin/zsh' } });

  expect(await main(['completion', ...words], io)).toBe(0);
  expect(io.output).toContain(mark);
  expect(io.errors).toBe('');
});

it('says so when the shell in use is another', async () => {
  const io = memoryIo({ env: { SHELL: '/usr/bin/fish' } });

  expect(await main(['completion'], io)).toBe(2);
  expect(io.errors).toContain('no completion for fish');
});
