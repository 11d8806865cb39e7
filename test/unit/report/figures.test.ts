import { expect, it } from 'vitest';
import { figures } from '../../../src/metrics/catalog.ts';
import { operations } from '../../../src/metrics/recorder.ts';
import { figureLookup } from '../../../src/report/figures.ts';
import { percentilesOf } from '../../../src/report/percentiles.ts';
import { histogramOf, jobOf, operationOf, summaryOf } from '../../support/summaries.ts';

const examples: Readonly<Record<string, string>> = {
  job: 'fw-1-4',
  cohort: 'healthy',
  executionStatus: 'FAILED',
  reportedStatus: 'NONE',
  workStatistic: 'p99',
  operation: 'update',
  statistic: 'p999',
  errorCode: 'VersionMismatch',
};

it.each(figures)('a full run has $pattern', ({ pattern, kind }) => {
  const key = pattern.replaceAll(/<(\w+)>/g, (_, name: string) => examples[name] ?? name);

  const value = figureLookup(summaryOf())(key);

  expect(typeof value).toBe({ number: 'number', word: 'string', boolean: 'boolean' }[kind]);
});

it.each([
  ['jobs.fw-1-4.status', 'CANCELED'],
  ['jobs.fw-1-4.executions.FAILED', 109],
  ['jobs.fw-1-4.executions.total', 1320],
  ['jobs.fw-1-4.duration', 384_000],
  ['jobs.fw-1-4.abort.tripped', true],
  ['jobs.fw-1-4.abort.failureType', 'FAILED'],
  ['jobs.fw-1-4.abort.at', 384_500],
  ['jobs.fw-1-4.rollout.deviation', 1.25],
  ['predicted.jobs.fw-1-4.status', 'CANCELED'],
  ['predicted.jobs.fw-1-4.notified', 1305],
  ['predicted.jobs.fw-1-4.duration', 380_000],
  ['predicted.jobs.fw-1-4.executions.FAILED', 107],
  ['predicted.jobs.fw-1-4.executions.total', 1305],
  ['predicted.jobs.fw-1-4.abort.tripped', true],
  ['predicted.jobs.fw-1-4.abort.at', 380_500],
  ['predicted.jobs.fw-1-4.abort.executed', 1067],
  ['jobs.fw-1-4.rollout.lastRatePerMinute', 100],
  ['cohorts.healthy.reported.NONE', 140],
  ['cohorts.healthy.reported.REJECTED', 0],
  ['cohorts.healthy.workSeconds.p99', 180],
  ['latency.update.p50', 2],
  ['latency.update.fromSend.p50', 1.9],
  ['operations.update.errors', 3],
  ['operations.update.errors.VersionMismatch', 2],
  ['operations.update.errors.RequestThrottled', 0],
  ['operations.update.lost', 1],
  ['run.duration', 390_000],
  ['run.wallDuration', 42_000],
  ['invariants.broken', 0],
])('%s is %s', (key, value) => {
  expect(figureLookup(summaryOf())(key)).toBe(value);
});

it('what was not measured has no figure, so no limit can be met by it', () => {
  const none = percentilesOf(histogramOf());
  const lookup = figureLookup(
    summaryOf({
      jobs: [jobOf({ abort: { criteria: [] }, endedAt: undefined, predicted: undefined })],
      operations: [operationOf({ corrected: none })],
    }),
  );

  expect(lookup('latency.update.p99')).toBeUndefined();
  expect(lookup('latency.update.fromSend.p99')).toBeTypeOf('number');
  expect(lookup('jobs.fw-1-4.abort.tripped')).toBe(false);
  expect(lookup('jobs.fw-1-4.abort.failed')).toBeUndefined();
  expect(lookup('jobs.fw-1-4.duration')).toBeUndefined();
  expect(lookup('predicted.jobs.fw-1-4.abort.tripped')).toBeUndefined();
  expect(lookup('jobs.other.status')).toBeUndefined();
});

it('a prediction has no figures of what a simulation does not count', () => {
  const { environment } = summaryOf();
  const simulation = { ...environment, target: 'simulation' as const };
  const lookup = figureLookup(summaryOf({ environment: simulation, operations: [] }));

  const counted = operations.filter((name) => lookup(`operations.${name}.count`) !== undefined);
  expect(counted).toEqual(['connect', 'get', 'describe', 'start-next', 'update']);
  expect(lookup('operations.update.errors.VersionMismatch')).toBe(0);
  expect(lookup('operations.notify.errors.VersionMismatch')).toBeUndefined();
});

it('an operation that no device performed counts zero', () => {
  const lookup = figureLookup(summaryOf({ operations: [] }));

  expect(operations.map((name) => lookup(`operations.${name}.count`))).toEqual(
    operations.map(() => 0),
  );
});
