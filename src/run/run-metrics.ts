import type { JobFacts, RunFacts } from '../metrics/prometheus.ts';
import { deviceRejectionCodes } from '../protocol/rejections.ts';
import type { Collector } from './collector.ts';
import type { JobWatch } from './job-watch.ts';

type RunLabels = Pick<RunFacts, 'version' | 'node' | 'runId' | 'scenario' | 'target' | 'startedAt'>;

/** What `/metrics` answers at this moment: read from memory, nobody is asked. */
export function metricsFacts(
  labels: RunLabels,
  collector: Collector,
  watches: Iterable<JobWatch>,
  toWall: (simulatedAt: number) => number,
): RunFacts {
  const events: Record<string, number> = {};
  for (const { kind } of collector.events) events[kind] = (events[kind] ?? 0) + 1;
  return {
    ...labels,
    metrics: collector.metrics,
    errorCodes: [...deviceRejectionCodes, 'LOST'],
    jobs: Array.from(watches, (watch) => jobFacts(watch, toWall)),
    events,
    assertions: [],
  };
}

function jobFacts(
  { jobId, executions, observation, abortCriteria }: JobWatch,
  toWall: (simulatedAt: number) => number,
): JobFacts {
  const steps = observation?.rateSteps ?? [];
  const rate = steps.at(-1)?.ratePerMinute;
  const trip = observation?.trip;
  const counted = (status: string) => executions[status] ?? 0;
  const failures = {
    FAILED: counted('FAILED'),
    REJECTED: counted('REJECTED'),
    TIMED_OUT: counted('TIMED_OUT'),
    ALL: counted('FAILED') + counted('REJECTED') + counted('TIMED_OUT'),
  };
  return {
    jobId,
    executions,
    notified: observation?.notified ?? 0,
    ...(rate === undefined ? {} : { ratePerMinute: rate }),
    rateStepsAt: steps.map(({ at }) => toWall(at)),
    criteria: abortCriteria.map((criterion, index) => ({
      ...criterion,
      executed: counted('SUCCEEDED') + failures.ALL,
      failed: failures[criterion.failureType],
      ...(trip?.criterion === index ? { trippedAt: toWall(trip.at) } : {}),
    })),
  };
}
