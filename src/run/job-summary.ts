import type { Millis } from '../base/clock.ts';
import { type AbortBasis, failurePercentage } from '../report/abort-share.ts';
import type { CriterionSummary, JobSummary } from '../report/summary.ts';
import { type DerivedTrip, hasAborted } from './has-aborted.ts';
import { progressSeries } from './job-progress.ts';
import type { JobLook, ListedExecution, ObservedJob } from './job-watch.ts';
import type { ToldByEvents } from './service-events.ts';

/** When so many were executed or notified; undefined where that never was, or nobody can tell. */
export type Armings = (gate: AbortBasis, least: number) => Millis | undefined;

const noArmings: Armings = () => undefined;

/**
 * One job as the report tells it. `releases` tells when each thing got its first execution, in order;
 * `zeroAt` is the simulated instant all times of the report count from, `looks` tell how far it was,
 * `armings` when things and executions were so many, `trip` what stood when it cancelled itself where
 * only the list of executions tells.
 */
export function summarizeJob(
  watch: ObservedJob,
  releases: readonly Millis[],
  zeroAt: Millis,
  looks: readonly JobLook[] = watch.looks,
  armings: Armings = noArmings,
  trip?: DerivedTrip,
): JobSummary {
  const { events, observation, jobArn, reasonCode, comment, createdAt, endedAt } = watch;
  const since = (at: Millis) => (at - zeroAt) / 1000;
  const rate = mostInAnyMinute(releases);
  // Without a list of them, nobody can tell how many things those executions are of.
  const isListed =
    releases.length > 0 || Object.values(watch.executions).every((each) => each === 0);
  const notified = observation?.notified ?? (isListed ? releases.length : undefined);
  return {
    jobId: watch.jobId,
    ...(jobArn === undefined ? {} : { jobArn }),
    status: watch.status,
    config: { ...watch.request },
    ...(observation === undefined ? {} : { targeted: observation.targeted }),
    // AWS tells no such figure; every thing with an execution was notified.
    ...(watch.isKnown && notified !== undefined ? { notified } : {}),
    executions: watch.executions as JobSummary['executions'],
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...(comment === undefined ? {} : { comment }),
    ...(createdAt === undefined ? {} : { createdAt: since(createdAt) }),
    ...(endedAt === undefined ? {} : { endedAt: since(endedAt) }),
    rollout: {
      observed: curveOf(watch, releases).map(([at, notified]) => [since(at), notified]),
      ...(observation === undefined
        ? {}
        : {
            steps: observation.rateSteps.map(({ at, ratePerMinute }) => ({
              at: since(at),
              ratePerMinute,
            })),
          }),
      ...(rate === undefined ? {} : { ratePerMinuteMax: rate }),
    },
    abort: { criteria: criteriaOf(watch, zeroAt, armings, trip) },
    ...(events === undefined ? {} : { events: toldByEvents(events, since) }),
    progress: progressSeries(looks, zeroAt),
  };
}

function toldByEvents(
  { canceledAt, completedAt, ...counts }: ToldByEvents,
  since: (at: Millis) => number,
): NonNullable<JobSummary['events']> {
  return {
    ...counts,
    ended: { ...counts.ended },
    ...(canceledAt === undefined ? {} : { canceledAt: since(canceledAt) }),
    ...(completedAt === undefined ? {} : { completedAt: since(completedAt) }),
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
  job: ObservedJob,
  zeroAt: Millis,
  armings: Armings,
  derived: DerivedTrip | undefined,
): CriterionSummary[] {
  const { abortCriteria, abortReading, endedAt, observation } = job;
  const trip = observation?.trip;
  const { gate, denominator } = abortReading;
  const isUnknown = observation === undefined && hasAborted(job) !== false;
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
      ...(isUnknown
        ? derivedFigures(derived, index, denominator, zeroAt)
        : { tripped: trip?.criterion === index }),
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

/** Which criterion it was may be open; then it is of all of them. */
function derivedFigures(
  trip: DerivedTrip | undefined,
  index: number,
  denominator: AbortBasis,
  zeroAt: Millis,
): Partial<CriterionSummary> {
  if (trip?.criterion === undefined) return {};
  if (trip.criterion !== index) return { tripped: false };
  const { at, counts } = trip;
  const tripped = { tripped: true, derived: true, at: (at - zeroAt) / 1000 };
  if (counts === undefined) return tripped;
  const { executed, notified, notifiedAfter } = counts;
  const failed = counts.failed[index] ?? 0;
  return {
    ...tripped,
    executed,
    failed,
    percentage: failurePercentage(failed, denominator, counts),
    notifiedBeforeTrip: notified,
    notifiedAfterTrip: notifiedAfter,
  };
}
