import { encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import type { Random } from '../../src/base/random.ts';
import { percentilesOf } from '../../src/report/percentiles.ts';
import type { OperationSummary } from '../../src/report/summary.ts';
import { histogramOf, operationOf } from './summaries.ts';

/** So many latencies in whole microseconds, spread like those of a service: lognormal around `medianUs`. */
export function latenciesOf(
  random: Random,
  count: number,
  medianUs: number,
  sigma = 0.5,
): readonly number[] {
  return Array.from({ length: count }, () =>
    Math.max(1, Math.round(medianUs * Math.exp(sigma * random.normal()))),
  );
}

/** An operation as it is reported once it took these microseconds, in one even stretch. */
export function measuredOperation(
  valuesUs: readonly number[],
  overrides: Partial<OperationSummary> = {},
): OperationSummary {
  const histogram = histogramOf(...valuesUs);
  const percentiles = percentilesOf(histogram);
  const hdrBase64 = encodeIntoCompressedBase64(histogram);
  return operationOf({
    count: valuesUs.length,
    errors: {},
    corrected: percentiles,
    fromSend: percentiles,
    hdrBase64,
    fromSendHdrBase64: hdrBase64,
    overTime: {
      columns: ['t', 'count', 'p50', 'p99', 'max'],
      rows: [[1, valuesUs.length, percentiles.p50, percentiles.p99, percentiles.max]],
    },
    ...overrides,
  });
}
