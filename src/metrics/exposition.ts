import assert from 'node:assert/strict';
import { type Histogram, JsHistogram } from 'hdr-histogram-js';
import { type Metric, type PrometheusContentType, Registry } from 'prom-client';

/** Label values in the order of the row's `labels`, and what is measured there. */
export type Sample<V> = readonly [labels: readonly string[], value: V];

interface RowBase {
  readonly help: string;
  readonly labels: readonly string[];
}

/** One exported metric, and where its figures come from at the moment of a scrape. */
type ExportedMetric<Facts> = RowBase &
  (
    | {
        /** Counters give totals since the start, never differences. */
        readonly kind: 'counter' | 'gauge';
        readonly samples: (facts: Facts) => Iterable<Sample<number>>;
      }
    | {
        readonly kind: 'histogram';
        /** Whole microseconds; undefined where nothing was recorded yet. */
        readonly samples: (facts: Facts) => Iterable<Sample<Histogram | undefined>>;
      }
  );

/** By the full name under which Prometheus sees it. */
export type MetricTable<Facts> = Readonly<Record<string, ExportedMetric<Facts>>>;

export interface Exporter {
  readonly contentType: PrometheusContentType;
  exposition(): Promise<string>;
}

/** In seconds; fine where answers are quick, with room for a stalled minute. */
export const bucketBounds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
] as const;

/**
 * Answers scrapes of a table from what `read` holds at that moment. Nothing is kept between scrapes
 * and nobody is asked: a worker that is late cannot make a counter fall.
 */
export function exporterOf<Facts>(table: MetricTable<Facts>, read: () => Facts): Exporter {
  const registry = new Registry();
  for (const [name, row] of Object.entries(table)) {
    const metric = {
      name,
      help: row.help,
      type: row.kind,
      get: async () => ({
        name,
        help: row.help,
        type: row.kind,
        values: valuesOf(name, row, read()),
      }),
    };
    // The registry asks of a metric no more than this; its types know only its own four classes.
    registry.registerMetric(metric as unknown as Metric);
  }
  return { contentType: registry.contentType, exposition: () => registry.metrics() };
}

interface PromValue {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

function valuesOf<Facts>(name: string, row: ExportedMetric<Facts>, facts: Facts): PromValue[] {
  if (row.kind === 'histogram') {
    return Array.from(row.samples(facts)).flatMap(([labels, histogram]) =>
      histogramValues(name, labelled(row, labels), histogram),
    );
  }
  return Array.from(row.samples(facts), ([labels, value]) => ({
    labels: labelled(row, labels),
    value,
  }));
}

function labelled(row: RowBase, values: readonly string[]): Record<string, string> {
  assert.equal(values.length, row.labels.length);
  return Object.fromEntries(row.labels.map((label, index) => [label, values[index] ?? '']));
}

function histogramValues(
  name: string,
  labels: Readonly<Record<string, string>>,
  histogram: Histogram | undefined,
): PromValue[] {
  const { counts, sum, count } = toClassic(histogram);
  return [
    ...bucketBounds.map((bound, index) => ({
      metricName: `${name}_bucket`,
      labels: { ...labels, le: String(bound) },
      value: counts[index] ?? 0,
    })),
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}

interface ClassicHistogram {
  /** At or below each of {@link bucketBounds}. */
  readonly counts: readonly number[];
  /** Seconds. */
  readonly sum: number;
  readonly count: number;
}

/** A cell that a bound runs through counts as below it: off by a thousandth of the bound at most. */
function toClassic(histogram: Histogram | undefined): ClassicHistogram {
  const counts = bucketBounds.map(() => 0);
  if (histogram === undefined) return { counts, sum: 0, count: 0 };
  assert.ok(histogram instanceof JsHistogram, 'WebAssembly histograms are not used here');
  let sumUs = 0;
  const cells = histogram.recordedValuesIterator;
  cells.reset();
  while (cells.hasNext()) {
    const { valueIteratedTo, countAtValueIteratedTo } = cells.next();
    const leastSeconds = histogram.lowestEquivalentValue(valueIteratedTo) / 1e6;
    sumUs += histogram.medianEquivalentValue(valueIteratedTo) * countAtValueIteratedTo;
    const bucket = bucketBounds.findIndex((bound) => leastSeconds <= bound);
    if (bucket >= 0) counts[bucket] = (counts[bucket] ?? 0) + countAtValueIteratedTo;
  }
  let below = 0;
  const cumulative = counts.map((inBucket) => {
    below += inBucket;
    return below;
  });
  return { counts: cumulative, sum: sumUs / 1e6, count: histogram.totalCount };
}
