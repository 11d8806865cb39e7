import { expect, it } from 'vitest';
import type { AbortReading } from '../../../src/run/abort-reading.ts';
import { armingsOf } from '../../../src/run/armings.ts';
import { summarizeJob } from '../../../src/run/job-summary.ts';
import type { ListedExecution, ObservedJob } from '../../../src/run/job-watch.ts';

const trip = {
  ...{ criterion: 0, failureType: 'ALL' as const, at: 439_000 },
  ...{ executed: 2700, failed: 900, notified: 3000, inProgress: 300 },
};

function jobWith(abortReading: AbortReading, overrides: Partial<ObservedJob> = {}): ObservedJob {
  return {
    jobId: 'fw',
    request: {},
    status: 'CANCELED',
    isKnown: true,
    executions: {},
    observation: {
      ...{ jobId: 'fw', status: 'CANCELED', createdAt: 0, targeted: 3000, notified: 3010 },
      ...{ executions: {} as never, rateSteps: [], trip },
    },
    jobArn: undefined,
    reasonCode: undefined,
    comment: undefined,
    createdAt: 0,
    endedAt: 439_000,
    abortCriteria: [
      {
        ...{ failureType: 'ALL', action: 'CANCEL' },
        ...{ thresholdPercentage: 30, minNumberOfExecutedThings: 2 },
      },
    ],
    abortReading,
    looks: [],
    ...overrides,
  };
}

it.each([
  ['completed', (100 * 900) / 2700],
  ['notified', 30],
] as const)('tells the share of failures among those %s', (denominator, percentage) => {
  const { abort } = summarizeJob(jobWith({ gate: 'completed', denominator }), [], 0);

  expect(abort.criteria).toMatchObject([
    { gate: 'completed', denominator, percentage, notifiedBeforeTrip: 3000, notifiedAfterTrip: 10 },
  ]);
});

const listed = (queuedAt: number, status: string, updatedAt: number): ListedExecution => ({
  ...{ thingName: `t${queuedAt}`, executionNumber: 1, startedAt: undefined },
  ...{ queuedAt, status, updatedAt },
});

it.each([
  ['completed', 7],
  ['notified', 2],
] as const)('tells when so many were %s', (gate, armedAt) => {
  const armings = armingsOf([
    listed(1000, 'FAILED', 9000),
    listed(2000, 'CANCELED', 3000),
    listed(3000, 'TIMED_OUT', 7000),
    listed(4000, 'SUCCEEDED', 5000),
  ]);
  const summarize = (job: ObservedJob) => summarizeJob(job, [], 0, [], armings).abort.criteria;
  const reading = { gate, denominator: 'completed' } as const;

  expect(summarize(jobWith(reading))[0]?.armedAt).toBe(armedAt);
  expect(summarize(jobWith(reading, { endedAt: 1500 }))[0]?.armedAt).toBeUndefined();
});
