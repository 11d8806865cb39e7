import assert from 'node:assert/strict';
import type { LabelName } from './metric-labels.ts';

/** Label values in the order of the row's `labels`, and what is measured there. */
export type Sample<V> = readonly [labels: readonly string[], value: V];

/** Counts at or below each bound, as Prometheus keeps them. */
export interface ClassicHistogram {
  /** Upper bounds in seconds, ascending; `+Inf` is `count`. */
  readonly bounds: readonly number[];
  /** At or below each of the bounds. */
  readonly counts: readonly number[];
  /** Seconds. */
  readonly sum: number;
  readonly count: number;
}

interface RowBase {
  readonly help: string;
  readonly labels: readonly LabelName[];
  /** A query worth asking of it, for the docs. */
  readonly example: string;
}

/** One exported metric, and where its figures come from at the moment of a scrape. */
export type MetricRow<Facts> = RowBase &
  (
    | {
        /** Counters give totals since the start, never differences; an info is a gauge of 1 that carries text. */
        readonly kind: 'counter' | 'gauge' | 'info';
        readonly samples: (facts: Facts) => Iterable<Sample<number>>;
      }
    | {
        readonly kind: 'histogram';
        readonly samples: (facts: Facts) => Iterable<Sample<ClassicHistogram>>;
      }
  );

/** By the full name under which Prometheus sees it. */
export type MetricTable<Facts> = Readonly<Record<string, MetricRow<Facts>>>;

export type LabelSet = Readonly<Record<string, string>>;

/** What one label set of a metric comes to at one moment: one number, or a whole histogram. */
export interface Point {
  readonly labels: LabelSet;
  readonly value: number | ClassicHistogram;
}

/** Everything a row has to tell of `facts`. */
export function pointsOf<Facts>(row: MetricRow<Facts>, facts: Facts): Point[] {
  return Array.from<Sample<number | ClassicHistogram>, Point>(
    row.samples(facts),
    ([values, value]) => {
      assert.equal(values.length, row.labels.length);
      const labels = row.labels.map((label, index) => [label, values[index] ?? '']);
      return { labels: Object.fromEntries(labels), value };
    },
  );
}

/** One line of an exposition: what `_bucket`, `_sum` and `_count` of a histogram are, each. */
export interface SeriesValue {
  readonly name: string;
  readonly labels: LabelSet;
  readonly value: number;
}

/** A point as the series it consists of, a histogram's buckets in ascending order. */
export function seriesOf(name: string, { labels, value }: Point): SeriesValue[] {
  if (typeof value === 'number') return [{ name, labels, value }];
  const { bounds, counts, sum, count } = value;
  return [
    ...bounds.map((bound, index) => ({
      name: `${name}_bucket`,
      labels: { ...labels, le: boundText(bound) },
      value: counts[index] ?? 0,
    })),
    { name: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
    { name: `${name}_count`, labels, value: count },
    { name: `${name}_sum`, labels, value: sum },
  ];
}

/** As OpenMetrics writes floats, so that both formats name the same series. */
function boundText(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}
