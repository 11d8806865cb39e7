import { countBy, failurePercentage } from '../abort-share.ts';
import type { CriterionSummary, JobSummary } from '../summary.ts';
import type { Point } from './chart.ts';
import { progressOf } from './job-view.ts';

export interface Look {
  readonly at: number;
  readonly notified: number;
  readonly succeeded: number;
  readonly failures: Readonly<Record<string, number>>;
}

/** The counts of a job whenever they changed, the last held `until` then. */
export function looksAt(job: JobSummary, until: number): Look[] {
  const column = (name: string) => progressOf(job, name, until);
  const [succeeded, failed, rejected, timedOut] = [
    column('succeeded'),
    column('failed'),
    column('rejected'),
    column('timedOut'),
  ];
  return column('notified').map(([at, notified = 0], index) => {
    const value = (points: readonly Point[]) => points[index]?.[1] ?? 0;
    const failures = {
      FAILED: value(failed),
      REJECTED: value(rejected),
      TIMED_OUT: value(timedOut),
      ALL: value(failed) + value(rejected) + value(timedOut),
    };
    return { at, notified, succeeded: value(succeeded), failures };
  });
}

/** In percent over time, and when it began to count. */
export interface FailureShare {
  readonly points: readonly Point[];
  /** Undefined when it never did while the job went on. */
  readonly armed: { readonly at: number; readonly isExact: boolean } | undefined;
}

/** Looks are told to the millisecond. */
const lookSeconds = 0.001;

/** `endedAt` is when the job was over: nothing arms a criterion of it any more. */
export function shareOf(
  criterion: CriterionSummary,
  looks: readonly Look[],
  endedAt = Number.POSITIVE_INFINITY,
): FailureShare {
  const { denominator, failureType, gate, minNumberOfExecutedThings: least } = criterion;
  const points: Point[] = [];
  let seenAt: number | undefined;
  for (const { at, notified, succeeded, failures } of looks) {
    const counts = { executed: succeeded + (failures['ALL'] ?? 0), notified };
    if (countBy(gate, counts) >= least && at < endedAt + lookSeconds) seenAt ??= at;
    if (countBy(denominator, counts) === 0) continue;
    points.push([at, failurePercentage(failures[failureType] ?? 0, denominator, counts)]);
  }
  const exactAt = criterion.armedAt;
  if (exactAt !== undefined) return { points, armed: { at: exactAt, isExact: true } };
  // What tripped was armed, even if no look fell between the two.
  const at = seenAt ?? (criterion.tripped ? criterion.at : undefined);
  return { points, armed: at === undefined ? undefined : { at, isExact: false } };
}
