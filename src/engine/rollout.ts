import type { Millis } from '../base/clock.ts';
import type { Dialect } from '../protocol/dialect.ts';
import type { RolloutConfig } from '../protocol/job-config.ts';
import { limits } from '../protocol/limits.ts';

const minuteMs = 60_000;
/** Fast rates release several things a step rather than wake more often (reference §14.6). */
const shortestStepMs = 100;
/** Absorbs the rounding of times and tokens; far below what anyone could count. */
const tokenSlack = 1e-4;

/** What the rate of a job goes by. */
export interface RolloutTotals {
  readonly notified: number;
  readonly succeeded: number;
}

/**
 * How fast a job is released (reference §2, §14.6): a bucket of tokens that fills at the rate, and
 * never more than the rate's whole number within any 60 s.
 */
export class RolloutPace {
  readonly #dialect: Pick<Dialect, 'rateLevel' | 'rateSpread'>;
  readonly #recent = new RecentReleases();
  #level = 0;
  /** Totals at which the level was reached; for the per-level reading only. */
  #since: RolloutTotals = { notified: 0, succeeded: 0 };
  /** Undefined until the first step after a start or a pause. */
  #tokens: number | undefined;
  #filledAt: Millis = 0;

  constructor(dialect: Pick<Dialect, 'rateLevel' | 'rateSpread'>) {
    this.#dialect = dialect;
  }

  /** Forgets the tokens: the next step begins with its first token again. */
  restart(): void {
    this.#tokens = undefined;
  }

  /** Executions per minute at the present level; may have a fraction. */
  rate(config: RolloutConfig | undefined): number {
    const most = Math.min(
      config?.maximumPerMinute ?? limits.ratePerMinuteMax,
      limits.ratePerMinuteMax,
    );
    const exponential = config?.exponentialRate;
    if (exponential === undefined) return most;
    return Math.min(
      exponential.baseRatePerMinute * exponential.incrementFactor ** this.#level,
      most,
    );
  }

  /** How many may be released now. */
  allowance(ratePerMinute: number, now: Millis): number {
    const tokens = this.#fill(ratePerMinute, now);
    const room = Math.ceil(ratePerMinute) - this.#recent.count(now);
    return Math.max(0, Math.min(Math.floor(tokens + tokenSlack), room));
  }

  spend(now: Millis): void {
    this.#tokens = (this.#tokens ?? 0) - 1;
    this.#recent.add(now);
  }

  /** When the next release is possible; a whole millisecond after `now`. */
  nextAt(ratePerMinute: number, now: Millis): Millis {
    const freeAt = this.#recent.freeAt(Math.ceil(ratePerMinute), now);
    const stepAt = Math.max(now + shortestStepMs, this.#tokenAt(ratePerMinute, now), freeAt);
    return Math.ceil(stepAt - 0.001);
  }

  /** Totals only grow, so levels only go up. */
  raiseLevel(config: RolloutConfig | undefined, totals: RolloutTotals): void {
    const criteria = config?.exponentialRate?.rateIncreaseCriteria;
    if (criteria === undefined) return;
    const notifiedStep = criteria.numberOfNotifiedThings ?? Number.POSITIVE_INFINITY;
    const succeededStep = criteria.numberOfSucceededThings ?? Number.POSITIVE_INFINITY;
    if (this.#dialect.rateLevel === 'cumulative') {
      this.#level = Math.max(
        Math.floor(totals.notified / notifiedStep),
        Math.floor(totals.succeeded / succeededStep),
      );
      return;
    }
    if (
      totals.notified - this.#since.notified >= notifiedStep ||
      totals.succeeded - this.#since.succeeded >= succeededStep
    ) {
      this.#level += 1;
      this.#since = { notified: totals.notified, succeeded: totals.succeeded };
    }
  }

  #fill(ratePerMinute: number, now: Millis): number {
    const isBurst = this.#dialect.rateSpread === 'burst';
    if (this.#tokens === undefined) {
      this.#tokens = isBurst ? ratePerMinute : 1;
      this.#filledAt = now;
    } else if (isBurst) {
      const minutes = Math.floor((now - this.#filledAt) / minuteMs);
      if (minutes > 0) this.#tokens = ratePerMinute + (this.#tokens % 1);
      this.#filledAt += minutes * minuteMs;
    } else {
      // One second's worth, and the millisecond that wake-ups are rounded up to.
      const most = Math.max(1, ratePerMinute / 60) + ratePerMinute / minuteMs;
      const filled = this.#tokens + (ratePerMinute * (now - this.#filledAt)) / minuteMs;
      this.#tokens = Math.min(filled, most);
      this.#filledAt = now;
    }
    return this.#tokens;
  }

  #tokenAt(ratePerMinute: number, now: Millis): Millis {
    if (this.#dialect.rateSpread === 'burst') return this.#filledAt + minuteMs;
    return now + ((1 - (this.#tokens ?? 0)) * minuteMs) / ratePerMinute;
  }
}

/** The release times of the last 60 s; at most as many as the highest rate. */
class RecentReleases {
  #times: Millis[] = [];
  #head = 0;

  add(at: Millis): void {
    this.#times.push(at);
  }

  /** Those younger than 60 s. */
  count(now: Millis): number {
    while ((this.#times[this.#head] ?? Number.POSITIVE_INFINITY) <= now - minuteMs) this.#head++;
    if (this.#head > limits.ratePerMinuteMax) {
      this.#times = this.#times.slice(this.#head);
      this.#head = 0;
    }
    return this.#times.length - this.#head;
  }

  /** When fewer than `most` will be younger than 60 s. */
  freeAt(most: number, now: Millis): Millis {
    const excess = this.count(now) - most;
    if (excess < 0) return now;
    return (this.#times[this.#head + excess] ?? now) + minuteMs;
  }
}
