import type { Share, Spread } from '../report/uncertainty.ts';

/** Of the standard normal: between minus this and this lie 95 %. */
const z95 = 1.959964;

/** A probability told from `runs` hits of `of`, with its Wilson score interval. */
export function shareOf(runs: number, of: number): Share {
  const probability = of === 0 ? 0 : runs / of;
  if (of === 0) return { runs, of, probability, low: 0, high: 1 };
  const z2 = z95 * z95;
  const shrink = 1 + z2 / of;
  const middle = (probability + z2 / (2 * of)) / shrink;
  const half =
    (z95 / shrink) * Math.sqrt((probability * (1 - probability)) / of + z2 / (4 * of * of));
  return {
    runs,
    of,
    probability,
    // What never and what always happened are at the very end, rounding or not.
    low: runs === 0 ? 0 : Math.max(0, middle - half),
    high: runs === of ? 1 : Math.min(1, middle + half),
  };
}

/**
 * How a figure came out over the runs that have it; undefined where none has. The interval of the
 * median is that of the order statistics, which assumes no distribution.
 */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  if (count === 0) return undefined;
  const at = (rank: number) => sorted[Math.min(count, Math.max(1, rank)) - 1] ?? 0;
  const below = medianRank(count);
  return {
    runs: count,
    mean: sorted.reduce((sum, value) => sum + value, 0) / count,
    median: (at(Math.ceil(count / 2)) + at(Math.floor(count / 2) + 1)) / 2,
    low: at(below),
    high: at(count + 1 - below),
    p2_5: at(Math.ceil(0.025 * count)),
    p97_5: at(Math.ceil(0.975 * count)),
  };
}

/**
 * The highest rank that lies above the median with a probability of 2.5 % at most (binomial, exact);
 * of less than six values not even the first does, and the extremes have to do.
 */
function medianRank(count: number): number {
  // In logarithms: two to the power of minus ten thousand is no number.
  let logTerm = -count * Math.LN2;
  let tail = Math.exp(logTerm);
  let rank = 0;
  while (tail <= 0.025 && rank < count) {
    rank++;
    logTerm += Math.log(count - rank + 1) - Math.log(rank);
    tail += Math.exp(logTerm);
  }
  return Math.max(1, rank);
}
