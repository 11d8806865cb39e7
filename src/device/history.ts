import type { Offer } from './offer.ts';

type Execution = Pick<Offer, 'jobId' | 'executionNumber' | 'queuedAt'>;

/** Jobs of which a device remembers that it is through with them. */
const jobsMax = 64;

/** The executions a device is through with, so that an old notice does not start one of them again. */
export class History {
  /** By job, the last of them. Made with the first: most of a fleet may be waiting for its first job. */
  #last: Map<string, Execution> | undefined;

  add({ jobId, executionNumber, queuedAt }: Execution): void {
    this.#last ??= new Map();
    this.#last.delete(jobId);
    this.#last.set(jobId, { jobId, executionNumber, queuedAt });
    const [oldest] = this.#last.keys();
    if (this.#last.size > jobsMax && oldest !== undefined) this.#last.delete(oldest);
  }

  /** A job that was deleted and made again counts its executions from 1, but queues them later. */
  has({ jobId, executionNumber, queuedAt }: Execution): boolean {
    const last = this.#last?.get(jobId);
    return (
      last !== undefined && executionNumber <= last.executionNumber && queuedAt <= last.queuedAt
    );
  }
}
