import { build, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import { percentilesOf } from '../../src/report/percentiles.ts';
import type {
  AssertionSummary,
  JobSummary,
  OperationSummary,
  Summary,
} from '../../src/report/summary.ts';

/** As the recorder builds them: whole microseconds, 1 µs to 1 h. */
export function histogramOf(...valuesUs: readonly number[]): Histogram {
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: 3,
  });
  for (const value of valuesUs) histogram.recordValue(value);
  return histogram;
}

export function operationOf(overrides: Partial<OperationSummary> = {}): OperationSummary {
  const corrected = histogramOf(1000, 2000, 3000, 250_000);
  const fromSend = histogramOf(900, 1900, 2900, 120_000);
  return {
    name: 'update',
    count: 4,
    errors: { VersionMismatch: 2, LOST: 1 },
    unit: 'us',
    corrected: percentilesOf(corrected),
    fromSend: percentilesOf(fromSend),
    hdrBase64: encodeIntoCompressedBase64(corrected),
    fromSendHdrBase64: encodeIntoCompressedBase64(fromSend),
    overTime: {
      columns: ['t', 'count', 'p50', 'p99', 'max'],
      rows: [
        [10, 2, 1500, 2000, 2000],
        [20, 2, 3000, 250_000, 250_000],
      ],
    },
    ...overrides,
  };
}

export function assertionOf(overrides: Partial<AssertionSummary> = {}): AssertionSummary {
  return {
    id: 'expect-1',
    expr: 'jobs.fw-1-4.status == CANCELED',
    expected: '== CANCELED',
    actual: 'CANCELED',
    result: 'passed',
    file: 'scenarios/canary.yaml',
    line: 31,
    ...overrides,
  };
}

const noExecutions: JobSummary['executions'] = {
  QUEUED: 0,
  IN_PROGRESS: 0,
  SUCCEEDED: 0,
  FAILED: 0,
  REJECTED: 0,
  TIMED_OUT: 0,
  REMOVED: 0,
  CANCELED: 0,
};

export function jobOf(overrides: Partial<JobSummary> = {}): JobSummary {
  return {
    jobId: 'fw-1-4',
    status: 'CANCELED',
    config: { jobId: 'fw-1-4' },
    targeted: 1500,
    notified: 1320,
    executions: { ...noExecutions, SUCCEEDED: 967, FAILED: 109, CANCELED: 244 },
    reasonCode: 'ABORT_CRITERIA_MET',
    createdAt: 1,
    endedAt: 385,
    rollout: {
      observed: [
        [0, 0],
        [384, 1320],
      ],
      predicted: [
        [0, 0],
        [380, 1305],
      ],
      deviation: 1.25,
      steps: [
        { at: 1, ratePerMinute: 50 },
        { at: 200, ratePerMinute: 100 },
      ],
      ratePerMinuteMax: 104,
    },
    abort: {
      criteria: [
        {
          failureType: 'TIMED_OUT',
          thresholdPercentage: 50,
          minNumberOfExecutedThings: 10,
          gate: 'completed',
          denominator: 'completed',
          tripped: false,
        },
        {
          failureType: 'FAILED',
          thresholdPercentage: 10,
          minNumberOfExecutedThings: 100,
          gate: 'completed',
          denominator: 'completed',
          tripped: true,
          at: 384.5,
          executed: 1076,
          failed: 109,
          percentage: 10.13,
          notifiedBeforeTrip: 1300,
          notifiedAfterTrip: 20,
        },
      ],
    },
    progress: {
      columns: [
        't',
        'notified',
        'queued',
        'inProgress',
        'succeeded',
        'failed',
        'rejected',
        'timedOut',
        'removed',
        'canceled',
      ],
      rows: [
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [200, 600, 100, 100, 370, 30, 0, 0, 0, 0],
        [384, 1320, 0, 0, 967, 109, 0, 0, 0, 244],
      ],
    },
    predicted: {
      status: 'CANCELED',
      notified: 1305,
      executions: { ...noExecutions, SUCCEEDED: 960, FAILED: 107, CANCELED: 238 },
      abort: {
        tripped: true,
        failureType: 'FAILED',
        at: 380.5,
        executed: 1067,
        failed: 107,
        percentage: 10.03,
      },
      durationSeconds: 380,
      things: {
        same: 1290,
        timingDependent: 30,
        timingDependentSame: 28,
        differing: 0,
        examples: [],
      },
    },
    ...overrides,
  };
}

/** A run with something in every member. */
export function summaryOf(overrides: Partial<Summary> = {}): Summary {
  return {
    schemaVersion: 1,
    tool: { name: 'fleetrig', version: '0.1.0' },
    run: {
      id: '2026-11-20T21-40-03Z-canary',
      startedAt: '2026-11-20T21:40:03.250Z',
      endedAt: '2026-11-20T21:40:45.250Z',
      durationSeconds: 42,
      simulatedSeconds: 390,
      verdict: 'passed',
      exitCode: 0,
      seed: '42',
    },
    environment: {
      node: 'v20.20.2',
      os: 'linux x64',
      cpus: 2,
      target: 'emulator',
      workers: 2,
      agents: 1,
      clockScale: 10,
    },
    scenario: {
      name: 'canary',
      file: 'scenarios/canary.yaml',
      sha256: 'ab'.repeat(32),
      resolved: { name: 'canary' },
    },
    fleet: {
      things: 1500,
      connectedMax: 1498,
      reconnects: 12,
      cohorts: [
        {
          name: 'healthy',
          things: 1320,
          executed: 1100,
          reported: { SUCCEEDED: 960, NONE: 140 },
          updated: 955,
          misreported: 5,
          unfinished: 3,
          workSeconds: { p50: 40, p90: 90, p99: 180, max: 240 },
        },
      ],
    },
    jobs: [jobOf()],
    operations: [operationOf()],
    assertions: [assertionOf()],
    invariants: [
      {
        name: 'released = terminal + pending',
        holds: true,
        checked: true,
        detail: '1320 = 1320 + 0',
      },
    ],
    timeseries: {
      stepSeconds: 1,
      columns: ['t', 'connected', 'notified'],
      rows: [
        [0, 0, 0],
        [1.5, 1498, 50],
      ],
    },
    errorsOverTime: {
      columns: ['t', 'LOST', 'VersionMismatch'],
      rows: [
        [10, 0, 1],
        [20, 1, 2],
      ],
    },
    events: [
      { t: 1, kind: 'job-created', message: 'fw-1-4 created', data: { jobId: 'fw-1-4' } },
      { t: 384.5, kind: 'abort', message: 'line one\nline two' },
    ],
    slowest: [
      {
        thing: 'pump-00007',
        cohort: 'healthy',
        jobId: 'fw-1-4',
        status: 'SUCCEEDED',
        seconds: 240,
        phases: { waiting: 1, working: 239 },
      },
    ],
    harness: {
      scheduleDelayMs: { p99: 3.2, max: 18 },
      eventLoopDelayMs: { p99: 12, max: 40 },
      eventLoopUtilization: { max: 0.61 },
      workers: [
        {
          worker: '0/0',
          eventLoopUtilizationMax: 0.61,
          eventLoopDelayMaxMs: 21,
          scheduleDelayP99Ms: 3.2,
          scheduleDelayMaxMs: 18,
        },
      ],
      cpuSeconds: { agents: 12.5, emulator: 9 },
      rssBytes: { agents: 200_000_000, emulator: 90_000_000 },
      trusted: true,
      reasons: [],
    },
    ...overrides,
  };
}
