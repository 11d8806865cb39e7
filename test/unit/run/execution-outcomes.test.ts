import { expect, it } from 'vitest';
import { executionBounds } from '../../../src/metrics/run-facts.ts';
import type { CollectedExecution } from '../../../src/run/collector.ts';
import { ExecutionOutcomes } from '../../../src/run/execution-outcomes.ts';
import { planText } from '../../support/virtual.ts';

const { population } = planText(`
name: one-of-each
fleet: { things: 2, group: all, cohorts: [
  { name: a, share: 50%, profile: {} }, { name: b, share: 50%, profile: {} } ] }
jobs: [ { create: { jobId: fw, document: {} } } ]
`);

function executionOf(overrides: Partial<CollectedExecution>): CollectedExecution {
  return {
    thing: 0,
    jobId: 'fw',
    executionNumber: 1,
    behaviour: 'succeed',
    reported: 'SUCCEEDED',
    acknowledged: true,
    updated: true,
    noticedAt: 5000,
    endedAt: 6000,
    ...overrides,
  };
}

it('counts each execution once, in its cohort, under what the device told last', () => {
  const outcomes = new ExecutionOutcomes(population);
  outcomes.add(executionOf({ thing: 0 }));
  outcomes.add(executionOf({ thing: 0, reported: undefined }));
  outcomes.add(executionOf({ thing: 1, reported: 'FAILED' }));

  const cohorts = outcomes.read();

  expect(cohorts.map(({ cohort }) => cohort)).toEqual(['a', 'b']);
  const counts = cohorts.map((each) =>
    Object.entries(each.outcomes).flatMap(([status, { count }]) => (count > 0 ? [status] : [])),
  );
  expect(counts).toEqual(expect.arrayContaining([['SUCCEEDED', 'NONE'], ['FAILED']]));
});

it('times those that ended, in simulated seconds', () => {
  const outcomes = new ExecutionOutcomes(population);
  outcomes.add(executionOf({ endedAt: 6000 }));
  outcomes.add(executionOf({ endedAt: 5000 + 90_000 }));
  outcomes.add(executionOf({ endedAt: 5000 + 7_200_000 }));
  const { endedAt: _, ...unfinished } = executionOf({});
  outcomes.add(unfinished);

  const told = outcomes.read().map((each) => each.outcomes['SUCCEEDED']);
  const outcome = told.find((each) => each?.count === 4);

  expect(outcome?.duration).toEqual({
    bounds: executionBounds,
    counts: executionBounds.map((bound) => (bound < 90 ? 1 : 2)),
    sum: 1 + 90 + 7200,
    count: 3,
  });
});
