import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { Distribution, draw, pickWeighted } from '../../../src/device/distribution.ts';

const drawCount = 20_000;

function draws(input: unknown): number[] {
  const distribution = Distribution.parse(input);
  const random = seededRandom('draws');
  return Array.from({ length: drawCount }, () => draw(distribution, random)).sort((a, b) => a - b);
}

const quantile = (sorted: readonly number[], ratio: number) =>
  sorted[Math.floor(ratio * sorted.length)] ?? Number.NaN;
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / drawCount;

it('a constant is always the same', () => {
  expect(new Set(draws('40s'))).toEqual(new Set([40_000]));
});

describe.each([
  // The median and the 90th percentile as the textbook has them, in seconds.
  ['uniform', { uniform: ['5s', '20s'] }, 12.5, 18.5],
  ['normal', { normal: { mean: '30s', deviation: '5s' } }, 30, 36.41],
  ['lognormal', { lognormal: { median: '40s', p99: '3m' } }, 40, 91.6],
  ['exponential', { exponential: { mean: '10s' } }, 6.93, 23.03],
  ['weibull', { weibull: { scale: '10s', shape: 2 } }, 8.33, 15.17],
])('%s', (_, input, median, p90) => {
  const sorted = draws(input);

  it('has its quantiles', () => {
    expect(quantile(sorted, 0.5) / 1000 / median).toBeCloseTo(1, 1);
    expect(quantile(sorted, 0.9) / 1000 / p90).toBeCloseTo(1, 1);
  });

  it('never falls below zero', () => {
    expect(sorted[0]).toBeGreaterThanOrEqual(0);
  });
});

it('a lognormal keeps its 99th percentile', () => {
  const p99 = quantile(draws({ lognormal: { median: '40s', p99: '3m' } }), 0.99);

  expect(p99 / 180_000).toBeCloseTo(1, 1);
});

it('a normal that reaches below zero stops there', () => {
  expect(draws({ normal: { mean: '1s', deviation: '10s' } })[0]).toBe(0);
});

it('an exponential has its mean', () => {
  expect(mean(draws({ exponential: { mean: '10s' } })) / 10_000).toBeCloseTo(1, 1);
});

it('points come out by weight', () => {
  const sorted = draws({
    points: [
      ['5s', 3],
      ['60s', 1],
    ],
  });

  expect(new Set(sorted)).toEqual(new Set([5000, 60_000]));
  expect(sorted.filter((value) => value === 5000).length / drawCount).toBeCloseTo(0.75, 1);
});

it('nothing is picked from nothing', () => {
  expect(pickWeighted([], seededRandom('x'))).toBeUndefined();
});

it.each([
  [{}, 'exactly one'],
  [{ uniform: ['1s', '2s'], exponential: { mean: '1s' } }, 'exactly one'],
  [{ uniform: ['3s', '2s'] }, 'must not exceed'],
  [{ lognormal: { median: '3s', p99: '2s' } }, 'below the median'],
  [{ lognormal: { median: '0s', p99: '2s' } }, 'above 0'],
  [{ lognormal: { median: '1s' } }, 'received undefined'],
  [{ gamma: { mean: '1s' } }, 'Unrecognized key'],
  ['40', 'such as 250ms'],
  [40, 'expected string'],
])('%j is refused', (input, words) => {
  const result = Distribution.safeParse(input);

  expect(JSON.stringify(result.error?.issues)).toContain(words);
});
