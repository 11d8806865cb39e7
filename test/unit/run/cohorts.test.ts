import { expect, it } from 'vitest';
import { summarizeCohorts } from '../../../src/run/cohorts.ts';
import { planText } from '../../support/virtual.ts';

const { population } = planText(`
name: long-work
seed: 1
fleet: { things: 2, group: all, profile: { work: 2s } }
jobs: [{ create: { jobId: fw, document: {} } }]`);

it('tells no percentile above the longest time there was', () => {
  const ended = (thing: number, endedAt: number) => ({
    ...{ thing, jobId: 'fw', executionNumber: 1, behaviour: 'succeed', reported: 'SUCCEEDED' },
    ...{ acknowledged: true, updated: true, noticedAt: 0, startedAt: 0, endedAt },
  });

  // A histogram of three digits tells such a time as one up to a second later.
  const [cohort] = summarizeCohorts(population, [
    ended(0, 1_234_567),
    ended(1, 1_234_567),
  ] as Parameters<typeof summarizeCohorts>[1]);

  const { max = 0, ...percentiles } = cohort?.workSeconds ?? {};
  expect(max).toBeCloseTo(1234.568, 3);
  expect(Object.values(percentiles)).toEqual([max, max, max]);
});
