import { encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { expect, it } from 'vitest';
import type { TimedInterval } from '../../../src/run/collector.ts';
import { errorsOverTime, latencyOverTime } from '../../../src/run/over-time.ts';
import { histogramOf } from '../../support/summaries.ts';

function intervalOf(at: number, ...valuesUs: readonly number[]): TimedInterval {
  return {
    operation: 'update',
    startAt: at - 1000,
    endAt: at,
    at,
    hdrBase64: encodeIntoCompressedBase64(histogramOf(...valuesUs)),
  };
}

it('adds the workers of one second up and keeps the seconds apart', () => {
  const intervals = [
    intervalOf(101_020, 100, 200),
    intervalOf(101_480, 300),
    intervalOf(102_010, 900),
  ];

  const { columns, rows } = latencyOverTime(intervals, {
    zeroAt: 100_000,
    endAt: 200_000,
    stepMs: 1000,
  });

  expect(columns).toEqual(['t', 'count', 'p50', 'p99', 'max']);
  expect(rows).toEqual([
    [1, 3, 200, 300, 300],
    [2, 1, 900, 900, 900],
  ]);
});

it('tells nothing above the largest value seen, and nothing after the end of the run', () => {
  const intervals = [intervalOf(100_400, 2974), intervalOf(102_900, 3021)];

  const { rows } = latencyOverTime(intervals, { zeroAt: 100_000, endAt: 101_600, stepMs: 1000 });

  expect(rows.map(([t]) => t)).toEqual([0, 1.6]);
  for (const [, , p50 = 0, p99 = 0, max = 0] of rows) {
    expect(p50).toBeLessThanOrEqual(max);
    expect(p99).toBeLessThanOrEqual(max);
  }
});

it('tells a long run in steps that a chart can show, with every sample in one of them', () => {
  const intervals = Array.from({ length: 5000 }, (_, second) => intervalOf(second * 1000, 50));

  const { rows } = latencyOverTime(intervals, { zeroAt: 0, endAt: 5_000_000, stepMs: 1000 });

  expect(rows.length).toBeLessThanOrEqual(401);
  expect(rows.reduce((sum, [, count = 0]) => sum + count, 0)).toBe(5000);
});

it('gives each code a column, from the start', () => {
  const looks = [
    { at: 1000, byCode: new Map<string, number>() },
    { at: 2000, byCode: new Map([['VersionMismatch', 2]]) },
    {
      at: 3000,
      byCode: new Map([
        ['VersionMismatch', 3],
        ['LOST', 1],
      ]),
    },
  ];

  expect(errorsOverTime(looks, 1000)).toEqual({
    columns: ['t', 'LOST', 'VersionMismatch'],
    rows: [
      [0, 0, 0],
      [1, 0, 2],
      [2, 1, 3],
    ],
  });
});
