import type { Millis } from '../base/clock.ts';
import { findTrip } from '../engine/abort.ts';
import type { Job } from '../engine/state.ts';
import type { Dialect } from '../protocol/dialect.ts';
import type { ExecutionStatus } from '../protocol/status.ts';

/** The executions of one job that ended at one instant, and what stood before. */
export interface Endings {
  readonly job: Job;
  readonly before: JobTally;
  /** How they ended, in that order. */
  readonly ended: readonly ExecutionStatus[];
}

/** What abort criteria go by. */
export interface JobTally {
  readonly counts: Readonly<Record<ExecutionStatus, number>>;
  readonly notified: number;
}

/**
 * Watches whether other readings of the abort rule would have decided as the engine's did, at every
 * execution that ended. As long as they did, their histories are the same, and need no simulation.
 */
export class Referee<R> {
  #agreeing: readonly { readonly reading: R; readonly dialect: Dialect }[];

  constructor(rivals: readonly { readonly reading: R; readonly dialect: Dialect }[]) {
    this.#agreeing = rivals;
  }

  /** Those that never decided otherwise. */
  get agreeing(): readonly R[] {
    return this.#agreeing.map(({ reading }) => reading);
  }

  get isIdle(): boolean {
    return this.#agreeing.length === 0;
  }

  /** What cannot be told apart counts as disagreement: it only costs a simulation. */
  judge({ job, before, ended }: Endings, now: Millis): void {
    const counts = { ...before.counts };
    let executed = executedOf(counts);
    for (const status of ended) {
      counts[status]++;
      executed++;
      const actual = job.trip?.executed === executed ? job.trip.criterion : undefined;
      // Releases at the same instant may have come before or after it.
      for (const notified of new Set([before.notified, job.rollout.notified])) {
        const stood = { ...job, counts, rollout: { ...job.rollout, notified } };
        this.#agreeing = this.#agreeing.filter(
          ({ dialect }) => findTrip(stood, dialect, now)?.criterion === actual,
        );
      }
      if (actual !== undefined) return;
    }
    if (executed !== executedOf(job.counts)) this.#agreeing = [];
  }
}

/** E of reference §3. */
export function executedOf(counts: JobTally['counts']): number {
  return counts.SUCCEEDED + counts.FAILED + counts.REJECTED + counts.TIMED_OUT;
}
