import { expect, it } from 'vitest';
import {
  independentSamples,
  meanInterval,
  quantileInterval,
  quantileRanks,
} from '../../../src/report/compare-quantiles.ts';
import { histogramOf } from '../../support/summaries.ts';

/** The probability that exactly `count` of `samples` lie below the quantile. */
function probabilities(samples: number, share: number): number[] {
  const terms = [(1 - share) ** samples];
  for (let count = 0; count < samples; count++) {
    terms.push(((terms[count] ?? 0) * (samples - count) * share) / ((count + 1) * (1 - share)));
  }
  return terms;
}

it.each([
  [8, 0.5],
  [20, 0.5],
  [100, 0.9],
  [100, 0.99],
  [1000, 0.5],
])(
  'of %i samples, the ranks around quantile %f are the innermost that miss it at most once in 200',
  (samples, share) => {
    const { low, high } = quantileRanks(samples, share);
    const terms = probabilities(samples, share);
    const below = (count: number) =>
      terms.slice(0, Math.max(0, count)).reduce((sum, term) => sum + term, 0);

    expect(low !== undefined && below(low) <= 0.005 && below(low + 1) > 0.005).toBe(true);
    if (high === undefined) expect(terms.at(-1)).toBeGreaterThan(0.005);
    else expect(1 - below(high) <= 0.005 && 1 - below(high - 1) > 0.005).toBe(true);
  },
);

it('of few samples nothing bounds the quantile', () => {
  expect(quantileRanks(5, 0.5)).toEqual({ low: undefined, high: undefined });
  expect(quantileRanks(500, 0.99).high).toBeUndefined();
  expect(quantileRanks(0, 0.5)).toEqual({ low: undefined, high: undefined });
  expect(quantileInterval(histogramOf(1, 2, 3), 0.5)).toEqual({ low: 0, high: Infinity });
  expect(meanInterval(histogramOf(1, 2, 3)).high).toBe(Infinity);
});

it('ten million samples are no trouble', () => {
  const { low = 0, high = 0 } = quantileRanks(10_000_000, 0.5);

  expect(high - low).toBeGreaterThan(8000);
  expect(high - low).toBeLessThan(8300);
});

it('samples that come in lumps count for less', () => {
  const evenly = Array.from({ length: 1000 }, (_, index) => 1000 + index);
  const histogram = histogramOf(...evenly);
  const alike = Array.from({ length: 10 }, () => ({ count: 100, median: 1500 }));
  const apart = alike.map(({ count }, index) => ({ count, median: index < 5 ? 1250 : 1750 }));

  expect(independentSamples(histogram, alike)).toBe(1000);
  expect(independentSamples(histogram, [])).toBe(1000);
  expect(independentSamples(histogram, apart)).toBeLessThan(50);
});
