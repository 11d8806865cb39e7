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

/** Shared: nearly always nothing waits, or one. */
const nothing: readonly PendingRequest[] = [];

/** The requests that wait for an answer, in the order they were sent. */
export class Outbox {
  readonly #answerTimeoutMs: Millis;
  #pending: readonly PendingRequest[] = nothing;
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
    const request = { token, operation, purpose, answerBy };
    this.#pending = this.#pending.length === 0 ? [request] : [...this.#pending, request];
  }

  /**
   * Takes off the request that was answered. Undefined for an answer that nobody waits for (any more).
   * An answer without token (InvalidJson) belongs to the oldest request of its operation.
   */
  settle(operation: DeviceOperation, token: string | undefined): PendingRequest | undefined {
    const settled = this.#pending.find(
      (request) =>
        request.operation === operation && (token === undefined || request.token === token),
    );
    if (settled !== undefined) this.#remove(settled);
    return settled;
  }

  /** Takes off the oldest request whose time is up. */
  takeExpired(now: Millis): PendingRequest | undefined {
    const first = this.#pending[0];
    if (first === undefined || first.answerBy > now) return undefined;
    this.#remove(first);
    return first;
  }

  takeAll(): readonly PendingRequest[] {
    const all = this.#pending;
    this.#pending = nothing;
    return all;
  }

  #remove(request: PendingRequest): void {
    this.#pending =
      this.#pending.length === 1 ? nothing : this.#pending.filter((each) => each !== request);
  }
}
