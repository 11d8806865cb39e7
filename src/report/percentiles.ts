import type { Histogram } from 'hdr-histogram-js';
import type { Percentiles } from './summary.ts';

/** The figures of one HDR histogram of whole microseconds; all zero when nothing was recorded. */
export function percentilesOf(histogram: Histogram | undefined): Percentiles {
  if (histogram === undefined) return { p50: 0, p90: 0, p99: 0, p999: 0, max: 0, mean: 0 };
  // A percentile is told as the upper end of its cell, which may lie above the largest value seen.
  const at = (percentile: number) =>
    Math.min(histogram.getValueAtPercentile(percentile), histogram.maxValue);
  return {
    p50: at(50),
    p90: at(90),
    p99: at(99),
    p999: at(99.9),
    max: histogram.maxValue,
    mean: histogram.mean,
  };
}

/** No answer takes less than a microsecond, so a maximum of 0 means that there was none. */
export function hasSamples(percentiles: Percentiles): boolean {
  return percentiles.max > 0;
}
