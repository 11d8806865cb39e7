import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { bucketBounds, exporterOf, type MetricTable } from '../../../src/metrics/exposition.ts';
import {
  type JobFacts,
  labelCaps,
  openRunExporter,
  type RunFacts,
  runMetrics,
  seriesBudget,
} from '../../../src/metrics/prometheus.ts';
import {
  type EmulatorStats,
  emulatorExposition,
  emulatorMetrics,
} from '../../../src/metrics/prometheus-emulator.ts';
import { MergedMetrics, operations, Recorder } from '../../../src/metrics/recorder.ts';
import { histogramOf } from '../../support/summaries.ts';

let recorder = new Recorder();
let metrics = new MergedMetrics();

beforeEach(() => {
  recorder = new Recorder();
  metrics = new MergedMetrics();
});

it.each<[string, MetricTable<never>]>([
  ['run', runMetrics as MetricTable<never>],
  ['emulator', emulatorMetrics as MetricTable<never>],
])('names of the %s metrics follow the conventions', (_, table) => {
  for (const [name, { kind, help, labels }] of Object.entries(table)) {
    expect(name).toMatch(/^fleetrig_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total'), `${name} is a ${kind}`).toBe(kind === 'counter');
    expect(name).not.toMatch(
      /_(ms|us|milliseconds|minutes|percent|percentage|count|sum|bucket)(_|$)/,
    );
    if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(help).toMatch(/^\S.*\.$/);
    expect(labels).not.toContain('le');
    expect(labels).not.toContain('job');
    expect(labels.every((label) => /^[a-z]+(_[a-z]+)*$/.test(label))).toBe(true);
  }
});

it('every metric is announced once, before its samples, and no series comes twice', async () => {
  const text = await openRunExporter(() => factsOf({ jobs: [jobOf()] })).exposition();

  for (const [name, { kind, help }] of Object.entries(runMetrics)) {
    expect(text.split(`# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`)).toHaveLength(2);
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
    fleetrig_worker_event_loop_delay_max_seconds: 0.25,
    fleetrig_schedule_delay_seconds_count: 1,
  });
});

it('shows jobs, their rollout and how near an abort is', async () => {
  const series = seriesOf(await openRunExporter(() => factsOf({ jobs: [jobOf()] })).exposition());

  expect(Object.fromEntries(series)).toMatchObject({
    'fleetrig_executions{job_id="fw-1-4",status="FAILED"}': 9,
    'fleetrig_rollout_notified_things_total{job_id="fw-1-4"}': 130,
    'fleetrig_rollout_configured_things_per_second{job_id="fw-1-4"}': 1.5,
    'fleetrig_rollout_step_timestamp_seconds{job_id="fw-1-4",step="2"}': 1_795_210_900,
    'fleetrig_abort_criterion_failed_ratio{job_id="fw-1-4",failure_type="FAILED"}': 0.09,
    'fleetrig_abort_criterion_threshold_ratio{job_id="fw-1-4",failure_type="FAILED"}': 0.08,
    'fleetrig_job_aborted{job_id="fw-1-4"}': 1,
    'fleetrig_job_abort_timestamp_seconds{job_id="fw-1-4",failure_type="FAILED"}': 1_795_211_000,
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

it('stays within the series budget however much there is to tell', async () => {
  const many = Array.from({ length: 200 }, (_, index) => index);
  const facts = factsOf({
    errorCodes: many.map((index) => `Code${index}`),
    jobs: many.map((index) =>
      jobOf({
        jobId: `job-${index}`,
        rateStepsAt: many,
        criteria: many.flatMap(() => jobOf().criteria),
      }),
    ),
    events: Object.fromEntries(many.map((index) => [`kind-${index}`, 1])),
    assertions: many.map((index) => ({ id: `expect-${index}`, passed: true })),
  });
  const text = await openRunExporter(() => facts).exposition();

  const lines = text.split('\n').filter((line) => /^[a-z]/.test(line)).length;
  expect(lines).toBeGreaterThan(500);
  expect(lines).toBeLessThanOrEqual(seriesBudget);
  const valuesOf = (label: string) =>
    new Set(text.match(new RegExp(`[{,]${label}="[^"]*"`, 'g'))).size;
  expect(valuesOf('job_id')).toBe(labelCaps.job);
  expect(valuesOf('code')).toBe(labelCaps.code + 2);
  expect(valuesOf('step')).toBe(labelCaps.step);
  expect(valuesOf('kind')).toBe(labelCaps.kind);
  expect(valuesOf('assertion')).toBe(labelCaps.assertion);
});

it('a histogram counts exactly what was recorded at or below each bound', async () => {
  // Bounds themselves and their neighbours a cell away, where an off-by-one would show.
  const nearBounds = fc
    .constantFrom(...bucketBounds)
    .chain((bound) => fc.constantFrom(0.9, 1, 1.1).map((by) => Math.round(bound * by * 1e6)));
  const latencies = fc.array(fc.oneof(nearBounds, fc.integer({ min: 1, max: 999 })));
  await fc.assert(
    fc.asyncProperty(latencies, async (values) => {
      const histogram = histogramOf(...values);
      const { exposition } = exporterOf(
        {
          a_seconds: {
            kind: 'histogram',
            help: 'A.',
            labels: [],
            samples: () => [[[], histogram]],
          },
        },
        () => undefined,
      );

      const series = seriesOf(await exposition());

      for (const bound of bucketBounds) {
        const expected = values.filter((value) => value / 1e6 <= bound).length;
        expect(series.get(`a_seconds_bucket{le="${bound}"}`), `le ${bound}`).toBe(expected);
      }
      expect(series.get('a_seconds_bucket{le="+Inf"}')).toBe(values.length);
      expect(series.get('a_seconds_count')).toBe(values.length);
      const sum = values.reduce((total, value) => total + value, 0) / 1e6;
      expect(Math.abs((series.get('a_seconds_sum') ?? 0) - sum)).toBeLessThanOrEqual(sum / 1000);
    }),
    { numRuns: 50 },
  );
});

it('label values are escaped', async () => {
  const text = await openRunExporter(() => factsOf({ scenario: 'a "b" \\ c\nd' })).exposition();

  expect(text).toContain('scenario="a \\"b\\" \\\\ c\\nd"');
});

it('the emulator shows what it serves', async () => {
  const stats: EmulatorStats = {
    connections: 3,
    packets: { received: { publish: 7, connect: 3 }, sent: { puback: 7 } },
    requests: { UpdateJobExecution: { OK: 5, VersionMismatch: 0 } },
    jobs: { IN_PROGRESS: 1 },
    executions: { QUEUED: 4 },
  };

  const series = seriesOf(await emulatorExposition(stats));

  expect(Object.fromEntries(series)).toEqual({
    fleetrig_emulator_connections: 3,
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
  return {
    version: '0.1.0',
    node: 'v20.20.2',
    runId: 'run-1',
    scenario: 'canary',
    target: 'emulator',
    startedAt: 1_795_210_803_250,
    metrics,
    errorCodes: ['VersionMismatch'],
    jobs: [],
    events: {},
    assertions: [],
    ...overrides,
  };
}

function jobOf(overrides: Partial<JobFacts> = {}): JobFacts {
  return {
    jobId: 'fw-1-4',
    notified: 130,
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
