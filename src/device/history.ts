import type { Offer } from './offer.ts';

type Execution = Pick<Offer, 'jobId' | 'executionNumber' | 'queuedAt'>;

const nothing: readonly Execution[] = [];

/** Jobs of which a device remembers that it is through with them. */
const jobsMax = 64;

/** The executions a device is through with, so that an old notice does not start one of them again. */
export class History {
  /** Of each job the last of them, the latest first. Shared while empty: most of a fleet may wait for its first job. */
  #last: readonly Execution[] = nothing;

  add({ jobId, executionNumber, queuedAt }: Execution): void {
    const others = this.#last.filter((each) => each.jobId !== jobId);
    this.#last = [{ jobId, executionNumber, queuedAt }, ...others.slice(0, jobsMax - 1)];
  }

  /** A job that was deleted and made again counts its executions from 1, but queues them later. */
  has({ jobId, executionNumber, queuedAt }: Execution): boolean {
    const last = this.#last.find((each) => each.jobId === jobId);
    return (
      last !== undefined && executionNumber <= last.executionNumber && queuedAt <= last.queuedAt
    );
  }
}
