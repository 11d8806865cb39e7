import { decodeFromCompressedBase64, type Histogram } from 'hdr-histogram-js';
import type { Millis } from '../base/clock.ts';
import { percentilesOf } from '../report/percentiles.ts';
import type { SeriesSummary } from '../report/summary.ts';
import type { ErrorLook, TimedInterval } from './collector.ts';

/** As many as a chart can show. */
const instantsMax = 400;

interface TimeFrame {
  /** Simulated instants: what times count from, and the end of the run. */
  readonly zeroAt: Millis;
  readonly endAt: Millis;
  readonly stepMs: Millis;
}

/**
 * What one operation took over time, in steps of `stepMs` simulated milliseconds or more; intervals
 * that ended about together are told as one, and none later than the end of the run.
 */
export function latencyOverTime(
  intervals: readonly TimedInterval[],
  { zeroAt, endAt, stepMs: leastMs }: TimeFrame,
): SeriesSummary {
  const stepMs = Math.max(leastMs, Math.ceil(spanOf(intervals) / instantsMax));
  const histograms = new Map<number, Histogram>();
  for (const { at, hdrBase64 } of intervals) {
    const slot = Math.round((Math.min(at, endAt) - zeroAt) / stepMs);
    const histogram = decodeFromCompressedBase64(hdrBase64);
    const gathered = histograms.get(slot);
    if (gathered === undefined) histograms.set(slot, histogram);
    else gathered.add(histogram);
  }
  return {
    columns: ['t', 'count', 'p50', 'p99', 'max'],
    rows: [...histograms]
      .sort(([a], [b]) => a - b)
      .map(([slot, histogram]) => [
        Math.min(slot * stepMs, endAt - zeroAt) / 1000,
        histogram.totalCount,
        ...figuresOf(histogram),
      ]),
  };
}

function figuresOf(histogram: Histogram): readonly number[] {
  const { p50, p99, max } = percentilesOf(histogram);
  return [p50, p99, max];
}

function spanOf(intervals: readonly TimedInterval[]): Millis {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const { at } of intervals) {
    first = Math.min(first, at);
    last = Math.max(last, at);
  }
  return Math.max(0, last - first);
}

/** Errors so far by code, each code with a column. */
export function errorsOverTime(looks: readonly ErrorLook[], zeroAt: Millis): SeriesSummary {
  const codes = [...new Set(looks.flatMap(({ byCode }) => [...byCode.keys()]))].sort();
  return {
    columns: ['t', ...codes],
    rows: looks.map(({ at, byCode }) => [
      Math.round(at - zeroAt) / 1000,
      ...codes.map((code) => byCode.get(code) ?? 0),
    ]),
  };
}
