import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { shareOf, spreadOf } from '../../../src/run/estimates.ts';

// Wilson's score interval without continuity correction, from published tables.
it.each([
  [0, 10, 0, 0.2775],
  [1, 10, 0.0179, 0.4042],
  [5, 10, 0.2366, 0.7634],
  [10, 10, 0.7225, 1],
  [81, 263, 0.2553, 0.3662],
])('%d of %d lies between %d and %d', (runs, of, low, high) => {
  const share = shareOf(runs, of);

  expect(share.probability).toBe(runs / of);
  expect(share.low).toBeCloseTo(low, 4);
  expect(share.high).toBeCloseTo(high, 4);
});

it('of no runs nothing is known', () => {
  expect(shareOf(0, 0)).toMatchObject({ low: 0, high: 1 });
  expect(spreadOf([])).toBeUndefined();
});

describe('the spread of 1 to n', () => {
  // Ranks of the sign test's interval, from tables of nonparametric statistics.
  it.each([
    [1, 1, 1, 1],
    [2, 1.5, 1, 2],
    [5, 3, 1, 5],
    [6, 3.5, 1, 6],
    [9, 5, 2, 8],
    [10, 5.5, 2, 9],
    [20, 10.5, 6, 15],
    [100, 50.5, 40, 61],
  ])('n = %d: median %d, surely between %d and %d', (count, median, low, high) => {
    const values = Array.from({ length: count }, (_, index) => count - index);

    expect(spreadOf(values)).toMatchObject({ runs: count, median, mean: median, low, high });
  });

  it('n = 1,000: 95 % of them lie between the 25th and the 975th', () => {
    const values = Array.from({ length: 1000 }, (_, index) => index + 1);

    expect(spreadOf(values)).toMatchObject({ p2_5: 25, p97_5: 975 });
  });

  it('n = 10,000, where a power of two is no number any more, by the normal approximation', () => {
    const spread = spreadOf(Array.from({ length: 10_000 }, (_, index) => index + 1));

    expect(Math.abs((spread?.low ?? 0) - (5000 - 0.98 * 100))).toBeLessThan(3);
    expect(Math.abs((spread?.high ?? 0) - (5001 + 0.98 * 100))).toBeLessThan(3);
  });
});

it('about 95 of 100 intervals hold what is true', () => {
  const random = seededRandom('coverage');
  let shares = 0;
  let medians = 0;
  const trials = 1000;
  for (let trial = 0; trial < trials; trial++) {
    const draws = Array.from({ length: 50 }, () => random.next());
    const share = shareOf(draws.filter((draw) => draw < 0.2).length, 50);
    const spread = spreadOf(draws.map((draw) => -Math.log(1 - draw)));
    if (share.low <= 0.2 && share.high >= 0.2) shares++;
    if (spread !== undefined && spread.low <= Math.LN2 && spread.high >= Math.LN2) medians++;
  }

  for (const held of [shares, medians]) {
    expect(held / trials).toBeGreaterThan(0.93);
    expect(held / trials).toBeLessThan(0.985);
  }
});
