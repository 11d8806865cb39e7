import type { Millis } from '../base/clock.ts';

/** What was asked of one operation of the control plane. */
export interface ApiUsage {
  readonly operation: string;
  /** Calls made, however many attempts each took. */
  readonly calls: number;
  readonly attempts: number;
  /** Attempts that the service refused because the rate was exceeded. */
  readonly throttled: number;
  /** Calls that failed in the end. */
  readonly failed: number;
  /** Wall milliseconds that calls waited, all together: for their turn, and after a refusal. */
  readonly waitedMs: Millis;
}

/** After a refusal the pace goes down to this part of what it was. */
const decrease = 0.6;
/** Each success brings back this part of the full rate. */
const increase = 0.01;
/** A pace never falls below this part of the full rate. */
const paceMin = 0.02;

/** So much of an even pace may leave as one. */
const burstMsMax = 500;
/** Refusals of calls that left side by side count as one. */
const roundMs = 500;

class Lane {
  readonly #ratePerSecond: number;
  /** What leaves as one is never more than one second allows: a slow operation has no burst. */
  readonly #burstMs: Millis;
  #pace: number;
  /** A refusal before then has slowed it down already. */
  #slowedUntil = Number.NEGATIVE_INFINITY;
  /** When the calls let through so far would have been through at an even pace. */
  #evenAt = 0;
  calls = 0;
  attempts = 0;
  throttled = 0;
  failed = 0;
  waitedMs = 0;

  constructor(ratePerSecond: number) {
    this.#ratePerSecond = ratePerSecond;
    this.#burstMs = Math.max(0, Math.min(burstMsMax, 1000 * (1 - 1 / ratePerSecond)));
    this.#pace = ratePerSecond;
  }

  reserve(now: Millis): Millis {
    const startAt = Math.max(now, this.#evenAt - this.#burstMs);
    this.#evenAt = Math.max(this.#evenAt, now) + 1000 / this.#pace;
    this.attempts++;
    this.waitedMs += startAt - now;
    return startAt;
  }

  succeeded(): void {
    this.#pace = Math.min(this.#ratePerSecond, this.#pace + increase * this.#ratePerSecond);
  }

  refused(now: Millis): void {
    this.throttled++;
    if (now >= this.#slowedUntil) {
      this.#slowedUntil = now + roundMs;
      this.#pace = Math.max(paceMin * this.#ratePerSecond, this.#pace * decrease);
    }
    // Whoever comes next waits for the slower pace: no burst follows a refusal.
    this.#evenAt = Math.max(this.#evenAt, now + this.#burstMs + 1000 / this.#pace);
  }
}

/**
 * When which call to the control plane may leave: an even pace for each operation within the account's
 * rate (reference §9.6), slower after the service has refused one and slowly back. Instants in wall
 * milliseconds. No timer: whoever calls waits until the instant it is given.
 */
export class ApiBudget {
  readonly #rates: Readonly<Record<string, number | undefined>>;
  readonly #otherwise: number;
  readonly #lanes = new Map<string, Lane>();

  /** Calls per second by operation; what is not named gets `otherwise`. */
  constructor(rates: Readonly<Record<string, number | undefined>>, otherwise = 10) {
    this.#rates = { ...rates };
    this.#otherwise = otherwise;
  }

  begin(operation: string): void {
    this.#at(operation).calls++;
  }

  /** The earliest instant at which an attempt may leave; it is taken to do so. */
  reserve(operation: string, now: Millis): Millis {
    return this.#at(operation).reserve(now);
  }

  succeeded(operation: string): void {
    this.#at(operation).succeeded();
  }

  refused(operation: string, now: Millis): void {
    this.#at(operation).refused(now);
  }

  /** It failed for another reason, or was given up. */
  failed(operation: string): void {
    this.#at(operation).failed++;
  }

  /** In order of name. */
  usage(): ApiUsage[] {
    return [...this.#lanes]
      .map(([operation, { calls, attempts, throttled, failed, waitedMs }]) => ({
        operation,
        calls,
        attempts,
        throttled,
        failed,
        waitedMs,
      }))
      .sort((a, b) => (a.operation < b.operation ? -1 : 1));
  }

  #at(operation: string): Lane {
    let lane = this.#lanes.get(operation);
    if (lane === undefined) {
      lane = new Lane(this.#rates[operation] ?? this.#otherwise);
      this.#lanes.set(operation, lane);
    }
    return lane;
  }
}
