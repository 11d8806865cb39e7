import { decodeFromCompressedBase64, type Histogram } from 'hdr-histogram-js';
import { AppError } from '../base/errors.ts';
import type { Weight } from './compare-noise.ts';
import {
  type Interval,
  independentSamples,
  meanInterval,
  quantileInterval,
} from './compare-quantiles.ts';
import type { OperationSummary, Summary } from './summary.ts';

/** What one run measured of one operation, from one origin. */
interface Measured {
  readonly histogram: Histogram;
  /** Independent samples those in the histogram are worth. */
  readonly samples: number;
}

/** What is measured in both runs, by `latency.<operation>` and `latency.<operation>.fromSend`. */
export interface Latencies {
  readonly pairs: ReadonlyMap<string, { readonly base: Measured; readonly head: Measured }>;
  /** How late the tool itself answered and sent, p99 of the later run: it is in every latency. */
  readonly lateMs: { readonly corrected: number; readonly fromSend: number };
}

/** Throws AppError for a histogram nobody can read. */
export function pairLatencies(base: Summary, head: Summary): Latencies {
  const pairs = new Map<string, { base: Measured; head: Measured }>();
  for (const before of base.operations) {
    const after = head.operations.find(({ name }) => name === before.name);
    if (after === undefined) continue;
    const [ofBase, ofHead] = [measuredOf(before), measuredOf(after)];
    const key = `latency.${before.name}`;
    pairs.set(key, { base: ofBase.corrected, head: ofHead.corrected });
    pairs.set(`${key}.fromSend`, { base: ofBase.fromSend, head: ofHead.fromSend });
  }
  const harnesses = [base.harness, head.harness];
  const fromSend = Math.max(...harnesses.map(({ eventLoopDelayMs }) => eventLoopDelayMs.p99));
  const schedule = Math.max(...harnesses.map(({ scheduleDelayMs }) => scheduleDelayMs.p99));
  return { pairs, lateMs: { fromSend, corrected: Math.max(fromSend, schedule) } };
}

function measuredOf(operation: OperationSummary) {
  const { hdrBase64, fromSendHdrBase64, name, overTime } = operation;
  const corrected = decode(hdrBase64, name);
  const fromSend = decode(fromSendHdrBase64, name);
  const [countAt, medianAt] = [overTime.columns.indexOf('count'), overTime.columns.indexOf('p50')];
  const stretches = overTime.rows.map((row) => ({
    count: row[countAt] ?? 0,
    median: row[medianAt] ?? 0,
  }));
  const samples = independentSamples(corrected, stretches);
  return {
    corrected: { histogram: corrected, samples },
    // Stretches are told as corrected; requests of one moment are as alike from when they were sent.
    fromSend: { histogram: fromSend, samples: Math.min(samples, fromSend.totalCount) },
  };
}

const shares: Readonly<Record<string, number>> = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 };
/** Two percentiles are the ends of cells that are 0.1 % wide, and 5 % is the least that counts. */
const leastRatio = 0.052;

/**
 * A latency has really changed when the difference is
 *
 * 1. more than 5 % (and the resolution of the histograms),
 * 2. more than the tool's own delay at p99, in either run: of its event loops, and, counted from when an
 *    operation was due, of its schedule. A busy machine moves latencies by as much without any change, and
 * 3. not explained by the samples: the 99 % intervals of the two runs do not touch. They come from the order
 *    statistics, so no distribution is assumed, for as many samples as are independent
 *    ({@link independentSamples}). For two runs of one distribution that happens less than once in a
 *    hundred figures, and about once in 4,000 when both have as many samples.
 *
 * What is called real is a difference between these two runs, not yet its cause.
 */
export function weighLatency(
  name: string,
  { base, head }: { readonly base: number; readonly head: number },
  { pairs, lateMs }: Latencies,
): Weight {
  const [, key = '', statistic = ''] = /^(.+)\.([^.]+)$/.exec(name) ?? [];
  const pair = pairs.get(key);
  if (pair === undefined) return { weight: 'unknown', reason: 'no histograms' };
  const difference = Math.abs(head - base);
  if (difference <= base * leastRatio) return { weight: 'noise', reason: 'within 5 %' };
  const late = key.endsWith('.fromSend') ? lateMs.fromSend : lateMs.corrected;
  if (difference <= late) {
    return { weight: 'noise', reason: `the tool itself was up to ${showMs(late)} late (p99)` };
  }
  const before = intervalOf(pair.base, statistic);
  const after = intervalOf(pair.head, statistic);
  if (!isClosed(before) || !isClosed(after))
    return { weight: 'unknown', reason: 'too few samples' };
  const isApart = before.high < after.low || after.high < before.low;
  return {
    weight: isApart ? 'real' : 'noise',
    reason: `99 % intervals ${tell(before)} and ${tell(after)}`,
  };
}

function intervalOf({ histogram, samples }: Measured, statistic: string): Interval {
  const share = shares[statistic];
  return share === undefined
    ? meanInterval(histogram, samples)
    : quantileInterval(histogram, share, samples);
}

function isClosed({ high }: Interval): boolean {
  return Number.isFinite(high);
}

function tell({ low, high }: Interval): string {
  return `${showMs(low / 1000)} to ${showMs(high / 1000)}`;
}

function showMs(ms: number): string {
  return `${Number(ms.toPrecision(3))} ms`;
}

function decode(base64: string, operation: string): Histogram {
  try {
    return decodeFromCompressedBase64(base64);
  } catch (cause) {
    throw new AppError('usage', `the histogram of ${operation} cannot be read`, {
      hint: 'the report.json is damaged; the run has to be repeated',
      cause,
    });
  }
}
