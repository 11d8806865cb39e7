import type { Millis } from '../base/clock.ts';
import { type AbortBasis, failurePercentage } from '../report/abort-share.ts';
import type { CriterionSummary, JobSummary } from '../report/summary.ts';
import { progressSeries } from './job-progress.ts';
import type { JobLook, ListedExecution, ObservedJob } from './job-watch.ts';

/** When so many were executed or notified; undefined where that never was, or nobody can tell. */
export type Armings = (gate: AbortBasis, least: number) => Millis | undefined;

const noArmings: Armings = () => undefined;

/**
 * One job as the report tells it. `releases` tells when each thing got its first execution, in order;
 * `zeroAt` is the simulated instant all times of the report count from, `looks` tell how far it was,
 * `armings` when things and executions were so many.
 */
export function summarizeJob(
  watch: ObservedJob,
  releases: readonly Millis[],
  zeroAt: Millis,
  looks: readonly JobLook[] = watch.looks,
  armings: Armings = noArmings,
): JobSummary {
  const { observation, jobArn, reasonCode, comment, createdAt, endedAt } = watch;
  const since = (at: Millis) => (at - zeroAt) / 1000;
  const rate = mostInAnyMinute(releases);
  return {
    jobId: watch.jobId,
    ...(jobArn === undefined ? {} : { jobArn }),
    status: watch.status,
    config: { ...watch.request },
    ...(observation === undefined ? {} : { targeted: observation.targeted }),
    // AWS tells no such figure; every thing with an execution was notified.
    ...(watch.isKnown ? { notified: observation?.notified ?? releases.length } : {}),
    executions: watch.executions as JobSummary['executions'],
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...(comment === undefined ? {} : { comment }),
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
    abort: { criteria: criteriaOf(watch, zeroAt, armings) },
    progress: progressSeries(looks, zeroAt),
  };
}

/** When each thing got its first execution, in order: exact, from the service's own list. */
export function releaseTimes(listed: readonly ListedExecution[]): Millis[] {
  const firstByThing = new Map<string, Millis>();
  for (const { thingName, queuedAt } of listed) {
    const first = firstByThing.get(thingName);
    if (first === undefined || queuedAt < first) firstByThing.set(thingName, queuedAt);
  }
  return [...firstByThing.values()].sort((a, b) => a - b);
}

const curvePointsMax = 400;

/** At most {@link curvePointsMax} points of the rollout curve; from the looks when the list is gone. */
function curveOf(watch: ObservedJob, releases: readonly Millis[]): [Millis, number][] {
  if (releases.length === 0) return thin(watch.looks.map(({ at, notified }) => [at, notified]));
  return thin(releases.map((at, index) => [at, index + 1]));
}

function thin(points: readonly (readonly [number, number])[]): [number, number][] {
  const step = Math.max(1, Math.ceil(points.length / curvePointsMax));
  return points
    .filter((_, index) => index % step === 0 || index === points.length - 1)
    .map(([at, count]) => [at, count]);
}

export function mostInAnyMinute(releases: readonly Millis[]): number | undefined {
  if (releases.length === 0) return undefined;
  let most = 0;
  let from = 0;
  for (const [index, at] of releases.entries()) {
    while ((releases[from] ?? at) <= at - 60_000) from++;
    most = Math.max(most, index - from + 1);
  }
  return most;
}

function criteriaOf(
  { abortCriteria, abortReading, endedAt, observation }: ObservedJob,
  zeroAt: Millis,
  armings: Armings,
): CriterionSummary[] {
  const trip = observation?.trip;
  const { gate, denominator } = abortReading;
  return abortCriteria.map((criterion, index) => {
    const { failureType, thresholdPercentage, minNumberOfExecutedThings } = criterion;
    const armedAt = armings(gate, minNumberOfExecutedThings);
    const isArmed = armedAt !== undefined && armedAt <= (endedAt ?? Number.POSITIVE_INFINITY);
    return {
      failureType,
      thresholdPercentage,
      minNumberOfExecutedThings,
      gate,
      denominator,
      ...(isArmed ? { armedAt: (armedAt - zeroAt) / 1000 } : {}),
      tripped: trip?.criterion === index,
      ...(trip === undefined || trip.criterion !== index || observation === undefined
        ? {}
        : {
            at: (trip.at - zeroAt) / 1000,
            executed: trip.executed,
            failed: trip.failed,
            percentage: failurePercentage(trip.failed, denominator, trip),
            notifiedBeforeTrip: trip.notified,
            notifiedAfterTrip: observation.notified - trip.notified,
          }),
    };
  });
}
