import { describe, expect, it } from 'vitest';
import { Distribution } from '../../../src/device/distribution.ts';
import { quantile, shareFrom } from '../../../src/device/quantile.ts';

describe.each([
  // Textbook values, in milliseconds: 1 %, median, 99 %.
  ['a constant', '40s', 40_000, 40_000, 40_000],
  ['uniform', { uniform: ['5s', '20s'] }, 5150, 12_500, 19_850],
  ['normal', { normal: { mean: '30s', deviation: '5s' } }, 18_368.26, 30_000, 41_631.74],
  ['a normal that stops at 0', { normal: { mean: '1s', deviation: '1s' } }, 0, 1000, 3326.35],
  ['a normal without spread', { normal: { mean: '1s', deviation: '0s' } }, 1000, 1000, 1000],
  ['lognormal', { lognormal: { median: '40s', p99: '160s' } }, 10_000, 40_000, 160_000],
  ['a lognormal without spread', { lognormal: { median: '4s', p99: '4s' } }, 4000, 4000, 4000],
  ['exponential', { exponential: { mean: '10s' } }, 100.5, 6931.47, 46_051.7],
  ['weibull', { weibull: { scale: '10s', shape: 2 } }, 1002.51, 8325.55, 21_459.66],
  [
    'points',
    {
      points: [
        ['60s', 1],
        ['5s', 3],
      ],
    },
    5000,
    5000,
    60_000,
  ],
])('%s', (_, input, p1, median, p99) => {
  const distribution = Distribution.parse(input);

  it.each([
    [0.01, p1],
    [0.5, median],
    [0.99, p99],
  ])('has its quantile %s', (ratio, value) => {
    expect(quantile(distribution, ratio)).toBeCloseTo(value, 1);
  });

  it('never falls as the ratio grows', () => {
    const values = Array.from({ length: 1000 }, (_, index) => quantile(distribution, index / 1000));

    expect(values).toEqual(values.toSorted((a, b) => a - b));
  });
});

it('quantile 0 of what has no lower end is 0', () => {
  expect(quantile({ lognormal: { median: 5, p99: 9 } }, 0)).toBe(0);
  expect(quantile({ exponential: { mean: 0 } }, 1)).toBe(0);
});

it.each([
  [5000, 1],
  [12_500, 0.5],
  [19_850, 0.01],
  [20_001, 0],
])('the share of draws from %s on is %s', (value, share) => {
  const uniform = Distribution.parse({ uniform: ['5s', '20s'] });

  expect(shareFrom((ratio) => quantile(uniform, ratio), value)).toBeCloseTo(share, 6);
});
