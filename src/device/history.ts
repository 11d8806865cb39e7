import type { Offer } from './offer.ts';

type Execution = Pick<Offer, 'jobId' | 'executionNumber' | 'queuedAt'>;

/** Jobs of which a device remembers that it is through with them. */
const jobsMax = 64;

/** The executions a device is through with, so that an old notice does not start one of them again. */
export class History {
  /** Of each job the last of them, the latest last. Undefined while there is none: most of a fleet may wait for its first job. */
  #last: Execution[] | undefined;

  add({ jobId, executionNumber, queuedAt }: Execution): void {
    const execution = { jobId, executionNumber, queuedAt };
    if (this.#last === undefined) {
      this.#last = [execution];
      return;
    }
    // In place: a copy is 1 us once there are some tens of them.
    const index = this.#last.findIndex((each) => each.jobId === jobId);
    if (index !== -1) this.#last.splice(index, 1);
    else if (this.#last.length === jobsMax) this.#last.shift();
    this.#last.push(execution);
  }

  /** A job that was deleted and made again counts its executions from 1, but queues them later. */
  has({ jobId, executionNumber, queuedAt }: Execution): boolean {
    const last = this.#last?.find((each) => each.jobId === jobId);
    return (
      last !== undefined && executionNumber <= last.executionNumber && queuedAt <= last.queuedAt
    );
  }
}
