import type { Millis } from '../base/clock.ts';

/** When a job released its things, in order, and when it was created. */
export interface Releases {
  readonly createdAt: Millis;
  readonly at: readonly Millis[];
}

/** Releases that are off by no more than this, in simulated time, are no deviation. */
const usualSlackMs = 1000;

/**
 * How far two rollouts of one job ever are apart, in % of the things targeted. Each counts time from
 * the creation of its job. At every release of either, the number of things it has notified by then is
 * compared with the numbers the other one had within a second of that; the largest difference counts.
 * `resolutionMs` is what the times of either may be off by: it comes on top of that second.
 */
export function deviation(
  a: Releases,
  b: Releases,
  targeted: number,
  resolutionMs: Millis = 0,
): number | undefined {
  if (targeted === 0) return undefined;
  const slackMs = usualSlackMs + resolutionMs;
  return (100 * Math.max(excess(a, b, slackMs), excess(b, a, slackMs))) / targeted;
}

/** By how many things `one` is ahead of or behind all that `other` had within the slack, at the most. */
function excess(one: Releases, other: Releases, slackMs: Millis): number {
  let most = 0;
  let low = 0;
  let high = 0;
  for (const index of one.at.keys()) {
    const since = sinceCreation(one, index);
    while (sinceCreation(other, low) <= since - slackMs) low++;
    while (sinceCreation(other, high) <= since + slackMs) high++;
    most = Math.max(most, low - (index + 1), index + 1 - high);
  }
  return most;
}

/** Never, past the last release. */
function sinceCreation({ createdAt, at }: Releases, index: number): Millis {
  return (at[index] ?? Number.POSITIVE_INFINITY) - createdAt;
}
