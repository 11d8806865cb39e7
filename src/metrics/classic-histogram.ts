import assert from 'node:assert/strict';
import { type Histogram, JsHistogram } from 'hdr-histogram-js';
import type { ClassicHistogram } from './metric-table.ts';

/** In seconds; fine where answers are quick, with room for a stalled minute. */
export const latencyBounds: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

const empty: ClassicHistogram = {
  bounds: latencyBounds,
  counts: latencyBounds.map(() => 0),
  sum: 0,
  count: 0,
};

/** What became of a histogram, for as long as nothing is added to it. */
const converted = new WeakMap<Histogram, ClassicHistogram>();

/**
 * An HDR histogram of whole microseconds that only ever grows. A cell that a bound runs through counts
 * as below it: off by a thousandth of the bound at most.
 */
export function classicOf(histogram: Histogram | undefined): ClassicHistogram {
  if (histogram === undefined) return empty;
  const before = converted.get(histogram);
  if (before?.count === histogram.totalCount) return before;
  const now = convert(histogram);
  converted.set(histogram, now);
  return now;
}

function convert(histogram: Histogram): ClassicHistogram {
  assert.ok(histogram instanceof JsHistogram, 'WebAssembly histograms are not used here');
  const tally = new BucketTally(latencyBounds);
  // Most cells are empty, and its own iterator is slow to pass them.
  for (let cell = 0, left = histogram.totalCount; left > 0; cell++) {
    const count = histogram.getCountAtIndex(cell);
    if (count === 0) continue;
    const lowest = histogram.valueFromIndex(cell);
    tally.add(lowest / 1e6, count, histogram.medianEquivalentValue(lowest) / 1e6);
    left -= count;
  }
  return tally.read();
}

/** Counts by bucket what is measured here and needs no percentiles of its own. */
export class BucketTally {
  readonly #bounds: readonly number[];
  readonly #inBucket: number[];
  #sum = 0;
  #count = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#inBucket = bounds.map(() => 0);
  }

  /** `times` measurements at or above `seconds`, adding up as if each were `typical`. */
  add(seconds: number, times = 1, typical = seconds): void {
    const bucket = this.#bounds.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) this.#inBucket[bucket] = (this.#inBucket[bucket] ?? 0) + times;
    this.#sum += typical * times;
    this.#count += times;
  }

  read(): ClassicHistogram {
    let below = 0;
    const counts = this.#inBucket.map((count) => {
      below += count;
      return below;
    });
    return { bounds: this.#bounds, counts, sum: this.#sum, count: this.#count };
  }
}
