import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { figures } from '../../../src/metrics/catalog.ts';
import { classicOf, latencyBounds } from '../../../src/metrics/classic-histogram.ts';
import { metricLabels, seriesBudget } from '../../../src/metrics/metric-labels.ts';
import type { MetricTable } from '../../../src/metrics/metric-table.ts';
import { openRunExporter, runMetrics } from '../../../src/metrics/prometheus.ts';
import {
  type EmulatorStats,
  emulatorExposition,
  emulatorMetrics,
} from '../../../src/metrics/prometheus-emulator.ts';
import { MergedMetrics, operations, Recorder } from '../../../src/metrics/recorder.ts';
import {
  executionBounds,
  type JobFacts,
  type OutcomeFacts,
  type RunFacts,
} from '../../../src/metrics/run-facts.ts';
import { executionStatuses } from '../../../src/protocol/status.ts';
import { parsePromQl } from '../../support/promql.ts';
import { runFactsOf } from '../../support/run-facts.ts';
import { histogramOf } from '../../support/summaries.ts';

let recorder = new Recorder();
let metrics = new MergedMetrics();

beforeEach(() => {
  recorder = new Recorder();
  metrics = new MergedMetrics();
});

const tables: [string, MetricTable<never>][] = [
  ['run', runMetrics],
  ['emulator', emulatorMetrics],
];

it.each(tables)('names of the %s metrics follow the conventions', (_, table) => {
  for (const [name, { kind, help, labels }] of Object.entries(table)) {
    expect(name).toMatch(/^(fleetrig|process)(_[a-z0-9]+)+$/);
    expect(name.endsWith('_total'), `${name} is a ${kind}`).toBe(kind === 'counter');
    expect(name.endsWith('_info'), `${name} is a ${kind}`).toBe(kind === 'info');
    expect(name).not.toMatch(
      /_(ms|us|milliseconds|minutes|percent|percentage|count|sum|bucket)(_|$)/,
    );
    if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(help).toMatch(/^\S.*\.$/);
    for (const label of labels) expect(metricLabels).toHaveProperty(label);
  }
});

it.each(tables)('every example asks one of the %s metrics by labels it has', (_, table) => {
  for (const [name, { example }] of Object.entries(table)) {
    const { errors, selectors, groupings } = parsePromQl(example);
    expect(errors, example).toEqual([]);
    expect(
      selectors.some(({ metric }) => rowOf(table, metric) === table[name]),
      `${example} asks for ${name}`,
    ).toBe(true);
    for (const { metric, labels } of selectors) expectLabels(table, metric, labels);
    for (const label of groupings) expect(['le', ...Object.keys(metricLabels)]).toContain(label);
  }
});

it('what figures of expect are in PromQL asks for exported series alone', () => {
  for (const { pattern, promql } of figures) {
    if (promql === undefined) continue;
    const { errors, selectors } = parsePromQl(promql.replace('<quantile>', '0.5'));
    expect(errors, pattern).toEqual([]);
    for (const { metric, labels } of selectors) expectLabels(runMetrics, metric, labels);
    for (const [placeholder] of promql.matchAll(/<(?!quantile)\w+>/g)) {
      expect(pattern).toContain(placeholder);
    }
  }
});

/** The row of a metric, also by the series of a histogram. */
function rowOf(table: MetricTable<never>, series: string) {
  return table[series] ?? table[series.replace(/_(bucket|count|sum)$/, '')];
}

function expectLabels(table: MetricTable<never>, series: string, labels: readonly string[]): void {
  const row = rowOf(table, series);
  expect(row, series).toBeDefined();
  for (const label of labels) expect([...(row?.labels ?? []), 'le'], series).toContain(label);
}

it('every metric is announced once, before its samples, and no series comes twice', async () => {
  const text = await openRunExporter(() => factsOf({ jobs: [jobOf()] })).exposition();

  for (const [name, { kind, help }] of Object.entries(runMetrics)) {
    const type = kind === 'info' ? 'gauge' : kind;
    expect(text.split(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`)).toHaveLength(2);
  }
  const series = seriesOf(text);
  expect(series.size).toBe(text.split('\n').filter((line) => /^[a-z]/.test(line)).length);
  expect(text.endsWith('\n')).toBe(true);
});

it('a run that has done nothing yet shows its counters at 0', async () => {
  const series = seriesOf(await openRunExporter(() => factsOf()).exposition());

  for (const operation of operations) {
    for (const key of [
      `fleetrig_operation_errors_total{operation="${operation}",code="LOST"}`,
      `fleetrig_operation_errors_total{operation="${operation}",code="VersionMismatch"}`,
      `fleetrig_operation_errors_total{operation="${operation}",code="other"}`,
      `fleetrig_operation_duration_seconds_count{operation="${operation}"}`,
      `fleetrig_operation_duration_seconds_bucket{operation="${operation}",le="+Inf"}`,
    ]) {
      expect(series.get(key), key).toBe(0);
    }
  }
});

it('shows what the workers have sent', async () => {
  recorder.count('requests/update/sent', 10);
  recorder.count('requests/update/accepted', 6);
  recorder.count('requests/update/rejected', 2);
  recorder.count('requests/update/lost', 1);
  recorder.count('errors/update/VersionMismatch', 2);
  recorder.count('errors/update/Unheard', 3);
  recorder.count('errors/update/OfToo', 4);
  recorder.count('bytes/out', 700);
  recorder.count('connects/failed', 3);
  recorder.gauge('things', 100);
  recorder.gauge('connected', 70);
  recorder.gauge('connecting', 10);
  recorder.gauge('loop.delayMaxMs', 250);
  recorder.recordScheduleDelay(2000);
  metrics.add('worker-1', recorder.takeSnapshot());

  const series = seriesOf(await openRunExporter(() => factsOf()).exposition());

  expect(Object.fromEntries(series)).toMatchObject({
    'fleetrig_requests_total{operation="update",outcome="accepted"}': 6,
    'fleetrig_operation_errors_total{operation="update",code="LOST"}': 1,
    'fleetrig_mqtt_bytes_total{direction="sent"}': 700,
    'fleetrig_connects_total{outcome="failed"}': 3,
    'fleetrig_requests_in_flight{operation="update"}': 1,
    'fleetrig_operation_errors_total{operation="update",code="VersionMismatch"}': 2,
    'fleetrig_operation_errors_total{operation="update",code="other"}': 7,
    'fleetrig_things{state="connected"}': 70,
    'fleetrig_things{state="offline"}': 20,
    'fleetrig_worker_event_loop_delay_max_seconds{worker="worker-1"}': 0.25,
    fleetrig_schedule_delay_seconds_count: 1,
  });
});

it('shows jobs, their rollout and how near an abort is', async () => {
  const series = seriesOf(await openRunExporter(() => factsOf({ jobs: [jobOf()] })).exposition());

  expect(Object.fromEntries(series)).toMatchObject({
    'fleetrig_executions{job_id="fw-1-4",status="FAILED"}': 9,
    'fleetrig_rollout_targeted_things{job_id="fw-1-4"}': 1500,
    'fleetrig_rollout_notified_things_total{job_id="fw-1-4"}': 130,
    'fleetrig_rollout_predicted_notified_things{job_id="fw-1-4"}': 128,
    'fleetrig_rollout_configured_things_per_second{job_id="fw-1-4"}': 1.5,
    'fleetrig_rollout_step_timestamp_seconds{job_id="fw-1-4",step="2"}': 1_795_210_900,
    'fleetrig_abort_criterion_failed_ratio{job_id="fw-1-4",criterion="1",failure_type="FAILED"}': 0.09,
    'fleetrig_abort_criterion_threshold_ratio{job_id="fw-1-4",criterion="1",failure_type="FAILED"}': 0.08,
    'fleetrig_job_aborted{job_id="fw-1-4"}': 1,
    'fleetrig_job_abort_timestamp_seconds{job_id="fw-1-4",criterion="1",failure_type="FAILED"}': 1_795_211_000,
  });
});

it('reads the facts anew at each scrape', async () => {
  const { exposition } = openRunExporter(() => factsOf());
  await exposition();
  recorder.count('requests/get/accepted', 1);
  metrics.add('worker-1', recorder.takeSnapshot());
  metrics.add('worker-2', { histograms: {}, gauges: {}, counters: { 'requests/get/accepted': 4 } });

  const series = seriesOf(await exposition());

  expect(series.get('fleetrig_requests_total{operation="get",outcome="accepted"}')).toBe(5);
});

it('shows how executions ended in each cohort, every status from the start', async () => {
  const facts = factsOf({ cohorts: [{ cohort: 'healthy', outcomes: { FAILED: outcomeOf(3) } }] });

  const series = seriesOf(await openRunExporter(() => facts).exposition());

  expect(Object.fromEntries(series)).toMatchObject({
    'fleetrig_execution_outcomes_total{cohort="healthy",status="FAILED"}': 3,
    'fleetrig_execution_outcomes_total{cohort="healthy",status="SUCCEEDED"}': 0,
    'fleetrig_execution_duration_seconds_count{cohort="healthy",status="FAILED"}': 3,
    'fleetrig_execution_duration_seconds_bucket{cohort="healthy",status="NONE",le="60.0"}': 0,
  });
});

it('shows the verdict once there is one', async () => {
  const verdictsOf = async (facts: RunFacts) => {
    const series = seriesOf(await openRunExporter(() => facts).exposition());
    return [...series].filter(([name]) => name.startsWith('fleetrig_run_verdict'));
  };

  const before = await verdictsOf(factsOf());
  const after = await verdictsOf(factsOf({ verdict: 'inconclusive' }));

  expect(before.map(([, value]) => value)).toEqual([0, 0, 0, 0, 0]);
  expect(after.filter(([, value]) => value === 1)).toEqual([
    ['fleetrig_run_verdict{verdict="inconclusive"}', 1],
  ]);
});

it('two criteria of one failure type are two series', async () => {
  const criteria = [0, 1].flatMap(() => jobOf().criteria);

  const text = await openRunExporter(() => factsOf({ jobs: [jobOf({ criteria })] })).exposition();

  expect(text.match(/^fleetrig_abort_criterion_failed_ratio\{.*$/gm)).toHaveLength(2);
  expect(new Set(text.match(/^fleetrig_abort_criterion_failed_ratio\{[^}]*\}/gm)).size).toBe(2);
});

it('stays within the series budget however much there is to tell', async () => {
  const many = Array.from({ length: 200 }, (_, index) => index);
  for (const index of many) {
    recorder.gauge('loop.utilization', 0.5);
    recorder.gauge('loop.delayMaxMs', 5);
    metrics.add(`worker-${index}`, recorder.takeSnapshot());
  }
  const facts = factsOf({
    errorCodes: many.map((index) => `Code${index}`),
    cohorts: many.map((index) => ({
      cohort: `cohort-${index}`,
      outcomes: { SUCCEEDED: outcomeOf(1) },
    })),
    jobs: many.map((index) =>
      jobOf({
        jobId: `job-${index}`,
        executions: Object.fromEntries(executionStatuses.map((status) => [status, 1])),
        rateStepsAt: many,
        criteria: many.flatMap(() => jobOf().criteria),
      }),
    ),
    events: Object.fromEntries(many.map((index) => [`kind-${index}`, 1])),
    assertions: many.map((index) => ({ id: `expect-${index}`, passed: true })),
  });

  const text = await openRunExporter(() => facts).exposition();

  const lines = text.split('\n').filter((line) => /^[a-z]/.test(line));
  expect(lines.length).toBeGreaterThan(2000);
  expect(lines.length).toBeLessThanOrEqual(seriesBudget);
  const used = new Map<string, Set<string>>();
  for (const [, label = '', value = ''] of text.matchAll(/[{,](\w+)="([^"]*)"/g)) {
    used.set(label, (used.get(label) ?? new Set()).add(value));
  }
  for (const [label, { max }] of Object.entries(metricLabels)) {
    expect(used.get(label)?.size ?? 0, label).toBeLessThanOrEqual(max);
  }
  for (const label of [
    'job_id',
    'code',
    'step',
    'kind',
    'assertion',
    'cohort',
    'worker',
  ] as const) {
    expect(used.get(label)?.size, label).toBe(metricLabels[label].max);
  }
  // Nothing is dropped where it can be added to the rest.
  expect(
    seriesOf(text).get('fleetrig_execution_outcomes_total{cohort="other",status="SUCCEEDED"}'),
  ).toBe(many.length - metricLabels.cohort.max + 1);
});

it('a histogram counts exactly what was recorded at or below each bound', () => {
  // Bounds themselves and their neighbours a cell away, where an off-by-one would show.
  const nearBounds = fc
    .constantFrom(...latencyBounds)
    .chain((bound) => fc.constantFrom(0.9, 1, 1.1).map((by) => Math.round(bound * by * 1e6)));
  const latencies = fc.array(fc.oneof(nearBounds, fc.integer({ min: 1, max: 999 })));
  fc.assert(
    fc.property(latencies, (values) => {
      const { counts, count, sum } = classicOf(histogramOf(...values));

      expect(counts).toEqual(
        latencyBounds.map((bound) => values.filter((value) => value / 1e6 <= bound).length),
      );
      expect(count).toBe(values.length);
      const exact = values.reduce((total, value) => total + value, 0) / 1e6;
      expect(Math.abs(sum - exact)).toBeLessThanOrEqual(exact / 1000);
    }),
    { numRuns: 50 },
  );
});

it('a histogram that grows is counted anew', () => {
  const histogram = histogramOf(900);
  expect(classicOf(histogram).count).toBe(1);

  histogram.recordValue(1100);

  expect(classicOf(histogram).counts.slice(0, 2)).toEqual([1, 2]);
});

it('label values are escaped', async () => {
  const text = await openRunExporter(() => factsOf({ scenario: 'a "b" \\ c\nd' })).exposition();

  expect(text).toContain('scenario="a \\"b\\" \\\\ c\\nd"');
});

it('the emulator shows what it serves', async () => {
  const stats: EmulatorStats = {
    connections: 3,
    subscriptions: 9,
    dropped: { throttled: 0 },
    queuedBytes: 20,
    retainedBytes: 30,
    durations: { update: { bounds: [0.5, 1], counts: [1, 2], sum: 4, count: 3 } },
    throttled: { update: { dataWrites: 6 } },
    ticks: { bounds: [], counts: [], sum: 0.5, count: 1 },
    process: {
      cpuSeconds: 1.5,
      rssBytes: 7,
      loopActiveSeconds: 0.25,
      loopDelayMs: { p99: 20, max: 40 },
    },
    packets: { received: { publish: 7, connect: 3 }, sent: { puback: 7 } },
    requests: { UpdateJobExecution: { OK: 5, VersionMismatch: 0 } },
    jobs: { IN_PROGRESS: 1 },
    executions: { QUEUED: 4 },
  };

  const series = seriesOf(await emulatorExposition(stats));

  expect(Object.fromEntries(series)).toEqual({
    fleetrig_emulator_connections: 3,
    fleetrig_emulator_subscriptions: 9,
    'fleetrig_emulator_messages_dropped_total{reason="throttled"}': 0,
    fleetrig_emulator_queued_bytes: 20,
    fleetrig_emulator_retained_bytes: 30,
    'fleetrig_emulator_request_duration_seconds_bucket{operation="update",le="0.5"}': 1,
    'fleetrig_emulator_request_duration_seconds_bucket{operation="update",le="1.0"}': 2,
    'fleetrig_emulator_request_duration_seconds_bucket{operation="update",le="+Inf"}': 3,
    'fleetrig_emulator_request_duration_seconds_count{operation="update"}': 3,
    'fleetrig_emulator_request_duration_seconds_sum{operation="update"}': 4,
    'fleetrig_emulator_throttled_total{operation="update",limit="dataWrites"}': 6,
    'fleetrig_emulator_tick_duration_seconds_bucket{le="+Inf"}': 1,
    fleetrig_emulator_tick_duration_seconds_count: 1,
    fleetrig_emulator_tick_duration_seconds_sum: 0.5,
    fleetrig_emulator_event_loop_active_seconds_total: 0.25,
    fleetrig_emulator_event_loop_delay_p99_seconds: 0.02,
    fleetrig_emulator_event_loop_delay_max_seconds: 0.04,
    process_cpu_seconds_total: 1.5,
    process_resident_memory_bytes: 7,
    'fleetrig_emulator_mqtt_packets_total{direction="received",type="publish"}': 7,
    'fleetrig_emulator_mqtt_packets_total{direction="received",type="connect"}': 3,
    'fleetrig_emulator_mqtt_packets_total{direction="sent",type="puback"}': 7,
    'fleetrig_emulator_requests_total{operation="UpdateJobExecution",code="OK"}': 5,
    'fleetrig_emulator_requests_total{operation="UpdateJobExecution",code="VersionMismatch"}': 0,
    'fleetrig_emulator_jobs{status="IN_PROGRESS"}': 1,
    'fleetrig_emulator_executions{status="QUEUED"}': 4,
  });
});

function factsOf(overrides: Partial<RunFacts> = {}): RunFacts {
  return runFactsOf({ metrics, ...overrides });
}

function outcomeOf(count: number): OutcomeFacts {
  const counts = executionBounds.map(() => count);
  return { count, duration: { bounds: executionBounds, counts, sum: count, count } };
}

function jobOf(overrides: Partial<JobFacts> = {}): JobFacts {
  return {
    jobId: 'fw-1-4',
    targeted: 1500,
    notified: 130,
    predictedNotified: 128,
    executions: { QUEUED: 30, SUCCEEDED: 91, FAILED: 9 },
    ratePerMinute: 90,
    rateStepsAt: [1_795_210_803_250, 1_795_210_900_000],
    criteria: [
      {
        failureType: 'FAILED',
        thresholdPercentage: 8,
        minNumberOfExecutedThings: 100,
        executed: 100,
        failed: 9,
        trippedAt: 1_795_211_000_000,
      },
    ],
    ...overrides,
  };
}

/** Value by series, as written. */
function seriesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, series = '', value = ''] = /^(\S+?(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
      expect(series, line).not.toBe('');
      return [series, Number(value)] as const;
    }),
  );
}
