import { countBy, failurePercentage } from '../report/abort-share.ts';
import { completedStatuses } from './armings.ts';
import { type DerivedTrip, hasAborted } from './has-aborted.ts';
import { releaseTimes } from './job-summary.ts';
import type { ListedExecution, ObservedJob } from './job-watch.ts';

/**
 * Derives from the list of executions what stood when the service cancelled the job: whatever was over
 * by that instant. It takes no reading of the rule for granted but to tell which of several criteria it was.
 */
export function deriveTrip(
  job: ObservedJob,
  listed: readonly ListedExecution[] | undefined,
): DerivedTrip | undefined {
  const { canceledAt: at, abortCriteria, abortReading } = job;
  if (at === undefined || hasAborted(job) !== true || job.observation !== undefined) {
    return undefined;
  }
  const only = abortCriteria.length === 1 ? 0 : undefined;
  if (listed === undefined) return { criterion: only, at, counts: undefined };
  const byStatus: Record<string, number> = {};
  for (const { status, updatedAt } of listed) {
    if (!completedStatuses.has(status) || updatedAt > at) continue;
    byStatus[status] = (byStatus[status] ?? 0) + 1;
  }
  const releases = releaseTimes(listed);
  const notified = releases.filter((releasedAt) => releasedAt <= at).length;
  const executed = Object.values(byStatus).reduce((sum, count) => sum + count, 0);
  const failed = abortCriteria.map(({ failureType }) =>
    failureType === 'ALL' ? executed - (byStatus['SUCCEEDED'] ?? 0) : (byStatus[failureType] ?? 0),
  );
  const { gate, denominator } = abortReading;
  const met = abortCriteria.findIndex(
    ({ thresholdPercentage, minNumberOfExecutedThings }, index) => {
      const counting = failed[index] ?? 0;
      const share = failurePercentage(counting, denominator, { executed, notified });
      const isArmed = countBy(gate, { executed, notified }) >= minNumberOfExecutedThings;
      return isArmed && counting > 0 && share >= thresholdPercentage;
    },
  );
  const counts = { executed, notified, notifiedAfter: releases.length - notified, failed };
  return { criterion: only ?? (met < 0 ? undefined : met), at, counts };
}
