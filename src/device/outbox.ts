import type { Millis } from '../base/clock.ts';
import type { DeviceOperation } from '../protocol/messages.ts';

/** Why a request was sent: to learn what is pending, as a step of the work, or as a step's chaser. */
export type Purpose = 'ask' | 'step' | 'chaser';

export interface PendingRequest {
  readonly token: string;
  readonly operation: DeviceOperation;
  readonly purpose: Purpose;
  /** When the device stops waiting for the answer. */
  readonly answerBy: Millis;
}

type Sent = Pick<PendingRequest, 'token' | 'operation'>;

/** The requests that wait for an answer, in the order they were sent. */
export class Outbox {
  readonly #answerTimeoutMs: Millis;
  readonly #pending: PendingRequest[] = [];
  #tokens = 0;

  constructor(answerTimeoutMs: Millis) {
    this.#answerTimeoutMs = answerTimeoutMs;
  }

  /** Whether the device waits for an answer before it does anything else. */
  get isBusy(): boolean {
    return this.#pending.some(({ purpose }) => purpose !== 'chaser');
  }

  get nextDeadline(): Millis | undefined {
    return this.#pending[0]?.answerBy;
  }

  /** Short, and never used twice by this device. */
  nextToken(): string {
    return (this.#tokens++).toString(36);
  }

  add({ token, operation }: Sent, purpose: Purpose, now: Millis): void {
    const answerBy = now + this.#answerTimeoutMs;
    this.#pending.push({ token, operation, purpose, answerBy });
  }

  /**
   * Takes off the request that was answered. Undefined for an answer that nobody waits for (any more).
   * An answer without token (InvalidJson) belongs to the oldest request of its operation.
   */
  settle(operation: DeviceOperation, token: string | undefined): PendingRequest | undefined {
    const index = this.#pending.findIndex(
      (request) =>
        request.operation === operation && (token === undefined || request.token === token),
    );
    if (index < 0) return undefined;
    // Nearly always it is the only one.
    return index === this.#pending.length - 1
      ? this.#pending.pop()
      : this.#pending.splice(index, 1)[0];
  }

  /** Takes off the oldest request whose time is up. */
  takeExpired(now: Millis): PendingRequest | undefined {
    const first = this.#pending[0];
    if (first === undefined || first.answerBy > now) return undefined;
    return this.#pending.shift();
  }

  takeAll(): readonly PendingRequest[] {
    return this.#pending.splice(0);
  }
}
