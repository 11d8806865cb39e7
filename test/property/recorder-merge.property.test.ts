import fc from 'fast-check';
import { build, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import { expect, it } from 'vitest';
import { MergedMetrics, operations, Recorder } from '../../src/metrics/recorder.ts';

const sample = fc.record({
  source: fc.nat(3),
  /** Whether the source sends a snapshot after this sample. */
  isLastOfSecond: fc.boolean(),
  operation: fc.constantFrom(...operations),
  us: fc.oneof(fc.integer({ min: 2, max: 5000 }), fc.integer({ min: 2, max: 3_600_000_000 })),
});
type Sample = typeof sample extends fc.Arbitrary<infer T> ? T : never;

/** What one histogram that saw all values would be. */
function encodedWhole(values: readonly number[]): string {
  const histogram: Histogram = build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: 3,
  });
  for (const value of values) histogram.recordValue(value);
  return encodeIntoCompressedBase64(histogram);
}

function mergeSplit(samples: readonly Sample[]): MergedMetrics {
  const sources = Array.from({ length: 4 }, () => new Recorder());
  const merged = new MergedMetrics();
  for (const { source, isLastOfSecond, operation, us } of samples) {
    const recorder = sources[source] ?? new Recorder();
    recorder.record(operation, us, us - 1);
    recorder.recordScheduleDelay(us);
    recorder.count(`requests/${operation}/sent`);
    if (isLastOfSecond) merged.add(String(source), recorder.takeSnapshot());
  }
  for (const [source, recorder] of sources.entries()) {
    merged.add(String(source), recorder.takeSnapshot());
  }
  return merged;
}

it('merging any split of the samples is one recorder, bucket for bucket', () => {
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 60 }), (samples) => {
      const merged = mergeSplit(samples);

      for (const operation of operations) {
        const values = samples.filter((one) => one.operation === operation).map(({ us }) => us);
        expect(merged.encode(operation, 'corrected')).toBe(encodedWhole(values));
        expect(merged.encode(operation, 'fromSend')).toBe(encodedWhole(values.map((us) => us - 1)));
        expect(merged.counter(`requests/${operation}/sent`)).toBe(values.length);
      }
      expect(merged.encode('schedule', 'corrected')).toBe(
        encodedWhole(samples.map(({ us }) => us)),
      );
    }),
    { numRuns: 60 },
  );
});
