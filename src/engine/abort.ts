import type { Dialect } from '../protocol/dialect.ts';
import type { AbortCriterion } from '../protocol/job-config.ts';
import type { Job, Trip } from './state.ts';

/**
 * The first criterion a job meets (reference §3, §14.3). Percentages have two decimals at most, so
 * they are compared in hundredths as integers: 19.99 % never passes for 20 %.
 */
export function findTrip(job: Job, dialect: Dialect, now: number): Trip | undefined {
  const { counts, rollout } = job;
  const executed = counts.SUCCEEDED + counts.FAILED + counts.REJECTED + counts.TIMED_OUT;
  const { notified } = rollout;
  const gate = dialect.abortGate === 'notified' ? notified : executed;
  const denominator = dialect.abortDenominator === 'notified' ? notified : executed;
  const criteria = job.settings.abortConfig?.criteriaList ?? [];
  const index = criteria.findIndex((criterion) => {
    if (gate < criterion.minNumberOfExecutedThings) return false;
    const share = failuresOf(job, criterion) * 10_000;
    const threshold = Math.round(criterion.thresholdPercentage * 100) * denominator;
    return dialect.abortComparison === 'above' ? share > threshold : share >= threshold;
  });
  const criterion = criteria[index];
  if (criterion === undefined) return undefined;
  return {
    criterion: index,
    failureType: criterion.failureType,
    at: now,
    executed,
    failed: failuresOf(job, criterion),
    notified,
    inProgress: counts.IN_PROGRESS,
  };
}

/** What the service writes on the job itself (register C10). */
export function abortComment(criterion: AbortCriterion, executed: number): string {
  const { failureType, thresholdPercentage } = criterion;
  return `Job aborted: ${failureType} threshold of ${thresholdPercentage}% reached after ${executed} executions.`;
}

function failuresOf({ counts }: Job, { failureType }: AbortCriterion): number {
  return failureType === 'ALL'
    ? counts.FAILED + counts.REJECTED + counts.TIMED_OUT
    : counts[failureType];
}
