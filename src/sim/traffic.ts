import type { Millis } from '../base/clock.ts';
import { requestOperations } from '../metrics/recorder.ts';
import type { DeviceOperation } from '../protocol/messages.ts';
import type { Answer } from './gateway.ts';
import { Load, type LoadKind } from './load.ts';

interface Requests {
  sent: number;
  accepted: number;
  rejected: number;
  lost: number;
  /** By code. */
  readonly errors: Map<string, number>;
}

/** Counts all that goes between the devices and the service. */
export class Traffic {
  readonly load = new Load();
  /** Messages under way now. */
  onWire = 0;
  /** Published to devices that are connected, each to its own. */
  notices = 0;
  readonly #now: () => Millis;
  readonly #requests: Readonly<Record<DeviceOperation, Requests>> = {
    get: noRequests(),
    describe: noRequests(),
    'start-next': noRequests(),
    update: noRequests(),
  };
  #connects = 0;
  #reconnects = 0;

  constructor(now: () => Millis) {
    this.#now = now;
  }

  get reconnects(): number {
    return this.#reconnects;
  }

  connected(at: Millis, isAgain: boolean): void {
    this.#connects++;
    if (isAgain) this.#reconnects++;
    this.load.of('connect').add(at);
    this.load.connected.add(at);
  }

  disconnected(at: Millis): void {
    this.load.connected.add(at, -1);
  }

  /** First connections of things that nobody watched: each asked once and was told that nothing is pending. */
  cameUp(operation: DeviceOperation, at: Millis, things = 1): void {
    const requests = this.#requests[operation];
    requests.sent += things;
    requests.accepted += things;
    this.#connects += things;
    this.load.of('connect').add(at, things);
    this.load.of(operation).add(at, things);
    this.load.connected.add(at, things);
  }

  sent(operation: DeviceOperation): void {
    this.#requests[operation].sent++;
  }

  arrived(operation: DeviceOperation & LoadKind, at: Millis): void {
    this.load.of(operation).add(at);
  }

  answered(answer: Answer, at: Millis): void {
    const requests = this.#requests[answer.operation];
    requests[answer.type]++;
    if (answer.type === 'accepted') return;
    const { code } = answer.body;
    requests.errors.set(code, (requests.errors.get(code) ?? 0) + 1);
    this.load.of('refusal').add(at);
  }

  lost(operation: DeviceOperation): void {
    this.#requests[operation].lost++;
  }

  document(): void {
    this.load.of('document').add(this.#now());
  }

  /** By the names of the metrics catalogue. */
  counters(): Record<string, number> {
    const counters: Record<string, number> = {
      'connects/ok': this.#connects,
      reconnects: this.#reconnects,
    };
    for (const operation of requestOperations) {
      const { errors, ...outcomes } = this.#requests[operation];
      for (const [outcome, count] of Object.entries(outcomes)) {
        if (count > 0) counters[`requests/${operation}/${outcome}`] = count;
      }
      for (const [code, count] of errors) counters[`errors/${operation}/${code}`] = count;
    }
    return counters;
  }
}

function noRequests(): Requests {
  return { sent: 0, accepted: 0, rejected: 0, lost: 0, errors: new Map() };
}
