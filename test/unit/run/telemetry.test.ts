import { expect, it } from 'vitest';
import { wallNow } from '../../../src/base/clock.ts';
import { abortStandings } from '../../../src/run/abort-standing.ts';
import { Collector } from '../../../src/run/collector.ts';
import { foreseenBy, nothingForeseen } from '../../../src/run/foreseen-rollout.ts';
import { JobWatch } from '../../../src/run/job-watch.ts';
import { Telemetry } from '../../../src/run/telemetry.ts';
import { runVirtually } from '../../../src/run/virtual-run.ts';
import { Referee } from '../../../src/sim/referee.ts';
import { assertionOf, summaryOf } from '../../support/summaries.ts';
import { planText } from '../../support/virtual.ts';

const plan = planText(`
name: small
clock: { scale: max }
stop: { after: 10m }
fleet: { things: 40, group: all, cohorts: [ { name: good, share: 100%, profile: { work: 5s } } ] }
jobs:
  - create:
      jobId: fw
      document: {}
      jobExecutionsRolloutConfig: { maximumPerMinute: 20 }
      abortConfig: { criteriaList: [
        { failureType: FAILED, action: CANCEL, thresholdPercentage: 60, minNumberOfExecutedThings: 4 } ] }
`);

function open() {
  const telemetry = new Telemetry({
    labels: {
      version: '0.1.0',
      node: 'v20',
      runId: 'run-1',
      scenario: 'small',
      target: 'emulator',
      startedAt: 0,
    },
    plan,
    collector: new Collector(
      () => 0,
      () => undefined,
    ),
    watches: new Map(),
    clockSetting: { wallOriginAt: 0, simulatedOriginAt: 0, scale: 1 },
    foreseen: nothingForeseen,
  });
  return telemetry;
}

const judged = summaryOf({
  assertions: [
    assertionOf({ id: 'expect-1', result: 'passed' }),
    assertionOf({ id: 'expect-2', result: 'failed' }),
    assertionOf({ id: 'expect-3', result: 'skipped' }),
  ],
});

function samplesOf(text: string, name: string): string[] {
  return text.split('\n').filter((line) => line.startsWith(`${name}{`));
}

it('a job that is to come has its series from the start', () => {
  const telemetry = open();
  telemetry.look({ elapsedMs: 0, isConnecting: true });

  const { jobs } = telemetry.facts();

  expect(jobs).toMatchObject([
    { jobId: 'fw', notified: 0, executions: { QUEUED: 0 }, criteria: [{ failureType: 'FAILED' }] },
  ]);
  expect(samplesOf(telemetry.openMetrics(), 'fleetrig_rollout_notified_things_total')).toHaveLength(
    1,
  );
});

it('the verdict and the expectations that were judged end the story', () => {
  const telemetry = open();
  telemetry.look({ elapsedMs: 0, isConnecting: false });
  telemetry.judge(judged, wallNow() + 1000);

  const text = telemetry.openMetrics();

  const series = '{job="fleetrig",run_id="run-1",';
  const withoutTimes = text.replaceAll(/ [\d.]+$/gm, '');
  expect(samplesOf(withoutTimes, 'fleetrig_assertion_passed')).toEqual([
    `fleetrig_assertion_passed${series}assertion="expect-1"} 1`,
    `fleetrig_assertion_passed${series}assertion="expect-2"} 0`,
  ]);
  expect(samplesOf(withoutTimes, 'fleetrig_run_verdict').slice(0, 2)).toEqual([
    `fleetrig_run_verdict${series}verdict="passed"} 0`,
    `fleetrig_run_verdict${series}verdict="passed"} 1`,
  ]);
});

it('what was predicted stands beside what came about, for every sample', () => {
  const telemetry = open();
  telemetry.look({ elapsedMs: 0, isConnecting: true });
  telemetry.judge(judged, wallNow() + 1000);
  const foreseen = foreseenBy(runVirtually(plan, plan.dialect, new Referee([])));

  telemetry.foresee((jobId, elapsedMs) => foreseen(jobId, elapsedMs + 61_000));

  const lines = samplesOf(telemetry.openMetrics(), 'fleetrig_rollout_predicted_notified_things');
  expect(lines.map((line) => line.split(' ')[1])).toEqual(['21', '21']); // one every three seconds
  expect(foreseen('fw', -1)).toBe(0);
  expect(foreseen('other', 0)).toBeUndefined();
});

it('counts for each criterion what counts for it', () => {
  const watch = new JobWatch('fw', {});
  const executions = { SUCCEEDED: 10, FAILED: 4, REJECTED: 3, TIMED_OUT: 2, CANCELED: 50 };
  const criterion = { action: 'CANCEL', thresholdPercentage: 10, minNumberOfExecutedThings: 1 };
  const abortCriteria = (['FAILED', 'ALL'] as const).map((failureType) => ({
    ...criterion,
    action: 'CANCEL' as const,
    failureType,
  }));

  const standings = abortStandings({
    executions,
    observation: watch.observation,
    abortCriteria,
    abortReading: watch.abortReading,
    notified: 69,
  });

  expect(standings.map(({ executed, failed }) => [executed, failed])).toEqual([
    [19, 4],
    [19, 9],
  ]);
});
