import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSummary, runCli, temporaryFolder } from '../support/cli.ts';
import { type RunOutcome, runForOutcomes } from '../support/outcomes.ts';

const scenario = 'test/e2e/jumping.yaml';

const run = (...args: readonly string[]) => runForOutcomes(scenario, ...args);

it('time that jumps gives what time that passes gives, in seconds', {
  timeout: 120_000,
}, async () => {
  const jumped = await run();
  const passed = await run('--set', 'clock.scale=120');
  const out = temporaryFolder();
  const { code } = await runCli(['predict', scenario, '--out', out, '--run-id', 'run']);
  expect(code).toBe(0);
  const predicted = readSummary(join(out, 'run'));

  const { run: told, environment, jobs, harness, operations } = jumped.summary;
  expect(told.simulatedSeconds).toBeGreaterThan(15 * 60);
  expect(told.durationSeconds).toBeLessThan(20);
  expect(environment.clockScale).toBe('max');
  expect(harness).toMatchObject({ trusted: true, scheduleDelayMs: { p99: 0, max: 0 } });
  // Real exchanges take real time, even while simulated time stands still.
  expect(operations.find(({ name }) => name === 'update')?.corrected.p50).toBeGreaterThan(0);
  expect(operations.map(({ name }) => name)).not.toContain('notify');
  expect(jobs[0]?.executions).toMatchObject({ TIMED_OUT: expect.any(Number) });
  expect(jobs[0]?.executions['TIMED_OUT']).toBeGreaterThan(0);

  expect(jumped.outcomes).toEqual(passed.outcomes);
  const counters = (summary: RunOutcome['summary']) =>
    summary.jobs.map(({ jobId, status, notified, executions }) => ({
      jobId,
      status,
      notified,
      executions,
    }));
  expect(counters(passed.summary)).toEqual(counters(jumped.summary));
  expect(counters(predicted)).toEqual(counters(jumped.summary));
});

it('devices that come, go, lose their network and are cancelled do not hold it up', async () => {
  const { summary } = await run(
    '--set',
    'fleet.cohorts.0.profile.link={ offline: { every: 5m, for: 1m } }',
    '--set',
    'timeline=[{ at: 1m, addThings: { count: 20 } }, { at: 2m, disconnect: { share: 30%, for: 2m } }, { at: 3m, removeThings: { from: 0, count: 5 } }, { at: 10m, cancelJob: { jobId: fw, force: true } }]',
    '--set',
    'expect=["jobs.fw.status == CANCELED", "fleet.reconnects > 100"]',
  );

  expect(summary.run.verdict).toBe('passed');
});
