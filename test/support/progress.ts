import type { FrameState, Subject } from '../../src/cli/frame.ts';
import type { JobProgress, Progress } from '../../src/run/progress.ts';

export function jobProgressOf(overrides: Partial<JobProgress> = {}): JobProgress {
  return {
    jobId: 'fw-1-4',
    status: 'IN_PROGRESS',
    targeted: 5000,
    notified: 1320,
    executions: {
      QUEUED: 46,
      IN_PROGRESS: 198,
      SUCCEEDED: 953,
      FAILED: 109,
      TIMED_OUT: 12,
      REJECTED: 2,
      REMOVED: 0,
      CANCELED: 0,
    },
    ratePerMinute: 700,
    criteria: [
      {
        failureType: 'FAILED',
        thresholdPercentage: 12,
        minNumberOfExecutedThings: 100,
        gate: 'completed',
        denominator: 'completed',
        executed: 1076,
        notified: 1320,
        failed: 109,
        tripped: false,
      },
    ],
    ...overrides,
  };
}

export function progressOf(overrides: Partial<Progress> = {}): Progress {
  const job = jobProgressOf();
  return {
    elapsedMs: 252_000,
    isConnecting: false,
    things: 5000,
    connected: 5000,
    connectFailures: 0,
    notified: job.notified,
    executions: job.executions,
    jobs: [job],
    operations: [
      { name: 'connect', count: 5000, p50Us: 1200, p99Us: 4300 },
      { name: 'start-next', count: 1320, p50Us: 900, p99Us: 3100 },
      { name: 'update', count: 2600, p50Us: 1100, p99Us: 9200 },
    ],
    warnings: [],
    ...overrides,
  };
}

export const subject: Subject = {
  scenario: 'canary-abort',
  target: 'emulator',
  things: 5000,
  workers: 2,
  scale: 60,
};

export function frameStateOf(overrides: Partial<FrameState> = {}): FrameState {
  return {
    subject,
    wallMs: 6300,
    simulatedMs: 252_000,
    progress: progressOf(),
    observedPerMinute: new Map([['fw-1-4', 640]]),
    connectsPerSecond: undefined,
    ...overrides,
  };
}
