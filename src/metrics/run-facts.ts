import type { ClassicHistogram } from './metric-table.ts';
import type { MergedMetrics } from './recorder.ts';

/** What `/metrics` of a run is answered from. The owner renews it when deltas come in. */
export interface RunFacts {
  readonly version: string;
  readonly node: string;
  readonly runId: string;
  readonly scenario: string;
  readonly target: string;
  /** Wall milliseconds since the epoch. */
  readonly startedAt: number;
  /** Since the start of the run, as of the last look at the jobs. */
  readonly simulatedSeconds: number;
  readonly metrics: Pick<MergedMetrics, 'counter' | 'counters' | 'gauge' | 'gauges' | 'histogram'>;
  /** Codes worth a series of their own; the rest fold into `other`. */
  readonly errorCodes: readonly string[];
  readonly jobs: readonly JobFacts[];
  readonly cohorts: readonly CohortFacts[];
  /** Timeline events so far, by kind. */
  readonly events: Readonly<Record<string, number>>;
  /** Of the coordinator's own process. */
  readonly process: ProcessFacts;
  /** Undefined until the run is judged. */
  readonly verdict: string | undefined;
  /** Judged expectations; empty until the end. */
  readonly assertions: readonly { readonly id: string; readonly passed: boolean }[];
}

interface ProcessFacts {
  /** User and system time since it began. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** What the devices of a cohort told of executions that are over for them. */
export interface CohortFacts {
  readonly cohort: string;
  /** By {@link reportedStatuses}. */
  readonly outcomes: Readonly<Record<string, OutcomeFacts>>;
}

export interface OutcomeFacts {
  readonly count: number;
  /** Of those that ended before the run did. */
  readonly duration: ClassicHistogram;
}

/** The last word of a device on an execution; `NONE` where it never said any. */
export const reportedStatuses = ['IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'REJECTED', 'NONE'] as const;

/** In simulated seconds: from an update that is only a flag to one that takes all night. */
export const executionBounds: readonly number[] = [
  1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600,
];

export interface JobFacts {
  readonly jobId: string;
  /** Undefined where the target does not tell. */
  readonly targeted?: number;
  /** Undefined where the target counts executions only, retries included. */
  readonly notified?: number;
  /** What the prediction had by now, where there is one. */
  readonly predictedNotified?: number;
  readonly executions: Readonly<Record<string, number>>;
  /** The rollout rate in force, if one is known. */
  readonly ratePerMinute?: number;
  /** Wall milliseconds since the epoch at which each rate came into force. */
  readonly rateStepsAt: readonly number[];
  readonly criteria: readonly CriterionFacts[];
  /** Whether it cancelled itself, where that is not told of any one criterion; null where nobody can tell. */
  readonly hasAborted?: boolean | null;
}

export interface CriterionFacts {
  readonly failureType: string;
  readonly thresholdPercentage: number;
  readonly minNumberOfExecutedThings: number;
  /** Completed executions, and those that count for the criterion. */
  readonly executed: number;
  readonly failed: number;
  /** Wall milliseconds since the epoch. */
  readonly trippedAt?: number;
}
