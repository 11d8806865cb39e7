import type { RolloutConfig } from '../../src/protocol/job-config.ts';
import type { Readings } from './script.ts';

const minute = 60_000;

/** Powers of ten that hold every rate exactly: 1.1^73 × 1 is more than the service's cap of 1000. */
const decimals = 73;
const ratePerMinuteMax = 1000;
const perMinute = 10n ** BigInt(decimals);
/** One token; a rate of `perMinute` adds `perMinute` of these each millisecond. */
const token = perMinute * BigInt(minute);

/**
 * §14.6's accumulator in exact numbers: tokens and rates are integers of a unit so small that no
 * level of any allowed rate needs rounding. Only instants are rounded: up, to whole milliseconds.
 */
export class Rate {
  readonly #levelRule: Readings['rateLevel'];
  #rollout: RolloutConfig;
  #tokens = token;
  #last: number;
  #level = 0;
  /** Where the counts of this level began; stays 0 when the level rule is cumulative. */
  #notifiedBefore = 0;
  #succeededBefore = 0;

  constructor(rollout: RolloutConfig | undefined, rule: Readings['rateLevel'], startAt: number) {
    this.#levelRule = rule;
    this.#rollout = rollout ?? {};
    this.#last = startAt;
  }

  /**
   * §2: "applies from the next release step". OPEN: what that step grants for the time before the
   * update. The step stays where it is and goes by the new rate in everything.
   */
  replace(rollout: RolloutConfig): void {
    this.#rollout = rollout;
  }

  /** How many may be released now; grants the tokens that came since the last step. */
  take(now: number, releases: readonly { readonly at: number }[]): number {
    const rate = this.#rate();
    const granted = this.#tokens + rate * BigInt(now - this.#last);
    // At most max(1, rate/60) tokens: one second's worth. OPEN: with instants rounded up to whole
    // milliseconds, a slow rate has a little more than one token when it wakes. Read to the letter
    // the cap takes that from it, so that 7 a minute come every 8572 ms and never seven in a minute;
    // read by its purpose ("so a stalled timer cannot burst") it lets what rounding added pass, and
    // 7 a minute are 7. The second reading is taken: one millisecond's worth on top.
    this.#tokens = min(granted, max(token, rate * 1000n) + rate);
    this.#last = now;
    const recent = releases.filter(({ at }) => at > now - minute).length;
    return Math.min(
      Number(this.#tokens / token),
      Math.max(0, Number(divideUp(rate, perMinute)) - recent),
    );
  }

  spend(count: number): void {
    this.#tokens -= token * BigInt(count);
  }

  /** §14.6: after the releases of a step; §2: never down. */
  recomputeLevel(notified: number, succeeded: number): void {
    const level = this.#levelAt(notified, succeeded);
    if (level === this.#level) return;
    this.#level = level;
    if (this.#levelRule === 'cumulative') return;
    this.#notifiedBefore = notified;
    this.#succeededBefore = succeeded;
  }

  /**
   * §2. OPEN: a step at which a per-level count passes its criterion twice. Counts that restart at
   * each level restart at 0, with nothing carried over, so a step rises one level at most.
   */
  #levelAt(notified: number, succeeded: number): number {
    const criteria = this.#rollout.exponentialRate?.rateIncreaseCriteria;
    if (criteria === undefined) return this.#level;
    const reached = Math.max(
      levels(notified - this.#notifiedBefore, criteria.numberOfNotifiedThings),
      levels(succeeded - this.#succeededBefore, criteria.numberOfSucceededThings),
    );
    if (this.#levelRule === 'cumulative') return Math.max(this.#level, reached);
    return this.#level + Math.min(1, reached);
  }

  /** When tokens reach 1, for fast rates at least 100 ms on; or when the bound lets one through. */
  nextStepAt(now: number, releases: readonly { readonly at: number }[]): number {
    const rate = this.#rate();
    const missing = max(0n, token - this.#tokens);
    const wait = Math.max(100, Number(divideUp(missing, rate)));
    const bound = Number(divideUp(rate, perMinute));
    const oldest = releases[releases.length - bound];
    return Math.max(now + wait, oldest === undefined ? 0 : oldest.at + minute);
  }

  /**
   * OPEN: how exactly "when tokens reach 1" is to be computed. Where a step would release one more
   * if it were two thousandths of a millisecond later, or two ten-thousandths of a token richer, sums
   * in binary fractions with a tolerance may release there and exact ones a step later.
   */
  isDelicateAt(step: number): boolean {
    const rate = this.#rate();
    const tokens = this.#tokens + rate * BigInt(step - this.#last);
    return lacks(tokens, token / 5000n) || lacks(tokens - rate, rate / 500n);
  }

  /** min(base × factor^L, maximumPerMinute ?? 1000, 1000) in `perMinute`, exact. */
  #rate(): bigint {
    const { maximumPerMinute = ratePerMinuteMax, exponentialRate } = this.#rollout;
    const cap = BigInt(Math.min(maximumPerMinute, ratePerMinuteMax)) * perMinute;
    if (exponentialRate === undefined) return cap;
    const tenths = BigInt(Math.round(exponentialRate.incrementFactor * 10));
    let rate = BigInt(exponentialRate.baseRatePerMinute) * perMinute;
    for (let level = 0; level < this.#level && rate < cap; level++) rate = (rate * tenths) / 10n;
    return min(rate, cap);
  }
}

function levels(count: number, criterion: number | undefined): number {
  return criterion === undefined ? 0 : Math.floor(count / criterion);
}

/** Whether at most this much, but something, is missing to the next whole token. */
function lacks(tokens: bigint, most: bigint): boolean {
  const missing = (token - (tokens % token)) % token;
  return missing > 0n && missing <= most;
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

function min(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function max(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
