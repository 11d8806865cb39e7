import type { Millis } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { backoffMs } from './backoff.ts';
import { drawApart } from './distribution.ts';
import { hasOutages, Outages } from './outages.ts';
import type { Profile } from './profile.ts';

/** How a device stands with the network. */
export type UplinkPhase =
  | 'off'
  /** Until it may connect. */
  | 'waiting'
  | 'connecting'
  | 'subscribing'
  | 'ready'
  /** It closes the connection, and has not heard yet that it is closed. */
  | 'closing'
  | 'stopped';

/** What the device is to do about its connection now. */
export type UplinkMove =
  | { readonly do: 'connect'; readonly dueAt: Millis }
  | { readonly do: 'disconnect' };

/** When a device connects, stays, goes offline and comes back. Methods that cut return true if there is a connection to close. */
export class Uplink {
  readonly #link: Profile['link'];
  readonly #random: Random;
  readonly #answerTimeoutMs: Millis;
  /** Undefined where the network stays by itself, as it does for most of a fleet. */
  readonly #outages: Outages | undefined;
  #phase: UplinkPhase = 'off';
  /** When it may connect next; while waiting, when it does. */
  #connectAt: Millis = 0;
  #subscribeBy: Millis = Number.POSITIVE_INFINITY;
  #failures = 0;
  /** So far: they name the draws. */
  #backoffs = 0;

  constructor(link: Profile['link'], random: Random, answerTimeoutMs: Millis) {
    this.#link = link;
    this.#random = random;
    this.#answerTimeoutMs = answerTimeoutMs;
    this.#outages = hasOutages(link) ? new Outages(link, random) : undefined;
  }

  get phase(): UplinkPhase {
    return this.#phase;
  }

  nextDeadline(): Millis {
    if (this.#phase === 'off' || this.#phase === 'stopped') return Number.POSITIVE_INFINITY;
    const nextAt = this.#outages?.nextAt ?? Number.POSITIVE_INFINITY;
    if (this.#phase === 'waiting') return Math.min(this.#connectAt, nextAt);
    if (this.#phase === 'subscribing') return Math.min(this.#subscribeBy, nextAt);
    return nextAt;
  }

  powerOn(now: Millis): void {
    if (this.#phase !== 'off') return;
    this.#phase = 'waiting';
    this.#connectAt = Math.max(
      this.#connectAt,
      now + drawApart(this.#link.late, this.#random, 'link/late'),
    );
    this.#outages?.begin(now);
  }

  /** As if it had been powered on, and all had gone well. */
  resume(): void {
    if (this.#phase === 'off') this.#phase = 'ready';
  }

  /** False when the device did not wait for that. */
  connected(now: Millis): boolean {
    if (this.#phase !== 'connecting') return false;
    this.#phase = 'subscribing';
    this.#subscribeBy = now + this.#answerTimeoutMs;
    return true;
  }

  /** False when the device did not wait for that. */
  subscribed(): boolean {
    if (this.#phase !== 'subscribing') return false;
    this.#phase = 'ready';
    this.#failures = 0;
    return true;
  }

  /** The connection is closed, or could not be made. */
  closed(now: Millis): void {
    switch (this.#phase) {
      case 'closing':
        this.#phase = 'waiting';
        break;
      case 'connecting':
      case 'subscribing':
      case 'ready':
        this.#phase = 'waiting';
        this.#backOff(now);
        break;
      case 'off':
      case 'waiting':
      case 'stopped':
    }
  }

  /** The connection breaks; the device tries again at once, with backoff. */
  drop(now: Millis): boolean {
    if (!this.#isUp()) return false;
    this.#phase = 'closing';
    this.#backOff(now);
    return true;
  }

  /** No network until then. */
  goDark(untilAt: Millis): boolean {
    this.#connectAt = Math.max(this.#connectAt, untilAt);
    if (!this.#isUp()) return false;
    this.#phase = 'closing';
    return true;
  }

  stop(): boolean {
    const hasConnection = this.#isUp();
    this.#phase = 'stopped';
    return hasConnection;
  }

  wake(now: Millis): UplinkMove | undefined {
    if (this.#phase === 'off' || this.#phase === 'stopped') return undefined;
    const untilAt = this.#outages?.take(now);
    if (untilAt !== undefined) return this.goDark(untilAt) ? { do: 'disconnect' } : undefined;
    if (this.#phase === 'subscribing' && now >= this.#subscribeBy) {
      return this.drop(now) ? { do: 'disconnect' } : undefined;
    }
    if (this.#phase !== 'waiting' || now < this.#connectAt) return undefined;
    this.#phase = 'connecting';
    return { do: 'connect', dueAt: this.#connectAt };
  }

  #isUp(): boolean {
    return this.#phase === 'connecting' || this.#phase === 'subscribing' || this.#phase === 'ready';
  }

  #backOff(now: Millis): void {
    this.#failures++;
    const random = this.#random.fork(`link/reconnect/${this.#backoffs++}`);
    const waitMs = backoffMs(this.#link.reconnect, this.#failures, random);
    this.#connectAt = Math.max(this.#connectAt, now + waitMs);
  }
}
