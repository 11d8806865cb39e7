import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hasSamples, percentilesOf } from '../../../src/report/percentiles.ts';
import { Summary } from '../../../src/report/summary.ts';
import { histogramOf, operationOf, summaryOf } from '../../support/summaries.ts';

it('tells whole microseconds', () => {
  const values = Array.from({ length: 1000 }, (_, index) => index + 1);

  expect(percentilesOf(histogramOf(...values))).toEqual({
    p50: 500,
    p90: 900,
    p99: 990,
    p999: 999,
    max: 1000,
    mean: 500.5,
  });
});

it('knows an empty histogram from a fast one', () => {
  expect(hasSamples(percentilesOf(histogramOf()))).toBe(false);
  expect(percentilesOf(undefined)).toEqual(percentilesOf(histogramOf()));
  expect(hasSamples(percentilesOf(histogramOf(1)))).toBe(true);
});

it('percentiles never fall, never pass the maximum, and fit the schema', () => {
  const latencies = fc.array(fc.integer({ min: 1, max: 3_600_000_000 }), { minLength: 1 });
  fc.assert(
    fc.property(latencies, (values) => {
      const corrected = percentilesOf(histogramOf(...values));

      const { p50, p90, p99, p999, max } = corrected;
      expect([p50, p90, p99, p999, max]).toEqual([p50, p90, p99, p999, max].sort((a, b) => a - b));
      const summary = summaryOf({ operations: [operationOf({ corrected })] });
      expect(Summary.safeParse(summary).success).toBe(true);
    }),
    { numRuns: 50 },
  );
});
