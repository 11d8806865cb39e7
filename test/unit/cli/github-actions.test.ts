import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tellGithub } from '../../../src/cli/github-actions.ts';
import { tellProblemsToGithub } from '../../../src/cli/github-problems.ts';
import { fitStepSummary } from '../../../src/cli/step-summary.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { memoryIo } from '../../support/memory-io.ts';
import { assertionOf, summaryOf } from '../../support/summaries.ts';

const onGithub = (env: Record<string, string> = {}) =>
  memoryIo({
    cwd: '/checkout/service',
    env: { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: '/checkout', ...env },
  });
const { run, harness } = summaryOf();

const missed = assertionOf({
  expr: 'latency.update.p99 < 250ms',
  expected: '< 250ms',
  actual: '100%\nlate',
  result: 'failed',
});

it('marks the line of an expectation that failed, and only there', () => {
  const io = onGithub();

  tellGithub(summaryOf({ assertions: [assertionOf(), missed] }), io);

  expect(io.errors).toBe(
    '::error file=service/scenarios/canary.yaml,line=31,title=fleetrig expectation::' +
      'latency.update.p99 < 250ms: expected < 250ms, got 100%25%0Alate (scenarios/canary.yaml:31)\n',
  );
});

it('says nothing elsewhere', () => {
  const io = memoryIo();

  tellGithub(summaryOf({ assertions: [missed] }), io);

  expect(io.errors + io.output).toBe('');
});

it.each([
  [
    { run: { ...run, verdict: 'inconclusive' as const, exitCode: 98 } },
    /^::warning .*inconclusive/,
  ],
  [{ run: { ...run, verdict: 'interrupted' as const, exitCode: 130 } }, /^::warning .*interrupted/],
  [
    { run: { ...run, verdict: 'error' as const, exitCode: 1, error: 'gone' } },
    /^::error .*%0Agone$/m,
  ],
])('a run without a verdict is marked too', (overrides, text) => {
  const io = onGithub();

  tellGithub(summaryOf({ harness: { ...harness, reasons: ['late'] }, ...overrides }), io);

  expect(io.errors).toMatch(text);
});

it('marks what is wrong with a scenario, whatever its file is called', () => {
  const io = onGithub();
  const position = { file: 'a,b:c%.yaml', line: 4, column: 3 };

  tellProblemsToGithub(
    [
      { severity: 'error', position, message: 'no', hint: 'yes?', lineText: '', length: 1 },
      { severity: 'warning', position, message: 'hm', lineText: '', length: 1 },
    ],
    io,
  );

  const place = 'file=service/a%2Cb%3Ac%25.yaml,line=4,col=3,title=fleetrig scenario';
  expect(io.errors).toBe(`::error ${place}::no%0Ayes?\n::warning ${place}::hm\n`);
});

it('a file outside of the checkout is named as it was given', () => {
  const io = onGithub();

  tellGithub(summaryOf({ assertions: [{ ...missed, file: '/tmp/x.yaml' }] }), io);

  expect(io.errors).toContain('file=/tmp/x.yaml,');
});

it('adds the summary to what is on the page of the step', () => {
  const file = join(temporaryFolder(), 'step.md');
  writeFileSync(file, 'before\n');

  tellGithub(summaryOf(), onGithub({ GITHUB_STEP_SUMMARY: file }));

  expect(readFileSync(file, 'utf8')).toMatch(/^before\n## ✅ /);
});

it('a page that cannot be written fails nothing', () => {
  const io = onGithub({ GITHUB_STEP_SUMMARY: '/nowhere/at/all' });

  tellGithub(summaryOf(), io);

  expect(io.errors).toContain('the step summary could not be written');
});

it('leaves whole a summary that fits, and cuts one that does not between lines, with nothing open', () => {
  const long = `# Run\n\n<details>\n<summary>Ä</summary>\n\n${'- über\n'.repeat(1000)}\n</details>\n`;

  expect(fitStepSummary(long, 100_000)).toBe(long);
  for (const bytesMax of [120, 333, 5000]) {
    const cut = fitStepSummary(long, bytesMax);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bytesMax);
    expect(cut).toMatch(/^# Run\n/);
    expect(cut).toMatch(/The rest is in summary\.md/);
    expect(cut.match(/<details>/g)?.length ?? 0).toBe(cut.match(/<\/details>/g)?.length ?? 0);
    expect(cut).not.toMatch(/^- (?!über$)/m);
  }
  expect(fitStepSummary(long, 5)).toBe('');
});
