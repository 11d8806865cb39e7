import type { Millis } from '../base/clock.ts';
import type { AbortConfig } from '../protocol/job-config.ts';
import type { CriterionSummary, JobSummary } from '../report/summary.ts';
import type { JobWatch, ListedExecution } from './job-watch.ts';

/** One job as the report tells it. `zeroAt` is the simulated instant all its times count from. */
export function summarizeJob(
  watch: JobWatch,
  listed: readonly ListedExecution[],
  zeroAt: Millis,
): JobSummary {
  const { job, observation, request, overSince } = watch;
  const since = (at: Millis) => (at - zeroAt) / 1000;
  const createdAt = observation?.createdAt ?? job?.createdAt?.getTime();
  const endedAt = observation?.completedAt ?? observation?.trip?.at ?? overSince;
  const releases = releaseTimes(listed);
  const rate = mostInAnyMinute(releases);
  return {
    jobId: watch.jobId,
    ...(job?.jobArn === undefined ? {} : { jobArn: job.jobArn }),
    status: watch.status,
    config: { ...request },
    ...(observation === undefined ? {} : { targeted: observation.targeted }),
    // AWS tells no such figure; every thing with an execution was notified.
    ...(job === undefined ? {} : { notified: observation?.notified ?? releases.length }),
    executions: watch.executions as JobSummary['executions'],
    ...(job?.reasonCode === undefined ? {} : { reasonCode: job.reasonCode }),
    ...(job?.comment === undefined ? {} : { comment: job.comment }),
    ...(createdAt === undefined ? {} : { createdAt: since(createdAt) }),
    ...(endedAt === undefined ? {} : { endedAt: since(endedAt) }),
    rollout: {
      observed: curveOf(watch, releases).map(([at, notified]) => [since(at), notified]),
      steps: (observation?.rateSteps ?? []).map(({ at, ratePerMinute }) => ({
        at: since(at),
        ratePerMinute,
      })),
      ...(rate === undefined ? {} : { ratePerMinuteMax: rate }),
    },
    abort: { criteria: criteriaOf(watch, zeroAt) },
  };
}

/** When each thing got its first execution, in order: exact, from the service's own list. */
function releaseTimes(listed: readonly ListedExecution[]): Millis[] {
  const firstByThing = new Map<string, Millis>();
  for (const { thingName, queuedAt } of listed) {
    const first = firstByThing.get(thingName);
    if (first === undefined || queuedAt < first) firstByThing.set(thingName, queuedAt);
  }
  return [...firstByThing.values()].sort((a, b) => a - b);
}

const curvePointsMax = 400;

/** At most {@link curvePointsMax} points of the rollout curve; from the looks when the list is gone. */
function curveOf(watch: JobWatch, releases: readonly Millis[]): [Millis, number][] {
  if (releases.length === 0) return thin(watch.curve);
  return thin(releases.map((at, index) => [at, index + 1]));
}

function thin(points: readonly (readonly [number, number])[]): [number, number][] {
  const step = Math.max(1, Math.ceil(points.length / curvePointsMax));
  return points
    .filter((_, index) => index % step === 0 || index === points.length - 1)
    .map(([at, count]) => [at, count]);
}

function mostInAnyMinute(releases: readonly Millis[]): number | undefined {
  if (releases.length === 0) return undefined;
  let most = 0;
  let from = 0;
  for (const [index, at] of releases.entries()) {
    while ((releases[from] ?? at) <= at - 60_000) from++;
    most = Math.max(most, index - from + 1);
  }
  return most;
}

function criteriaOf({ request, observation }: JobWatch, zeroAt: Millis): CriterionSummary[] {
  const criteria = (request['abortConfig'] as AbortConfig | undefined)?.criteriaList ?? [];
  const trip = observation?.trip;
  return criteria.map(({ failureType, thresholdPercentage, minNumberOfExecutedThings }, index) => ({
    failureType,
    thresholdPercentage,
    minNumberOfExecutedThings,
    tripped: trip?.criterion === index,
    ...(trip === undefined || trip.criterion !== index || observation === undefined
      ? {}
      : {
          at: (trip.at - zeroAt) / 1000,
          executed: trip.executed,
          failed: trip.failed,
          percentage: trip.executed === 0 ? 0 : (100 * trip.failed) / trip.executed,
          notifiedBeforeTrip: trip.notified,
          notifiedAfterTrip: observation.notified - trip.notified,
        }),
  }));
}
