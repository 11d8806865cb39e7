import { expect, it } from 'vitest';
import { commandGroups } from '../../../src/cli/commands.ts';
import { main } from '../../../src/cli/main.ts';
import { memoryIo } from '../../support/memory-io.ts';

const commands = commandGroups(memoryIo(), () => {}).flatMap((group) => group.commands);
const names = commands.map(({ name }) => name);

async function call(...argv: string[]) {
  const io = memoryIo();
  const code = await main(argv, io);
  return { code, output: io.output, errors: io.errors };
}

function widest(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length));
}

it('shows the commands by purpose when called with nothing, and says that it is a mistake', async () => {
  const { code, output, errors } = await call();

  expect(code).toBe(2);
  expect(output).toBe('');
  for (const { usage } of commands) expect(errors).toContain(`\n  ${usage} `);
  expect(errors).toMatch(/^Rehearse a rollout:$/m);
  expect(errors).toContain('99 an expectation failed');
});

it.each([['--help'], ['-h'], ['help']])('%s shows the same, and is none', async (...argv) => {
  const { code, output, errors } = await call(...argv);

  expect(code).toBe(0);
  expect(errors).toBe('');
  expect(output).toBe((await call()).errors);
  expect(widest(output)).toBeLessThanOrEqual(100);
});

it('keeps the overview within a narrow terminal where words allow it', async () => {
  const io = memoryIo({ columns: 60 });

  await main(['--help'], io);

  const overview = io.output.slice(0, io.output.indexOf('Examples:'));
  expect(widest(overview)).toBeLessThanOrEqual(60);
});

it.each(names)('%s --help has an example and fits 100 columns', async (name) => {
  const { code, output } = await call(name, '--help');

  expect(code).toBe(0);
  expect(output).toContain(`fleetrig ${name}`);
  expect(output).toMatch(new RegExp(`Examples:\\n.*fleetrig ${name}`));
  expect(widest(output)).toBeLessThanOrEqual(100);
});

it.each(['run', 'predict'])('%s --help groups its options and tells exit codes', async (name) => {
  const { output } = await call(name, '--help');

  const headings = [...output.matchAll(/^(\w+):$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(expect.arrayContaining(['Scenario', 'Load', 'Output', 'Examples']));
  expect(output).toContain('98 inconclusive');
});

it.each([
  ['a command', ['rnu', 'x.yaml'], 'there is no command "rnu"', 'did you mean "run"?'],
  ['an option', ['run', 'x.yaml', '--run-idd', 'a'], 'unknown argument "run-idd"', '"--run-id"?'],
  ['two options', ['predict', 'x', '--seedz=1', '--outt=b'], '"seedz", "outt"', '"--out"?'],
  ['a template', ['init', '--template', 'smok'], 'cannot be "smok"', 'did you mean "smoke"?'],
  ['a shell', ['completion', 'zshh'], 'cannot be "zshh"', 'did you mean "zsh"?'],
])('guesses %s that was mistyped', async (_what, argv, message, guess) => {
  const { code, output, errors } = await call(...argv);

  expect(code).toBe(2);
  expect(output).toBe('');
  expect(errors).toContain(message);
  expect(errors).toContain(guess);
});

it.each([
  ['what is missing', ['run'], 'fleetrig run: something is missing: <scenario>'],
  ['a word too many', ['validate', 'a', 'extra'], 'unknown argument "extra"'],
  ['an option without its value', ['init', '--template'], 'template'],
  ['no command at all', ['--seed', '4'], 'name a command'],
])('tells %s, and where to read on', async (_what, argv, message) => {
  const { code, errors } = await call(...argv);

  expect(code).toBe(2);
  expect(errors).toContain(message);
  expect(errors).toMatch(/see fleetrig( \w+)? --help/);
  expect(errors).not.toContain('internal error');
});
