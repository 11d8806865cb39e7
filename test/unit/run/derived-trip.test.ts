import { expect, it } from 'vitest';
import { judge, parseExpectation } from '../../../src/metrics/thresholds.ts';
import { figureLookup } from '../../../src/report/figures.ts';
import { deriveTrip } from '../../../src/run/derived-trip.ts';
import { hasAborted } from '../../../src/run/has-aborted.ts';
import { releaseTimes, summarizeJob } from '../../../src/run/job-summary.ts';
import type { ListedExecution, ObservedJob } from '../../../src/run/job-watch.ts';
import { summaryOf } from '../../support/summaries.ts';

const criterion = (failureType: 'FAILED' | 'TIMED_OUT' | 'ALL', minNumberOfExecutedThings = 2) =>
  ({ failureType, action: 'CANCEL', thresholdPercentage: 30, minNumberOfExecutedThings }) as const;

/** A job as AWS tells of it: no trip, no targets. */
function jobOf(overrides: Partial<ObservedJob> = {}): ObservedJob {
  return {
    jobId: 'fw',
    request: {},
    status: 'CANCELED',
    isKnown: true,
    executions: { SUCCEEDED: 2, FAILED: 2, IN_PROGRESS: 1 },
    observation: undefined,
    jobArn: undefined,
    reasonCode: 'ABORT_CRITERIA_MET',
    comment: undefined,
    createdAt: 0,
    endedAt: 5000,
    canceledAt: 5000,
    abortCriteria: [criterion('FAILED')],
    abortReading: { gate: 'completed', denominator: 'completed' },
    looks: [],
    ...overrides,
  };
}

const execution = (place: number, status: string, updatedAt: number): ListedExecution => ({
  ...{ thingName: `t${place}`, executionNumber: 1, startedAt: undefined },
  ...{ queuedAt: place * 1000, status, updatedAt },
});

const listed = [
  execution(1, 'SUCCEEDED', 3000),
  execution(2, 'FAILED', 4000),
  execution(3, 'FAILED', 5000),
  execution(4, 'SUCCEEDED', 6000),
  execution(7, 'IN_PROGRESS', 8000),
];

function summaryWith(job: ObservedJob, list: readonly ListedExecution[] | 'none' = listed) {
  const told = list === 'none' ? undefined : list;
  return summarizeJob(job, releaseTimes(told ?? []), 0, [], undefined, deriveTrip(job, told));
}

it('derives from the list what was over when the job was cancelled', () => {
  expect(summaryWith(jobOf()).abort.criteria).toMatchObject([
    {
      tripped: true,
      derived: true,
      at: 5,
      executed: 3,
      failed: 2,
      percentage: (100 * 2) / 3,
      notifiedBeforeTrip: 4,
      notifiedAfterTrip: 1,
    },
  ]);
});

it('tells which of several criteria it was, or that it may be any', () => {
  const several = (...abortCriteria: ObservedJob['abortCriteria']) =>
    summaryWith(jobOf({ abortCriteria })).abort.criteria.map(({ tripped }) => tripped);

  expect(several(criterion('TIMED_OUT'), criterion('ALL'), criterion('FAILED'))).toEqual([
    false,
    true,
    false,
  ]);
  expect(several(criterion('ALL', 100), criterion('FAILED', 100))).toEqual([undefined, undefined]);
});

it('without a list, tells that it tripped and no figures', () => {
  const { abort, notified, rollout } = summaryWith(jobOf(), 'none');

  expect(abort.criteria).toMatchObject([{ tripped: true, derived: true, at: 5 }]);
  expect(abort.criteria[0]).not.toHaveProperty('executed');
  expect(notified).toBeUndefined();
  expect(rollout).not.toHaveProperty('steps');
});

it.each([
  ['gives a reason of its own', {}, true],
  ['gives a comment', { reasonCode: undefined, comment: 'Job aborted' }, true],
  ['gives no reason', { reasonCode: undefined }, undefined],
  ['was cancelled by the run', { isCanceledByRun: true }, false],
  ['was not cancelled', { canceledAt: undefined }, false],
  ['has no criterion', { abortCriteria: [] }, false],
] satisfies [string, Partial<ObservedJob>, boolean | undefined][])(
  'of a job that %s, tells whether it cancelled itself',
  (_, overrides, has) => {
    expect(hasAborted(jobOf(overrides))).toBe(has);
  },
);

it('an expectation of what nobody can tell is an error, not a pass', () => {
  const jobs = [summaryWith(jobOf({ reasonCode: undefined }))];
  const lookup = figureLookup(summaryOf({ jobs }));
  const none: readonly string[] = [];
  const known = {
    ...{ job: ['fw'], cohort: none, executionStatus: none, reportedStatus: none },
    ...{ jobStatus: none, failureType: none, errorCode: none },
  };
  const resultOf = (text: string) => {
    const parsed = parseExpectation(text, known);
    return parsed.ok ? judge(parsed.threshold, lookup).result : parsed.problem.message;
  };

  expect(resultOf('jobs.fw.abort.tripped == false')).toBe('error');
  expect(resultOf('jobs.fw.targeted >= 0')).toBe('error');
  expect(resultOf('jobs.fw.rollout.steps == 0')).toBe('error');
  expect(resultOf('jobs.fw.notified == 5')).toBe('passed');
});
