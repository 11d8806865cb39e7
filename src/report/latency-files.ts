import {
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  HistogramLogWriter,
} from 'hdr-histogram-js';
import type { OperationSummary } from './summary.ts';

/** What was recorded of one operation between two wall instants, in whole microseconds. */
export interface LatencyInterval {
  readonly operation: string;
  /** Milliseconds since the epoch. */
  readonly startAt: number;
  readonly endAt: number;
  /** HDR V2, compressed, as the workers send it: decoded, an hour of these would fill the memory. */
  readonly hdrBase64: string;
}

/**
 * Merges each two neighbouring intervals of an operation into one: nothing is lost but resolution in
 * time. Keeps the order by end.
 */
export function halveIntervals<I extends LatencyInterval>(intervals: readonly I[]): I[] {
  const open = new Map<string, I>();
  const merged: I[] = [];
  for (const interval of intervals) {
    const { operation } = interval;
    const first = open.get(operation);
    if (first === undefined) {
      open.set(operation, interval);
      continue;
    }
    open.delete(operation);
    const histogram = decodeFromCompressedBase64(first.hdrBase64);
    histogram.add(decodeFromCompressedBase64(interval.hdrBase64));
    const startAt = Math.min(first.startAt, interval.startAt);
    merged.push({ ...interval, startAt, hdrBase64: encodeIntoCompressedBase64(histogram) });
  }
  return [...merged, ...open.values()];
}

/** The percentile spectrum in milliseconds, as HdrHistogram's plotters read it. */
export function renderHgrm({ hdrBase64 }: OperationSummary): string {
  return decodeFromCompressedBase64(hdrBase64).outputPercentileDistribution(5, 1000);
}

/** All intervals as an HdrHistogram log, one tag an operation. */
export function renderHistogramLog(intervals: readonly LatencyInterval[]): string {
  const lines: string[] = [];
  const writer = new HistogramLogWriter((line) => lines.push(line));
  writer.outputComment('[Logged by fleetrig]');
  writer.outputLogFormatVersion();
  writer.outputComment(
    'Histograms hold wall time in MICROSECONDS from when an operation was due (many tools assume nanoseconds).',
  );
  writer.outputComment('Interval_Max is in milliseconds. Tags are operations.');
  const startSeconds = intervals.reduce(
    (least, { startAt }) => Math.min(least, startAt / 1000),
    Number.POSITIVE_INFINITY,
  );
  if (intervals.length > 0) {
    writer.outputComment(`[StartTime: ${startSeconds.toFixed(3)} (seconds since epoch)]`);
  }
  writer.outputLegend();
  for (const { operation, startAt, endAt, hdrBase64 } of intervals) {
    const histogram = decodeFromCompressedBase64(hdrBase64);
    if (histogram.totalCount === 0) continue;
    histogram.tag = operation;
    writer.outputIntervalHistogram(histogram, startAt / 1000, endAt / 1000);
  }
  return lines.join('');
}
