import type { Millis } from '../base/clock.ts';
import type { Dialect } from '../protocol/dialect.ts';
import type { RolloutConfig } from '../protocol/job-config.ts';
import { limits } from '../protocol/limits.ts';

const minuteMs = 60_000;

/** Things released at one rate, one after another. */
interface Level {
  readonly ratePerMinute: number;
  readonly things: number;
}

/** The highest rate a job can have (reference §2). */
export function rateMax(config: RolloutConfig | undefined): number {
  return Math.min(config?.maximumPerMinute ?? limits.ratePerMinuteMax, limits.ratePerMinuteMax);
}

/**
 * The shortest time from a job's first release to its last, in closed form: (n − 1) / rate at a constant
 * rate, the sum over the levels at an exponential one. Levels that wait for successes are taken as if
 * every thing succeeded at once, so no rollout is faster.
 */
export function releaseMs(
  config: RolloutConfig | undefined,
  { rateSpread }: Pick<Dialect, 'rateSpread'>,
  things: number,
): Millis {
  let minutes = 0;
  let left = things - 1;
  for (const { ratePerMinute, things: released } of levelsOf(config)) {
    if (left <= 0) break;
    minutes += Math.min(left, released) / ratePerMinute;
    left -= released;
  }
  return Math.max(0, rateSpread === 'burst' ? minutes - 1 : minutes) * minuteMs;
}

/** How many can be released at most in a time, by the same closed form. */
export function releasedWithin(
  config: RolloutConfig | undefined,
  { rateSpread }: Pick<Dialect, 'rateSpread'>,
  timeMs: Millis,
): number {
  let minutes = timeMs / minuteMs + (rateSpread === 'burst' ? 1 : 0);
  let released = 1;
  for (const { ratePerMinute, things } of levelsOf(config)) {
    if (minutes <= 0) break;
    released += Math.min(things, minutes * ratePerMinute);
    minutes -= things / ratePerMinute;
  }
  return Math.floor(released + 1e-6);
}

/** Each level with its things, the last without an end. Every level is faster, so few of them pass. */
function* levelsOf(config: RolloutConfig | undefined): Generator<Level> {
  const most = rateMax(config);
  const rate = config?.exponentialRate;
  if (rate !== undefined) {
    const { numberOfNotifiedThings, numberOfSucceededThings } = rate.rateIncreaseCriteria;
    const step = Math.min(numberOfNotifiedThings ?? Infinity, numberOfSucceededThings ?? Infinity);
    let ratePerMinute = rate.baseRatePerMinute;
    // The first thing takes no time.
    for (let things = step - 1; ratePerMinute < most; things = step) {
      yield { ratePerMinute, things };
      ratePerMinute *= rate.incrementFactor;
    }
  }
  yield { ratePerMinute: most, things: Infinity };
}
