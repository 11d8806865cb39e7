import type { Millis } from '../base/clock.ts';
import type { Behaviour } from '../device/behaviours.ts';
import { endings } from '../device/ending.ts';
import type { Profile } from '../device/profile.ts';
import { quantile, shareFrom } from '../device/quantile.ts';
import { downloadMsAt } from '../device/work-plan.ts';
import type { AbortFailureType, CreateJobRequest } from '../protocol/job-config.ts';
import type { Member, Subject } from './lint-subject.ts';

/** How executions end that count as completed (reference §3). */
export type Outcome = 'SUCCEEDED' | 'FAILED' | 'REJECTED' | 'TIMED_OUT';

const minuteMs = 60_000;
/** A share of draws that no run will ever see. */
const negligible = 1e-6;

export const completed: readonly Outcome[] = ['SUCCEEDED', 'FAILED', 'REJECTED', 'TIMED_OUT'];

export function outcomesOf(type: AbortFailureType): readonly Outcome[] {
  return type === 'ALL' ? ['FAILED', 'REJECTED', 'TIMED_OUT'] : [type];
}

export function timeoutMsOf({ timeoutConfig }: CreateJobRequest): Millis | undefined {
  const minutes = timeoutConfig?.inProgressTimeoutInMinutes;
  return minutes === undefined ? undefined : minutes * minuteMs;
}

/**
 * Quantiles of the time from start to final status. A download and the work behind it are taken as slow
 * together, which puts the upper quantiles of their sum too high rather than too low.
 */
export function durationOf(profile: Profile): (ratio: number) => Millis {
  return (ratio) => downloadQuantile(profile, ratio) + quantile(profile.work, ratio);
}

/** 0 without a download. Slow rates make long downloads. */
export function downloadQuantile({ download }: Profile, ratio: number): Millis {
  return download === undefined ? 0 : downloadMsAt(download, quantile(download.rate, 1 - ratio));
}

/** Whether its executions run to an end of their own, so that their duration matters to a timer. */
export function isWorking(behaviour: Behaviour): boolean {
  return endings[behaviour] === 'SUCCEEDED' || endings[behaviour] === 'FAILED';
}

/** All mixtures that a profile ever draws from. */
export function mixturesOf({ outcome, outcomeOverTime }: Profile): readonly Profile['outcome'][] {
  return [outcome, ...outcomeOverTime.map((phase) => phase.outcome)];
}

/** Whether any of its executions can be TIMED_OUT at all. */
export function hasTimer({ stepTimeout, ...profile }: Profile, job: CreateJobRequest): boolean {
  const setsOwn = mixturesOf({ ...profile, stepTimeout }).some((mixture) =>
    mixture.some(([behaviour]) => endings[behaviour] === 'TIMED_OUT'),
  );
  return setsOwn || stepTimeout !== undefined || timeoutMsOf(job) !== undefined;
}

/**
 * The most executions of a job, over all attempts, that can end in one of `outcomes`. Where a mixture
 * decides it is a bound that one run in a million passes (Bernstein's inequality).
 */
export function mostEnding(subject: Subject, outcomes: readonly Outcome[]): number {
  const bounds = subject.members.map((member) => boundOf(member, subject, outcomes));
  const sum = (of: (bound: Bound) => number) => bounds.reduce((total, each) => total + of(each), 0);
  const variance = sum(({ variance }) => variance);
  const odds = -Math.log(negligible);
  const slack = variance === 0 ? 0 : odds / 3 + Math.sqrt((odds / 3) ** 2 + 2 * variance * odds);
  return Math.floor(
    Math.min(
      sum(({ most }) => most),
      sum(({ mean }) => mean) + slack,
    ) + 1e-6,
  );
}

interface Bound {
  readonly most: number;
  readonly mean: number;
  readonly variance: number;
}

function boundOf(member: Member, subject: Subject, outcomes: readonly Outcome[]): Bound {
  const { cohort, things } = member;
  const ratioOf = (wanted: readonly Outcome[]) =>
    Math.max(
      ...mixturesOf(cohort.profile).map((mixture) =>
        mixture.reduce((sum, [behaviour, ratio]) => {
          const ends = possibleEnds(behaviour, member, subject);
          return ends.some((end) => wanted.includes(end)) ? sum + ratio : sum;
        }, 0),
      ),
    );
  const attempts = (wanted: readonly Outcome[]) =>
    1 +
    retriesAfter(
      subject.job,
      wanted.filter((outcome) => ratioOf([outcome]) > 0),
    );
  const ratio = Math.min(1, ratioOf(outcomes));
  const most = ratio > 0 ? things * attempts(outcomes) : 0;
  const isDrawn = ratio > 0 && ratio < 1 - 1e-9;
  // Things that fail together, or a timer that may or may not be met, can go all one way.
  if (!isDrawn || cohort.profile.correlated !== undefined) return { most, mean: most, variance: 0 };
  const trials = things * attempts(completed);
  return { most, mean: trials * ratio, variance: trials * ratio * (1 - ratio) };
}

/** How many retries a thing can have after attempts that end so (reference §4.2). */
function retriesAfter(job: CreateJobRequest, outcomes: readonly Outcome[]): number {
  const criteria = job.jobExecutionsRetryConfig?.criteriaList ?? [];
  return criteria.reduce((sum, { failureType, numberOfRetries }) => {
    const types = failureType === 'ALL' ? (['FAILED', 'TIMED_OUT'] as const) : [failureType];
    return types.some((type) => outcomes.includes(type)) ? sum + numberOfRetries : sum;
  }, 0);
}

function possibleEnds(
  behaviour: Behaviour,
  { cohort: { profile } }: Member,
  { scenario, job }: Subject,
): readonly Outcome[] {
  const isTimed = hasTimer(profile, job);
  const outcome = undisturbed(behaviour, isTimed);
  if (outcome === undefined) return [];
  if (!isWorking(behaviour) || !isTimed) return [outcome];
  return mayTimeOut(behaviour, profile, scenario, job) ? [outcome, 'TIMED_OUT'] : [outcome];
}

/** Whether work that comes to an end may do so too late: for its length, or for what befalls it. */
function mayTimeOut(
  behaviour: Behaviour,
  profile: Profile,
  { timeline, predict }: Subject['scenario'],
  job: CreateJobRequest,
): boolean {
  const { offline, flapping, dropMidJob } = profile.link;
  const isTroubled =
    behaviour === 'crash-and-resume' ||
    behaviour === 'link-cut-mid-job' ||
    offline !== undefined ||
    flapping !== undefined ||
    dropMidJob > 0 ||
    predict.network.loss > 0 ||
    timeline.some(({ disconnect }) => disconnect !== undefined);
  const timeoutMs = Math.min(timeoutMsOf(job) ?? Infinity, profile.stepTimeout ?? Infinity);
  return isTroubled || shareFrom(durationOf(profile), timeoutMs / 2) > negligible;
}

/** How an execution ends that lasts no longer than it may; undefined when it never completes. */
export function undisturbed(behaviour: Behaviour, isTimed: boolean): Outcome | undefined {
  const ending = endings[behaviour];
  if (ending === 'untouched') return undefined;
  if (ending === 'silent') return isTimed ? 'TIMED_OUT' : undefined;
  if (ending === 'late') return isTimed ? 'TIMED_OUT' : 'SUCCEEDED';
  return ending;
}
