import { type Figure, figures } from '../../src/metrics/catalog.ts';
import { metricLabels, seriesBudget } from '../../src/metrics/metric-labels.ts';
import type { MetricTable } from '../../src/metrics/metric-table.ts';
import { unitOf } from '../../src/metrics/open-metrics.ts';
import { runMetrics } from '../../src/metrics/prometheus.ts';
import { emulatorMetrics } from '../../src/metrics/prometheus-emulator.ts';
import { fleetMetrics } from '../../src/metrics/prometheus-fleet.ts';
import { harnessMetrics } from '../../src/metrics/prometheus-harness.ts';
import { jobMetrics } from '../../src/metrics/prometheus-jobs.ts';
import { cell } from './json-schema-table.ts';
import { table } from './markdown-table.ts';

/** docs/metrics.md, from the tables that answer scrapes and the catalogue of figures. */
export function metricsPage(): string {
  return `# Metrics

Generated from the tables that answer scrapes; \`npx vitest run test/docs -u\` renews it.

## Ways to Prometheus

**Scrape.** \`fleetrig run … --metrics-port 9464\` serves \`http://127.0.0.1:9464/metrics\` for as long as the
run goes on; the emulator serves its own at \`/metrics\` of its HTTP port. With \`--metrics-linger 15s\` a run
that has been judged waits up to 15 s until one more scrape has been answered, so that Prometheus sees the
end figures, assertions and verdict. Ctrl-C ends the waiting. \`--metrics-host 0.0.0.0\` lets others in, containers
among them: there is no password, so anyone who reaches the port reads them.

**\`metrics.om\`.** Every run folder of \`fleetrig run\` holds the same series with their times, as OpenMetrics
text: no server needed, nothing lost between scrapes. It goes into a database of its own or a running one:

\`\`\`sh
promtool tsdb create-blocks-from openmetrics reports/latest/metrics.om ./data
prometheus --storage.tsdb.path=./data --storage.tsdb.retention.time=10y
\`\`\`

Times are wall time, whatever the clock scale. There is a sample a second; whenever there are 120, every second
one goes, so that a day takes no more room than two minutes: half a megabyte for the quickstart, ten at most.
What was 0 all the time is told at the beginning and the end only. Every series carries \`run_id\` and
\`job="fleetrig"\`, so runs can share a database. A prediction takes no wall time and writes none.

**Remote write.** \`--remote-write http://127.0.0.1:9090/api/v1/write\` sends the same samples, five seconds at a
time, with the same two labels. It needs \`npm install prometheus-remote-write\`, and Prometheus
\`--web.enable-remote-write-receiver\`.

**Pushgateway.** \`--pushgateway http://127.0.0.1:9091\` leaves the end figures there: verdict, assertions and the
main totals, in the group \`job="fleetrig", run_id="<run id>"\`. A Pushgateway never forgets; delete the group
when the figures have been read:

\`\`\`sh
curl -X DELETE http://127.0.0.1:9091/metrics/job/fleetrig/run_id/<run id>
\`\`\`

A push that fails is an event of the run and changes nothing of its verdict. Alert rules, with their tests, are
in \`deploy/prometheus/\`.

## The run

${metricsTable({ ...harnessMetrics })}

Counters and histograms are there from the start, at 0. Times per minute, as AWS states them, are per second
here. Devices live in simulated time: divide by the rate of \`fleetrig_simulated_seconds_total\` for rates in it.

## Jobs

${metricsTable({ ...jobMetrics })}

## Fleet

${metricsTable({ ...fleetMetrics })}

Latency has no label for the outcome: \`report.json\` has none either, and both are to be the same figure.

## Emulator

${metricsTable({ ...emulatorMetrics })}

## Labels

A run exports ${seriesBudget.toLocaleString('en')} series at most, however large the fleet: no label ever
holds a thing, a topic or an error's text. What one thing did is in \`report.json\` and \`things.csv.gz\`.

${table(
  ['label', 'values at most', 'meaning'],
  Object.entries(metricLabels).map(([name, { max, help }]) => [
    `\`${name}\``,
    String(max),
    cell(help),
  ]),
)}

## Figures of \`expect\` in PromQL

What these ask of a series is what [\`expect\`](scenario.md#expectations) judges, at the end of the run. A
percentile is exact there; here it is a guess within the bucket it falls in, for \`<quantile>\` 0.5, 0.9, 0.99
or 0.999. Figures that are not listed have no series.

${table(
  ['figure', 'unit', 'PromQL'],
  exported.map((figure) => [
    `\`${figure.pattern}\``,
    figure.kind === 'number' ? figure.unit : figure.kind,
    code(figure.promql),
  ]),
)}
`;
}

type ExportedFigure = Figure & { readonly promql: string };

const exported = figures.filter((figure): figure is ExportedFigure => figure.promql !== undefined);

function metricsTable(metrics: MetricTable<never>): string {
  return table(
    ['metric', 'type', 'unit', 'labels', 'meaning', 'in `expect`', 'for example'],
    Object.entries(metrics).map(([name, { kind, labels, help, example }]) => [
      `\`${name}\``,
      kind,
      unitOf(name) ?? '',
      labels.map((label) => `\`${label}\``).join(' '),
      cell(help),
      figuresReading(name).join(' '),
      code(example),
    ]),
  );
}

/** Of a metric that both a run and the emulator export, it is the run that `expect` asks. */
function figuresReading(name: string): string[] {
  if (!(name in runMetrics)) return [];
  const reads = new RegExp(`\\b${name}(_bucket|_count|_sum)?\\b`);
  return exported.filter(({ promql }) => reads.test(promql)).map(({ pattern }) => `\`${pattern}\``);
}

function code(text: string): string {
  return `\`${cell(text)}\``;
}
