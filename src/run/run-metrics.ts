import type { CohortFacts, JobFacts, RunFacts } from '../metrics/run-facts.ts';
import { deviceRejectionCodes } from '../protocol/rejections.ts';
import { abortStandings } from './abort-standing.ts';
import type { Collector } from './collector.ts';
import { hasAborted } from './has-aborted.ts';
import type { JobWatch } from './job-watch.ts';

export type RunLabels = Pick<
  RunFacts,
  'version' | 'node' | 'runId' | 'scenario' | 'target' | 'startedAt'
>;

export interface MetricsSources {
  readonly labels: RunLabels;
  readonly collector: Collector;
  readonly watches: Iterable<JobWatch>;
  readonly cohorts: readonly CohortFacts[];
  /** Simulated milliseconds since the start of the run. */
  readonly elapsedMs: number;
  readonly toWall: (simulatedAt: number) => number;
  /** Things that were to be notified by now; undefined where nobody predicted it. */
  readonly predict: (jobId: string) => number | undefined;
  readonly verdict: RunFacts['verdict'];
  readonly assertions: RunFacts['assertions'];
}

/** What `/metrics` answers at this moment: read from memory, nobody is asked. */
export function metricsFacts(sources: MetricsSources): RunFacts {
  const { labels, collector, watches, cohorts, elapsedMs, verdict, assertions } = sources;
  const events: Record<string, number> = {};
  for (const { kind } of collector.events) events[kind] = (events[kind] ?? 0) + 1;
  const { user, system } = process.cpuUsage();
  return {
    ...labels,
    simulatedSeconds: elapsedMs / 1000,
    metrics: collector.metrics,
    errorCodes: deviceRejectionCodes,
    jobs: Array.from(watches, (watch) => jobFacts(watch, sources)),
    cohorts,
    events,
    process: { cpuSeconds: (user + system) / 1e6, rssBytes: process.memoryUsage.rss() },
    verdict,
    assertions,
  };
}

function jobFacts(
  watch: JobWatch,
  { toWall, predict }: Pick<MetricsSources, 'toWall' | 'predict'>,
): JobFacts {
  const { jobId, executions, notified, observation } = watch;
  const steps = observation?.rateSteps ?? [];
  const rate = steps.at(-1)?.ratePerMinute;
  const predicted = predict(jobId);
  const aborted = hasAborted(watch);
  return {
    jobId,
    ...(observation === undefined ? {} : { targeted: observation.targeted }),
    ...(watch.isNotifiedKnown ? { notified } : {}),
    ...(observation === undefined ? { hasAborted: aborted ?? null } : {}),
    ...(predicted === undefined ? {} : { predictedNotified: predicted }),
    executions,
    ...(rate === undefined ? {} : { ratePerMinute: rate }),
    rateStepsAt: steps.map(({ at }) => toWall(at)),
    criteria: abortStandings(watch).map(({ trip, ...standing }) => ({
      ...standing,
      ...(trip === undefined ? {} : { trippedAt: toWall(trip.at) }),
    })),
  };
}
