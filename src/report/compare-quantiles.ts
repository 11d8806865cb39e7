import type { Histogram } from 'hdr-histogram-js';

/** Where the true value of a figure lies with 99 %: from one run's samples, an end is open when they are too few. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Probability that the true value lies beyond one given end of an {@link Interval}, at most. */
const tail = 0.005;
/** Of the standard normal: above this lies {@link tail}. */
const z = 2.5758;
/** Below this many samples a mean is not near enough to normal. */
const meanSamplesMin = 30;

/**
 * The interval of a quantile (0 < `share` < 1) from the order statistics: exact for `samples` independent
 * ones, whatever their distribution. In the histogram's unit.
 */
export function quantileInterval(
  histogram: Histogram,
  share: number,
  samples = histogram.totalCount,
): Interval {
  const ranks = quantileRanks(samples, share);
  const at = (rank: number) => histogram.getValueAtPercentile((100 * rank) / samples);
  return {
    low: ranks.low === undefined ? 0 : at(ranks.low),
    high: ranks.high === undefined ? Number.POSITIVE_INFINITY : at(ranks.high),
  };
}

/** The interval of the mean: normal, so that it takes a good number of samples. */
export function meanInterval(histogram: Histogram, samples = histogram.totalCount): Interval {
  const { mean, stdDeviation } = histogram;
  if (samples < meanSamplesMin) return { low: 0, high: Number.POSITIVE_INFINITY };
  const half = (z * stdDeviation) / Math.sqrt(samples);
  return { low: mean - half, high: mean + half };
}

/** A stretch of a run: how many samples fell into it, and their median. */
export interface Stretch {
  readonly count: number;
  readonly median: number;
}

/** Medians of fewer samples say little of the stretch they are of. */
const stretchSamplesMin = 5;

/**
 * How many independent samples those of a histogram are worth. Requests of one moment share its load, so
 * that the medians of stretches lie further apart than chance puts them; by as much more as they do, in
 * variance (the design effect of a cluster sample), the samples count for less.
 */
export function independentSamples(histogram: Histogram, stretches: readonly Stretch[]): number {
  const told = stretches.filter(({ count }) => count >= stretchSamplesMin);
  const total = told.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return histogram.totalCount;
  const rankOf = rankFinder(histogram);
  const excess = told.map(
    ({ count, median }) => (count / total) * 4 * count * (rankOf(median) - 0.5) ** 2,
  );
  const effect = Math.max(
    1,
    excess.reduce((sum, one) => sum + one, 0),
  );
  return Math.round(histogram.totalCount / effect);
}

/** Tells which share of the samples is at most a value, to half a percent. */
function rankFinder(histogram: Histogram): (value: number) => number {
  const steps = 200;
  const values = Array.from({ length: steps }, (_, step) =>
    histogram.getValueAtPercentile((100 * (step + 0.5)) / steps),
  );
  return (value) => {
    const below = values.filter((one) => one < value).length;
    const upTo = values.filter((one) => one <= value).length;
    return (below + upTo) / 2 / steps;
  };
}

/**
 * The samples, counted from 1 in rising order, that hold the quantile between them: each is beyond it
 * with a probability of 0.5 % at most (binomial, exact). Undefined where not even the outermost is far enough.
 */
export function quantileRanks(
  samples: number,
  share: number,
): { readonly low: number | undefined; readonly high: number | undefined } {
  const below = countsBelow(samples, share);
  let low: number | undefined;
  let cumulated = 0;
  for (let index = 0; index < below.weights.length; index++) {
    cumulated += (below.weights[index] ?? 0) / below.total;
    if (cumulated > tail) break;
    low = below.first + index + 1;
  }
  // Everything below the first weight is as good as impossible.
  low ??= below.first > 0 ? below.first : undefined;
  let high: number | undefined;
  cumulated = 0;
  for (let index = below.weights.length - 1; index >= 0; index--) {
    cumulated += (below.weights[index] ?? 0) / below.total;
    if (cumulated > tail) break;
    high = below.first + index;
  }
  const last = below.first + below.weights.length;
  high ??= last <= samples ? last : undefined;
  return { low, high };
}

/**
 * How likely `first`, `first` + 1, … of the samples are to lie below the quantile, as weights that add
 * up to `total`. Relative to the likeliest number, so that no factorial is needed; the rest is below 1e-18.
 */
function countsBelow(samples: number, share: number) {
  const negligible = 1e-18;
  const odds = share / (1 - share);
  const mode = Math.min(samples, Math.floor((samples + 1) * share));
  const falling: number[] = [];
  for (let count = mode, weight = 1; count > 0; count--) {
    weight *= count / ((samples - count + 1) * odds);
    if (weight < negligible) break;
    falling.push(weight);
  }
  const rising: number[] = [];
  for (let count = mode, weight = 1; count < samples; count++) {
    weight *= ((samples - count) * odds) / (count + 1);
    if (weight < negligible) break;
    rising.push(weight);
  }
  const weights = [...falling.reverse(), 1, ...rising];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { first: mode - falling.length, weights, total };
}
