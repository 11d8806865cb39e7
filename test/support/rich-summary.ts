import { encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { percentilesOf } from '../../src/report/percentiles.ts';
import type { JobSummary, OperationSummary, Summary } from '../../src/report/summary.ts';
import { predictionOf } from './predictions.ts';
import { assertionOf, histogramOf, jobOf, operationOf, summaryOf } from './summaries.ts';

const seconds = 400;
/** The quickstart lets a minute pass in a second, and latency is kept by the second. */
const looks = 20;
const abortAt = 330;
const names = ['connect', 'subscribe', 'get', 'start-next', 'update', 'notify'];

/** As much as a run of the quickstart leaves behind: full curves, six operations, long timelines. */
export function richSummary(overrides: Partial<Summary> = {}): Summary {
  const plain = summaryOf();
  return summaryOf({
    jobs: [richJob()],
    operations: names.map(richOperation),
    assertions: [
      assertionOf({
        expr: 'latency.update.p99 < 250ms',
        expected: '< 250ms',
        actual: '312ms',
        result: 'failed',
        line: 40,
      }),
      assertionOf({
        expr: 'jobs.fw-1-4.rollout.deviation < 5%',
        actual: 'no such figure',
        result: 'error',
        line: 41,
      }),
      ...Array.from({ length: 16 }, (_, index) =>
        assertionOf({ id: `expect-${index}`, line: 42 + index }),
      ),
    ],
    run: { ...plain.run, verdict: 'failed', exitCode: 99 },
    fleet: {
      ...plain.fleet,
      cohorts: ['healthy', 'bad-flash', 'refuses', 'hangs'].map(richCohort),
    },
    errorsOverTime: {
      columns: ['t', 'VersionMismatch', 'LOST'],
      rows: Array.from({ length: looks }, (_, look) => [
        (look * seconds) / looks,
        look * 2,
        look >> 2,
      ]),
    },
    events: Array.from({ length: 60 }, (_, index) =>
      index === 50
        ? {
            t: abortAt,
            kind: 'job-aborted',
            message: 'fw-1-4 aborted by FAILED',
            data: { jobId: 'fw-1-4' },
          }
        : {
            t: index * 6,
            kind: index % 9 === 0 ? 'disconnected' : 'job-status',
            message: `note ${index}`,
          },
    ),
    slowest: Array.from({ length: 20 }, (_, index) => ({
      thing: `pump-${String(index).padStart(5, '0')}`,
      cohort: 'healthy',
      jobId: 'fw-1-4',
      status: 'SUCCEEDED',
      seconds: 240 - index,
      phases: { waiting: 10 + index, downloading: 30, working: 200 - 2 * index },
    })),
    harness: {
      ...plain.harness,
      trusted: false,
      reasons: ['schedule delay p99 820ms, above 250ms'],
      workers: ['1', '2'].map((worker) => ({
        worker,
        eventLoopUtilizationMax: 0.61,
        eventLoopDelayMaxMs: 41.5,
        scheduleDelayP99Ms: 12,
        scheduleDelayMaxMs: 820,
      })),
    },
    ...overrides,
  });
}

/** What `fleetrig predict` leaves: the curves of virtual time and no wire to measure on. */
export function predictionSummary(): Summary {
  const { environment } = summaryOf();
  return richSummary({
    environment: { ...environment, target: 'simulation', workers: 0, agents: 0, clockScale: 'max' },
    operations: [],
    errorsOverTime: { columns: ['t'], rows: [] },
    prediction: predictionOf(),
  });
}

/** A run that ended before anything could happen. */
export function emptySummary(): Summary {
  const { run, fleet, harness } = summaryOf();
  return summaryOf({
    run: {
      ...run,
      verdict: 'error',
      exitCode: 3,
      simulatedSeconds: 0,
      error: 'port 1883 is in use',
    },
    fleet: { ...fleet, connectedMax: 0, cohorts: [] },
    jobs: [],
    operations: [],
    assertions: [],
    invariants: [],
    timeseries: { stepSeconds: 1, columns: ['t'], rows: [] },
    errorsOverTime: { columns: ['t'], rows: [] },
    events: [],
    slowest: [],
    harness: { ...harness, workers: [] },
  });
}

/** A run in which everything that others may name is called `text`. */
export function hostileSummary(text: string): Summary {
  const { run, environment, scenario, fleet, harness, slowest } = summaryOf();
  const [cohort] = fleet.cohorts;
  const [slow] = slowest;
  return summaryOf({
    run: { ...run, id: text, seed: text, error: text },
    environment: { ...environment, endpoint: text, region: text },
    scenario: { ...scenario, name: text, file: text, resolved: { [text]: [text] } },
    fleet: {
      ...fleet,
      cohorts: cohort === undefined ? [] : [{ ...cohort, name: text, reported: { [text]: 3 } }],
    },
    jobs: [jobOf({ jobId: text, status: text, reasonCode: text })],
    operations: [operationOf({ errors: { [text]: 2 } })],
    assertions: [assertionOf({ expr: text, expected: text, actual: text, file: text })],
    invariants: [{ name: text, holds: false, checked: true, detail: text }],
    errorsOverTime: {
      columns: ['t', text],
      rows: [
        [0, 0],
        [1, 5],
        [2, 9],
      ],
    },
    events: [{ t: 1, kind: text, message: text }],
    slowest:
      slow === undefined ? [] : [{ ...slow, thing: text, cohort: text, jobId: text, status: text }],
    harness: { ...harness, trusted: false, reasons: [text] },
  });
}

function richJob(): JobSummary {
  const plain = jobOf();
  const times = Array.from({ length: seconds }, (_, t) => t);
  return jobOf({
    rollout: {
      ...plain.rollout,
      observed: times.map((t) => [t, notifiedAt(t)]),
      predicted: times.map((t) => [t, Math.round(notifiedAt(t) * 1.01)]),
      steps: [1, 120, 200, 260].map((at, index) => ({ at, ratePerMinute: 50 * 2 ** index })),
    },
    progress: { columns: plain.progress.columns, rows: times.map(progressAt) },
  });
}

function notifiedAt(t: number): number {
  return Math.min(1320, Math.round((Math.max(0, Math.min(t, abortAt)) / abortAt) ** 2 * 1320));
}

function progressAt(t: number): number[] {
  const notified = notifiedAt(t);
  const ended = notifiedAt(t - 40);
  const [failed, rejected, timedOut] = [0.09, 0.02, 0.01].map((share) => Math.floor(ended * share));
  const bad = (failed ?? 0) + (rejected ?? 0) + (timedOut ?? 0);
  const open = notified - ended;
  const canceled = t > abortAt ? open : 0;
  const queued = Math.floor((open - canceled) / 4);
  const inProgress = open - canceled - queued;
  return [
    t,
    notified,
    queued,
    inProgress,
    ended - bad,
    failed,
    rejected,
    timedOut,
    0,
    canceled,
  ].map((count) => count ?? 0);
}

function richOperation(name: string, index: number): OperationSummary {
  // A golden-ratio walk through a long tail: the same on every machine, and no two operations alike.
  const valueAt = (step: number) =>
    Math.round((1000 + 400 * index) / (1 - ((step * 0.618_034) % 1)) ** 0.7);
  const values = Array.from({ length: 3000 }, (_, step) => valueAt(step));
  const corrected = histogramOf(...values);
  const fromSend = histogramOf(...values.map((value) => Math.ceil(value * 0.8)));
  return operationOf({
    name,
    count: values.length,
    errors: index === 4 ? { VersionMismatch: 45, LOST: 12 } : {},
    corrected: percentilesOf(corrected),
    fromSend: percentilesOf(fromSend),
    hdrBase64: encodeIntoCompressedBase64(corrected),
    fromSendHdrBase64: encodeIntoCompressedBase64(fromSend),
    overTime: {
      columns: ['t', 'count', 'p50', 'p99', 'max'],
      rows: Array.from({ length: looks }, (_, look) => [
        (look * seconds) / looks,
        150,
        1000 + 400 * index + Math.round(300 * Math.sin(look)),
        valueAt(look * 7) + 2000,
        valueAt(look * 7) + 2500,
      ]),
    },
  });
}

function richCohort(name: string): Summary['fleet']['cohorts'][number] {
  return {
    name,
    things: 375,
    executed: 330,
    reported: { SUCCEEDED: 240, FAILED: 27, TIMED_OUT: 9, REJECTED: 6, NONE: 48 },
    updated: 238,
    misreported: 2,
    unfinished: 3,
    workSeconds: { p50: 40, p90: 90, p99: 180, max: 240 },
  };
}
