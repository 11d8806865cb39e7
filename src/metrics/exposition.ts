import { type Metric, type PrometheusContentType, Registry } from 'prom-client';
import { type MetricTable, pointsOf, seriesOf } from './metric-table.ts';

export interface Exporter {
  readonly contentType: PrometheusContentType;
  exposition(): Promise<string>;
}

/**
 * Answers scrapes of a table from what `read` holds at that moment, read once for all rows. Nothing is kept between scrapes
 * and nobody is asked: a worker that is late cannot make a counter fall.
 */
export function exporterOf<Facts>(table: MetricTable<Facts>, read: () => Facts): Exporter {
  const registry = new Registry();
  let facts: Facts | undefined;
  for (const [name, row] of Object.entries(table)) {
    const { help, kind } = row;
    // This format knows no infos; they are gauges of 1 in it.
    const type = kind === 'info' ? 'gauge' : kind;
    const get = async () => ({
      name,
      help,
      type,
      values: pointsOf(row, facts ?? read()).flatMap((point) =>
        seriesOf(name, point).map(({ name: metricName, labels, value }) => ({
          metricName,
          labels,
          value,
        })),
      ),
    });
    // The registry asks of a metric no more than this; its types know only its own four classes.
    registry.registerMetric({ name, help, type, get } as unknown as Metric);
  }
  const exposition = () => {
    facts = read();
    return registry.metrics();
  };
  return { contentType: registry.contentType, exposition };
}
