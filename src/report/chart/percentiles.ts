import { decodeFromCompressedBase64, type Histogram } from 'hdr-histogram-js';
import type { OperationSummary, Summary } from '../summary.ts';
import { wallOperations } from '../wall-operations.ts';
import type { Chart, Dash, Mark, Point, Series } from './chart.ts';
import { kindOfOperation } from './kinds.ts';
import type { ColorName } from './palette.ts';
import { tellValue } from './units.ts';

/** One histogram of whole microseconds, and how its curve looks. */
export interface PercentileCurve {
  readonly name: string;
  /** HDR V2, compressed. */
  readonly hdrBase64: string;
  /** The largest value, which the histogram tells to three digits only. */
  readonly maxUs: number;
  readonly color: ColorName;
  readonly mark?: Mark;
  readonly dash?: Dash;
  readonly isThin?: boolean;
  readonly endLabel?: string;
}

/** Latency by percentile, each tenth of what is left as wide as the one before; undefined when nothing was recorded. */
export function percentilesChart(
  id: string,
  title: string,
  curves: readonly PercentileCurve[],
): Chart | undefined {
  const drawn = curves.flatMap(({ hdrBase64, maxUs, ...look }) => {
    const histogram = decodeFromCompressedBase64(hdrBase64);
    return histogram.totalCount === 0 ? [] : [{ look, histogram, maxUs }];
  });
  if (drawn.length === 0) return undefined;
  const told = drawn.map(
    ({ look, histogram, maxUs }) =>
      `${look.name} ${tellValue(valueAt(histogram, 99, maxUs), 'microseconds')}`,
  );
  return {
    id,
    title,
    description: `Latency by percentile on a scale that spreads the slowest few. 99th percentiles: ${told.join(', ')}.`,
    x: { label: 'percentile', unit: 'percentile', scale: 'percentile' },
    y: { label: 'latency, wall time', unit: 'microseconds', scale: 'log' },
    series: drawn.map(
      ({ look, histogram, maxUs }): Series => ({
        ...look,
        shape: 'line',
        points: spectrumOf(histogram, maxUs),
      }),
    ),
  };
}

/** Of every operation of a run: from when it was due, and from when it was sent where that differs. */
export function latencyPercentilesChart(summary: Summary): Chart | undefined {
  const curves = wallOperations(summary).flatMap((operation) => {
    const { name, hdrBase64, fromSendHdrBase64 } = operation;
    const maxUs = operation.corrected.max;
    const corrected: PercentileCurve = { name, hdrBase64, maxUs, ...kindOfOperation(name) };
    if (!isSentLate(operation)) return [corrected];
    const fromSend: PercentileCurve = {
      name: `${name}, from send`,
      hdrBase64: fromSendHdrBase64,
      maxUs: operation.fromSend.max,
      color: corrected.color,
      dash: 'dashed',
      isThin: true,
      endLabel: '',
    };
    return [corrected, fromSend];
  });
  return percentilesChart('percentiles', 'Latency by percentile', curves);
}

/** Whether any of them was sent later than it was due, as far as the histograms can tell. */
export function isSentLate({ hdrBase64, fromSendHdrBase64 }: OperationSummary): boolean {
  return hdrBase64 !== fromSendHdrBase64;
}

const stepsPerDecade = 16;

/** Down to the percentile that only the slowest one is above, and then the slowest. */
function spectrumOf(histogram: Histogram, maxUs: number): Point[] {
  const last = 100 * (1 - 1 / (2 * histogram.totalCount));
  const decades = Math.log10(2 * histogram.totalCount);
  const steps = Array.from(
    { length: Math.ceil(decades * stepsPerDecade) },
    (_, step) => 100 * (1 - 10 ** (-step / stepsPerDecade)),
  );
  const percentiles = [...steps, 50].sort((a, b) => a - b).filter((one) => one < last);
  const points = percentiles.map(
    (percentile): Point => [percentile, valueAt(histogram, percentile, maxUs)],
  );
  return [...points, [last, maxUs]];
}

/** A percentile is told as the upper end of its cell, which may lie above the largest value seen. */
function valueAt(histogram: Histogram, percentile: number, maxUs: number): number {
  return Math.min(histogram.getValueAtPercentile(percentile), maxUs);
}
