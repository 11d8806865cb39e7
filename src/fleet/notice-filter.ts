import type { ExecutionSummary } from '../protocol/messages.ts';
import type { ServiceMessage } from './answers.ts';

export type NoticeMessage = Extract<ServiceMessage, { type: 'notify' | 'notify-next' }>;

type Announced = Pick<ExecutionSummary, 'jobId' | 'executionNumber'>;

/** A pending list shows ten (reference §5), so older ones do not come again. */
const rememberedMax = 16;

const nothing: readonly Announced[] = [];

/** Tells the first word of a newly queued execution from all that one device hears of it later. */
export class NoticeFilter {
  #announced = nothing;
  #lastNotify = 0;
  #lastNotifyNext = 0;

  /**
   * The executions that this message is the first to announce: QUEUED in the second it was sent. A
   * notice that comes later (after a reconnect, or when a job before it is done) says nothing about
   * how long the service took.
   */
  takeNew(notice: NoticeMessage): readonly Announced[] {
    const fresh: Announced[] = [];
    for (const execution of queuedIn(notice)) {
      const { jobId, executionNumber, queuedAt } = execution;
      const isNew = queuedAt === notice.message.timestamp && !this.#isKnown(execution);
      if (isNew) fresh.push({ jobId, executionNumber });
    }
    if (fresh.length > 0) this.#announced = [...fresh, ...this.#announced].slice(0, rememberedMax);
    return fresh;
  }

  /** Whether these are the very bytes of the last such notice: the service never says a thing twice. */
  isRepeat(type: NoticeMessage['type'], payload: Uint8Array): boolean {
    const print = fingerprint(payload);
    const last = type === 'notify' ? this.#lastNotify : this.#lastNotifyNext;
    if (type === 'notify') this.#lastNotify = print;
    else this.#lastNotifyNext = print;
    return print === last;
  }

  #isKnown({ jobId, executionNumber }: Announced): boolean {
    return this.#announced.some(
      (known) => known.jobId === jobId && known.executionNumber === executionNumber,
    );
  }
}

/** Other services than ours are read here, so nothing is certain. */
function queuedIn({ type, message }: NoticeMessage): readonly ExecutionSummary[] {
  if (type === 'notify') {
    const queued: unknown = message.jobs?.QUEUED;
    return Array.isArray(queued) ? queued.filter((summary) => Boolean(summary)) : [];
  }
  const { execution } = message;
  return execution?.status === 'QUEUED' ? [execution] : [];
}

/** FNV-1a, 32 bits; keeps a few bytes of every device's last notice instead of all of them. */
function fingerprint(bytes: Uint8Array): number {
  let hash = 0x811c_9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x0100_0193);
  return hash;
}
