import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { main } from '../../../src/cli/main.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { latenciesOf, measuredOperation } from '../../support/measured.ts';
import { memoryIo } from '../../support/memory-io.ts';
import { summaryOf } from '../../support/summaries.ts';

const measured = latenciesOf(seededRandom('told'), 3000, 200_000);

/** A folder with a run, the same a fifth slower, and one that measured nothing. */
function threeRuns(): string {
  const root = temporaryFolder();
  const runs = {
    base: [measuredOperation(measured)],
    slower: [measuredOperation(measured.map((us) => Math.round(us * 1.2)))],
    silent: [],
  };
  for (const [name, operations] of Object.entries(runs)) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'report.json'), JSON.stringify(summaryOf({ operations })));
  }
  return root;
}

function compare(cwd: string, ...args: readonly string[]) {
  const io = memoryIo({ cwd });
  return main(['compare', ...args], io).then((code) => ({
    code,
    output: io.output,
    errors: io.errors,
  }));
}

const limit = ['--fail-on', 'latency.update.p99 > +10%'];

it('flags a slow-down of a fifth, and exits with 99 where a limit says so', async () => {
  const root = threeRuns();

  const told = await compare(root, 'base', 'slower');
  expect(told).toMatchObject({ code: 0, errors: '' });
  expect(told.output).toMatch(/latency\.update\.p50 .*\+20% +worse/);
  expect(told.output).toMatch(/latency\.update\.p99 .*\+(19\.\d|20|20\.\d)% +worse/);

  const judged = await compare(root, 'base', 'slower', ...limit);
  expect(judged.code).toBe(99);
  expect(judged.output).toContain('✗ latency.update.p99 > +10%: met');
});

it('passes where no limit is met', async () => {
  const root = threeRuns();

  expect(await compare(root, 'base', 'base', ...limit)).toMatchObject({ code: 0 });
  expect(await compare(root, 'slower', 'base', ...limit)).toMatchObject({ code: 0 });
  expect(
    await compare(root, 'base', 'slower', '--fail-on', 'latency.update.p99 > +30%'),
  ).toMatchObject({ code: 0 });
});

it('one limit of several is enough', async () => {
  const second = ['--fail-on', 'jobs.fw-1-4.status != same'];

  expect(await compare(threeRuns(), 'base', 'slower', ...second, ...limit)).toMatchObject({
    code: 99,
  });
});

it('a figure that one run does not have never passes', async () => {
  const { code, output } = await compare(threeRuns(), 'base', 'silent', ...limit);

  expect(code).toBe(99);
  expect(output).toContain(
    'latency.update.p99 > +10%: cannot be judged, head has no value of latency.update.p99',
  );
});

it('shows every limit that is none, where and why', async () => {
  const { code, output, errors } = await compare(
    threeRuns(),
    ...['base', 'slower', '--fail-on', 'latency.updat.p99 > +10%'],
    ...['--fail-on', 'latency.update.p99 > 10%'],
  );

  expect({ code, output }).toEqual({ code: 2, output: '' });
  expect(errors).toContain(
    [
      '--fail-on: unknown figure "latency.updat.p99"',
      '  | latency.updat.p99 > +10%',
      '  |         ^^^^^ did you mean "update"?',
    ].join('\n'),
  );
  expect(errors).toMatch(/ > 10%\n {2}\| {22}\^\^\^ write for example \+10% or -10%/);
});

it('takes a code that never came up', async () => {
  const never = ['--fail-on', 'operations.update.errors.RequestThrottled > +0'];

  expect(await compare(threeRuns(), 'base', 'slower', ...never)).toMatchObject({ code: 0 });
});

it('writes a file in the format that its name tells, or that was asked for', async () => {
  const root = threeRuns();
  const read = (name: string) => readFileSync(join(root, name), 'utf8');

  await compare(root, 'base', 'slower', '--out', 'a.html');
  await compare(root, 'base', 'slower', '--out', 'a.md');
  await compare(root, 'base', 'slower', '--out', 'a.json');
  await compare(root, 'base', 'slower', '--out', 'a.txt');
  const told = await compare(root, 'base', 'slower', '--out', 'b', '--format', 'json', ...limit);

  expect(read('a.html')).toMatch(/^<!DOCTYPE html>/);
  expect(read('a.md')).toMatch(/^## Comparison/);
  expect(JSON.parse(read('a.json'))).toMatchObject({ comparisonVersion: 1 });
  expect(read('a.txt')).toMatch(/^RUNS/);
  expect(JSON.parse(read('b'))).toMatchObject({ limits: [{ result: 'met' }] });
  expect(told).toMatchObject({ code: 99, output: 'wrote b\n' });
  // What broke is seen without opening the file.
  expect(told.errors).toContain('latency.update.p99 > +10%: met');
});

it('tells Markdown on stdout', async () => {
  const { output } = await compare(threeRuns(), 'base', 'slower', '--markdown');

  expect(output).toMatch(/^## Comparison/);
});

it('takes report.json files, and refuses what is none', async () => {
  const root = threeRuns();

  expect(await compare(root, 'base/report.json', 'slower')).toMatchObject({ code: 0 });
  const { code, errors } = await compare(root, 'base', 'gone');
  expect(code).toBe(2);
  expect(errors).toContain('gone is not there');
});

it('--json is short for --format json', async () => {
  const root = threeRuns();

  const long = await compare(root, 'base', 'slower', '--format', 'json');
  const short = await compare(root, 'base', 'slower', '--json');

  expect(short).toEqual(long);
  expect(short.code).toBe(0);
  expect(await compare(root, 'base', 'slower', '--json', '--markdown')).toMatchObject({ code: 2 });
});

it('of an expectation that one run has alone it tells only what there is to tell', async () => {
  const root = threeRuns();
  writeFileSync(join(root, 'silent', 'report.json'), JSON.stringify(summaryOf({ assertions: [] })));

  const { output } = await compare(root, 'silent', 'base');

  expect(output).toContain('jobs.fw-1-4.status == CANCELED: only in head, passed there\n');
});
