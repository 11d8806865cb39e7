import type { Millis } from '../base/clock.ts';
import type { ObservedJob } from './job-watch.ts';

/** What stood when a job cancelled itself, as far as that can be told afterwards. */
export interface DerivedTrip {
  /** Place in the list of criteria; undefined where several are possible. */
  readonly criterion: number | undefined;
  readonly at: Millis;
  /** Undefined without a list of executions. */
  readonly counts:
    | {
        readonly executed: number;
        readonly notified: number;
        readonly notifiedAfter: number;
        /** Executions that count for each criterion, in their order. */
        readonly failed: readonly number[];
      }
    | undefined;
}

/**
 * Whether a job cancelled itself. AWS tells that it is CANCELED, and fills in reason and comment of its
 * own when a criterion was met (reference §3); undefined where neither is there and the run did not do it.
 */
export function hasAborted({
  observation,
  canceledAt,
  abortCriteria,
  isCanceledByRun = false,
  reasonCode,
  comment,
}: Pick<
  ObservedJob,
  'observation' | 'canceledAt' | 'abortCriteria' | 'isCanceledByRun' | 'reasonCode' | 'comment'
>): boolean | undefined {
  if (observation !== undefined) return observation.trip !== undefined;
  if (canceledAt === undefined || isCanceledByRun || abortCriteria.length === 0) return false;
  return reasonCode !== undefined || comment !== undefined ? true : undefined;
}
