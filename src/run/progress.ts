import type { Millis } from '../base/clock.ts';
import { type OperationName, operations } from '../metrics/recorder.ts';
import type { AbortBasis } from '../report/abort-share.ts';
import type { Plan } from '../scenario/plan.ts';
import { abortStandings } from './abort-standing.ts';
import type { Collector } from './collector.ts';
import { reasonsForDoubt } from './harness-health.ts';
import { hasAborted } from './has-aborted.ts';
import type { JobWatch } from './job-watch.ts';

/** Where the run is, for those who watch it. */
export interface Progress {
  /** Simulated milliseconds since the run's zero; 0 while the things connect. */
  readonly elapsedMs: Millis;
  /** Whether the run has not begun, because its things are being brought up. */
  readonly isConnecting: boolean;
  readonly things: number;
  readonly connected: number;
  /** Attempts to connect that came to nothing. */
  readonly connectFailures: number;
  readonly notified: number;
  /** By status, over all jobs, retries counted. */
  readonly executions: Readonly<Record<string, number>>;
  readonly jobs: readonly JobProgress[];
  /** Those that were measured, corrected, since the run began. */
  readonly operations: readonly OperationProgress[];
  /** Why the figures would not be trusted if the run ended now. */
  readonly warnings: readonly string[];
}

export interface JobProgress {
  readonly jobId: string;
  readonly status: string;
  /** Undefined where the service does not tell. */
  readonly targeted?: number;
  readonly notified: number;
  readonly executions: Readonly<Record<string, number>>;
  /** The rollout rate in force; undefined where the service does not tell, or there is no limit. */
  readonly ratePerMinute?: number;
  readonly criteria: readonly CriterionProgress[];
}

/** How near a job is to cancelling itself; of one that did, what stood when it tripped. */
export interface CriterionProgress {
  readonly failureType: string;
  readonly thresholdPercentage: number;
  readonly minNumberOfExecutedThings: number;
  /** What has to reach that minimum. */
  readonly gate: AbortBasis;
  /** What the share of failures is of. */
  readonly denominator: AbortBasis;
  readonly executed: number;
  readonly notified: number;
  readonly failed: number;
  readonly tripped: boolean;
}

export interface OperationProgress {
  readonly name: OperationName;
  readonly count: number;
  /** Microseconds of wall time. */
  readonly p50Us: number;
  readonly p99Us: number;
}

interface Scene {
  readonly plan: Plan;
  readonly collector: Collector;
  readonly watches: ReadonlyMap<string, JobWatch>;
}

/** `elapsedMs` is undefined while the things connect. */
export function progressOf(
  { plan, collector, watches }: Scene,
  elapsedMs: Millis | undefined,
): Progress {
  const { metrics } = collector;
  const jobs = Array.from(watches.values(), jobProgress);
  return {
    elapsedMs: elapsedMs ?? 0,
    isConnecting: elapsedMs === undefined,
    things: metrics.gauge('things'),
    connected: metrics.gauge('connected'),
    connectFailures: metrics.counter('connects/failed'),
    notified: jobs.reduce((sum, { notified }) => sum + notified, 0),
    executions: addUp(jobs),
    jobs,
    operations: operations.flatMap((name) => operationProgress(collector, name)),
    warnings: elapsedMs === undefined ? [] : reasonsForDoubt(plan, collector, []),
  };
}

function addUp(jobs: readonly JobProgress[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { executions } of jobs) {
    for (const [status, count] of Object.entries(executions)) {
      sums[status] = (sums[status] ?? 0) + count;
    }
  }
  return sums;
}

function jobProgress(watch: JobWatch): JobProgress {
  const { jobId, status, notified, executions, observation } = watch;
  const ratePerMinute = observation?.rateSteps.at(-1)?.ratePerMinute;
  return {
    jobId,
    status,
    ...(observation === undefined ? {} : { targeted: observation.targeted }),
    notified,
    executions,
    ...(ratePerMinute === undefined ? {} : { ratePerMinute }),
    criteria: abortStandings(watch).map(({ trip, executed, failed, notified, ...criterion }) => ({
      failureType: criterion.failureType,
      thresholdPercentage: criterion.thresholdPercentage,
      minNumberOfExecutedThings: criterion.minNumberOfExecutedThings,
      gate: criterion.gate,
      denominator: criterion.denominator,
      executed: trip?.executed ?? executed,
      notified: trip?.notified ?? notified,
      failed: trip?.failed ?? failed,
      tripped:
        trip !== undefined || (hasAborted(watch) === true && watch.abortCriteria.length === 1),
    })),
  };
}

function operationProgress({ metrics }: Collector, name: OperationName): OperationProgress[] {
  const histogram = metrics.histogram(name, 'corrected');
  if (histogram === undefined || histogram.totalCount === 0) return [];
  return [
    {
      name,
      count: histogram.totalCount,
      p50Us: histogram.getValueAtPercentile(50),
      p99Us: histogram.getValueAtPercentile(99),
    },
  ];
}
