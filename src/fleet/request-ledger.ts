import assert from 'node:assert/strict';
import type { Millis } from '../base/clock.ts';
import { requestOperations } from '../metrics/recorder.ts';
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

/** Their names, ready made: a counter's name is looked up for every message. */
const counters = Object.fromEntries(
  requestOperations.map((operation) => [operation, countersOf(operation)]),
) as Readonly<Record<DeviceOperation, ReturnType<typeof countersOf>>>;

function countersOf(operation: DeviceOperation) {
  const name = (what: string) => `requests/${operation}/${what}`;
  return {
    sent: name('sent'),
    accepted: name('accepted'),
    rejected: name('rejected'),
    lost: name('lost'),
  };
}

/** Accounts for every request of one device: what was sent is accepted, rejected or lost, once. */
export class RequestLedger {
  readonly #meter: Meter;
  /** Undefined while none are on their way, as with most of a fleet. */
  #pending: PendingRequest[] | undefined;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  sent(operation: DeviceOperation, token: string, dueAt: Millis): void {
    this.#pending ??= [];
    assert.ok(this.#pending.length < pendingMax, 'a device has lost count of its requests');
    const { dueAt: fromAt, sentAt } = this.#meter.begin(dueAt);
    this.#pending.push({ operation, token, dueAt: fromAt, sentAt });
    this.#meter.count(counters[operation].sent);
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
    this.#meter.count(counters[operation][type]);
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
    this.#meter.count(counters[operation].lost);
  }

  loseAll(): void {
    for (const { operation } of this.#pending ?? []) this.#meter.count(counters[operation].lost);
    this.#pending = undefined;
  }

  #take(operation: DeviceOperation, token: string | undefined): PendingRequest | undefined {
    const all = this.#pending ?? [];
    const index = all.findIndex(
      (pending) => pending.operation === operation && (token ?? pending.token) === pending.token,
    );
    if (index === -1) return undefined;
    const pending = all[index];
    if (all.length === 1) this.#pending = undefined;
    else all.splice(index, 1);
    return pending;
  }
}
