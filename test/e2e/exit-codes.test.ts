import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Summary } from '../../src/report/summary.ts';
import { readSummary, runCli, startCli, temporaryFolder } from '../support/cli.ts';

const hasXmllint = spawnSync('xmllint', ['--version']).status === 0;

/** Starts a run as GitHub Actions would, with a page for its step. */
function startOnGithub(file: string, ...args: readonly string[]) {
  const out = temporaryFolder();
  const page = join(out, 'step.md');
  writeFileSync(page, '');
  const cli = startCli(['run', file, '--out', out, '--run-id', 'run', ...args], {
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: page,
    GITHUB_WORKSPACE: process.cwd(),
  });
  return {
    ...cli,
    summary: () => readSummary(join(out, 'run')),
    junitFile: join(out, 'run', 'junit.xml'),
    page: () => readFileSync(page, 'utf8'),
  };
}

/** Whatever the end was, everything that is left behind tells of the same one. */
function expectAgreement(
  code: number | null,
  stdout: string,
  run: ReturnType<typeof startOnGithub>,
): Summary {
  const summary = run.summary();
  const { verdict, exitCode } = summary.run;
  expect(exitCode).toBe(code);
  expect(stdout).toContain(`${verdict} (exit ${code})`);
  expect(run.page()).toContain(`${summary.scenario.name}: ${verdict}`);
  expectJunit(run.junitFile, summary);
  return summary;
}

/** A case for each expectation, and one for the run where it did not come to a verdict. */
function expectJunit(file: string, { run, assertions }: Summary): void {
  const text = readFileSync(file, 'utf8');
  const isJudged = run.verdict === 'passed' || run.verdict === 'failed';
  const count = (tag: string) => text.match(new RegExp(`<${tag} `, 'g'))?.length ?? 0;
  const of = (result: string) => assertions.filter((each) => each.result === result).length;
  expect(count('testcase')).toBe(assertions.length + (isJudged ? 0 : 1));
  expect(count('failure')).toBe(of('failed'));
  expect(count('error')).toBe(of('error') + (isJudged ? 0 : 1));
  expect(count('skipped')).toBe(of('skipped'));
  if (!hasXmllint) return;
  const { status, stderr } = spawnSync('xmllint', ['--noout', file], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
}

it('0: passed, and nothing is marked', async () => {
  const run = startOnGithub('test/e2e/rollout.yaml');

  const { code, stdout, stderr } = await run.done;

  expect(code, stderr).toBe(0);
  expectAgreement(code, stdout, run);
  expect(stderr).not.toMatch(/^::/m);
});

it('99: failed, and each expectation that did is marked on its line', async () => {
  const run = startOnGithub('test/e2e/negative.yaml');

  const { code, stdout, stderr } = await run.done;

  expect(code, stderr).toBe(99);
  const { assertions } = expectAgreement(code, stdout, run);
  const failed = assertions.filter(({ result }) => result === 'failed');
  expect(stderr.match(/^::\w+ .*?::/gm)).toEqual(
    failed.map(
      ({ line }) => `::error file=test/e2e/negative.yaml,line=${line},title=fleetrig expectation::`,
    ),
  );
});

it('98: inconclusive is a warning', async () => {
  const run = startOnGithub(
    'test/e2e/rollout.yaml',
    ...['--set', 'harness.scheduleDelayP99Max=0.001ms'],
  );

  const { code, stdout, stderr } = await run.done;

  expect(code, stderr).toBe(98);
  expectAgreement(code, stdout, run);
  expect(stderr).toMatch(/^::warning file=test\/e2e\/rollout\.yaml,title=.*schedule delay/m);
});

it('143: stopped by the system, with a report', async () => {
  const run = startOnGithub('test/e2e/rollout.yaml', '--set', 'clock.scale=1');
  await run.saw(/created job/);

  run.process.kill('SIGTERM');
  const { code, stdout, stderr } = await run.done;

  expect(code, stderr).toBe(143);
  expectAgreement(code, stdout, run);
});

it('2: what is wrong with a scenario is marked on its lines', async () => {
  const { code, stderr } = await runCli(['validate', 'test/e2e/wrong.yaml'], {
    GITHUB_ACTIONS: 'true',
  });

  expect(code).toBe(2);
  expect(stderr.match(/^::error file=test\/e2e\/wrong\.yaml,line=\d+,col=\d+/gm)).toHaveLength(5);
});

it('130: a prediction that repeats itself can be stopped, and tells what it knows', async () => {
  const out = temporaryFolder();
  const cli = startCli([
    ...['predict', 'scenarios/quickstart.yaml', '--out', out, '--run-id', 'run'],
    ...['--seeds', '5000'],
  ]);
  await cli.saw(/of 5000 simulations/);

  cli.process.kill('SIGINT');
  const { code, stderr } = await cli.done;

  expect(code, stderr).toBe(130);
  const { run, prediction } = readSummary(join(out, 'run'));
  expect(run).toMatchObject({ verdict: 'interrupted', exitCode: 130 });
  expect(prediction?.outcomes.length).toBeGreaterThan(0);
  expect(prediction).not.toHaveProperty('uncertainty');
});

it.each(['stdout', 'stderr'] as const)(
  'a reader of %s that goes away changes neither the run nor its report',
  async (stream) => {
    const out = temporaryFolder();
    const mode = stream === 'stdout' ? ['--json'] : [];
    const cli = startCli([
      'run',
      'test/e2e/rollout.yaml',
      '--out',
      out,
      '--run-id',
      'run',
      ...mode,
    ]);
    await cli.saw(/created job/);

    cli.process[stream]?.destroy();

    expect((await cli.done).code).toBe(0);
    expect(readSummary(join(out, 'run')).run.verdict).toBe('passed');
  },
);

it('what a run or a prediction came to goes to stdout, how it got there to stderr', async () => {
  const args = ['test/e2e/rollout.yaml', '--out', temporaryFolder(), '--run-id'];
  const [run, predict] = [
    await runCli(['run', ...args, 'run']),
    await runCli(['predict', ...args, 'predict']),
  ];

  for (const { code, stdout, stderr } of [run, predict]) {
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^EXPECTATIONS\n[\s\S]*\n {2}report \S+\n$/);
    expect(stderr).not.toContain('EXPECTATIONS');
  }
  expect(run.stderr).toMatch(/created job/);
  expect(predict.stdout).toMatch(/^PREDICTION /m);
});

it('--quiet says nothing where nothing went wrong', async () => {
  const { code, stdout, stderr } = await runCli([
    ...['run', 'test/e2e/rollout.yaml', '--out', temporaryFolder(), '--quiet'],
  ]);

  expect(code).toBe(0);
  expect(stdout + stderr).toBe('');
});
