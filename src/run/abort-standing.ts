import type { JobObservation } from '../emulator/observation.ts';
import type { AbortCriterion } from '../protocol/job-config.ts';
import type { AbortReading } from './abort-reading.ts';
import type { JobWatch } from './job-watch.ts';

/** How near a job is to an abort criterion, retries counted. */
export interface AbortStanding extends AbortCriterion, AbortReading {
  /** Completed executions so far. */
  readonly executed: number;
  readonly notified: number;
  /** Executions so far that count for the criterion. */
  readonly failed: number;
  /** What stood when it tripped, if it did. */
  readonly trip: JobObservation['trip'];
}

export function abortStandings({
  executions,
  observation,
  abortCriteria,
  abortReading,
  notified,
}: Pick<
  JobWatch,
  'executions' | 'observation' | 'abortCriteria' | 'abortReading' | 'notified'
>): AbortStanding[] {
  const counted = (status: string) => executions[status] ?? 0;
  const failures = {
    FAILED: counted('FAILED'),
    REJECTED: counted('REJECTED'),
    TIMED_OUT: counted('TIMED_OUT'),
    ALL: counted('FAILED') + counted('REJECTED') + counted('TIMED_OUT'),
  };
  const trip = observation?.trip;
  return abortCriteria.map((criterion, index) => ({
    ...criterion,
    ...abortReading,
    notified,
    executed: counted('SUCCEEDED') + failures.ALL,
    failed: failures[criterion.failureType],
    trip: trip?.criterion === index ? trip : undefined,
  }));
}
