import type { Profile } from '../device/profile.ts';
import { shareFrom } from '../device/quantile.ts';
import type { CreateJobRequest } from '../protocol/job-config.ts';
import {
  completed,
  durationOf,
  hasTimer,
  isWorking,
  type Outcome,
  timeoutMsOf,
  undisturbed,
} from './lint-outcome.ts';
import type { Subject } from './lint-subject.ts';

/** Executions of each outcome that a job has on average, once it has run to its end. */
export type Expected = Readonly<Record<Outcome, number>>;

/** Undefined where that depends on the time of the run. Timers are met by the length of the work alone. */
export function expectedOutcomes(subject: Subject, job: CreateJobRequest): Expected | undefined {
  const { members } = subject;
  if (members.some(({ cohort }) => cohort.profile.outcomeOverTime.length > 0)) return undefined;
  const totals = { SUCCEEDED: 0, FAILED: 0, REJECTED: 0, TIMED_OUT: 0 };
  for (const { cohort, things } of members) {
    const shares = attemptShares(cohort.profile, job);
    const attempts = expectedAttempts(shares, job);
    for (const outcome of completed) totals[outcome] += things * attempts * shares[outcome];
  }
  return totals;
}

/** Of one attempt. What is missing to 1 never completes. */
function attemptShares(profile: Profile, job: CreateJobRequest): Expected {
  const shares = { SUCCEEDED: 0, FAILED: 0, REJECTED: 0, TIMED_OUT: 0 };
  const lateShare = shareFrom(durationOf(profile), timeoutMsOf(job) ?? Infinity);
  const isTimed = hasTimer(profile, job);
  for (const [behaviour, ratio] of profile.outcome) {
    const outcome = undisturbed(behaviour, isTimed);
    if (outcome === undefined) continue;
    const late = isWorking(behaviour) ? lateShare : 0;
    shares[outcome] += ratio * (1 - late);
    shares.TIMED_OUT += ratio * late;
  }
  return shares;
}

/** Attempts of a thing on average, each drawn anew: budgets are few, so all ways are gone through. */
function expectedAttempts(shares: Expected, job: CreateJobRequest): number {
  const criteria = job.jobExecutionsRetryConfig?.criteriaList ?? [];
  const budgetOf = (type: 'FAILED' | 'TIMED_OUT') =>
    criteria.find(({ failureType }) => failureType === type)?.numberOfRetries ?? 0;
  const all = criteria.find(({ failureType }) => failureType === 'ALL')?.numberOfRetries;
  const retried = shares.FAILED + shares.TIMED_OUT;
  if (all !== undefined) return geometric(retried, all);
  const walk = (failed: number, timedOut: number): number =>
    1 +
    (failed > 0 && shares.FAILED > 0 ? shares.FAILED * walk(failed - 1, timedOut) : 0) +
    (timedOut > 0 && shares.TIMED_OUT > 0 ? shares.TIMED_OUT * walk(failed, timedOut - 1) : 0);
  return walk(budgetOf('FAILED'), budgetOf('TIMED_OUT'));
}

/** 1 + p + p² + … + p to the power of `retries`. */
function geometric(ratio: number, retries: number): number {
  let sum = 1;
  for (let left = retries; left > 0; left--) sum = 1 + ratio * sum;
  return sum;
}
