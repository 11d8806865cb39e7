import assert from 'node:assert/strict';
import type { Millis } from '../base/clock.ts';
import type { DeviceOperation } from '../protocol/messages.ts';
import type { ServiceMessage } from './answers.ts';
import type { Meter, Timing } from './meter.ts';

export type Answer = Extract<ServiceMessage, { type: 'accepted' | 'rejected' }>;

interface PendingRequest extends Timing {
  readonly operation: DeviceOperation;
  readonly token: string;
}

/** A device has one request on its way and a few chasers; more means that it lost count. */
const pendingMax = 64;

/** Accounts for every request of one device: what was sent is accepted, rejected or lost, once. */
export class RequestLedger {
  readonly #meter: Meter;
  #pending: PendingRequest[] = [];

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  sent(operation: DeviceOperation, token: string, dueAt: Millis): void {
    assert.ok(this.#pending.length < pendingMax, 'a device has lost count of its requests');
    this.#pending.push({ operation, token, ...this.#meter.begin(dueAt) });
    this.#meter.count(`requests/${operation}/sent`);
  }

  /** False for an answer that nobody waits for (any more). One without token is of the oldest such request. */
  settle(answer: Answer): boolean {
    const { type, operation, token } = answer;
    const pending = this.#take(operation, token);
    if (pending === undefined) {
      this.#meter.count('messages/late');
      return false;
    }
    this.#meter.end(operation, pending);
    this.#meter.count(`requests/${operation}/${type}`);
    if (type === 'rejected') this.#meter.count(`errors/${operation}/${answer.body.code}`);
    return true;
  }

  /**
   * No answer came. When the device gave up waiting, the time it waited counts as latency: leaving it
   * out would make a drowning service look quick. When the link went, nobody knows.
   */
  lose(operation: DeviceOperation, token: string, hasTimedOut: boolean): void {
    const pending = this.#take(operation, token);
    if (pending === undefined) return;
    if (hasTimedOut) this.#meter.end(operation, pending);
    this.#meter.count(`requests/${operation}/lost`);
  }

  loseAll(): void {
    for (const { operation } of this.#pending) this.#meter.count(`requests/${operation}/lost`);
    this.#pending = [];
  }

  #take(operation: DeviceOperation, token: string | undefined): PendingRequest | undefined {
    const index = this.#pending.findIndex(
      (pending) => pending.operation === operation && (token ?? pending.token) === pending.token,
    );
    return index === -1 ? undefined : this.#pending.splice(index, 1)[0];
  }
}
