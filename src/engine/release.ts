import type { Millis } from '../base/clock.ts';
import { enqueueExecution } from './changes.ts';
import { joinConcurrency } from './concurrency.ts';
import { endRollout } from './lifecycle.ts';
import { noRetries } from './retry.ts';
import type { JobRecord, World } from './world.ts';

/** Adds things to those that await their release, but none that has had its execution. */
export function addWaiting(world: World, job: JobRecord, thingNames: Iterable<string>): void {
  const { rollout } = job;
  for (const thingName of thingNames) {
    if (!mayHaveExecution(job, thingName) || rollout.waiting.has(thingName)) continue;
    rollout.waiting.add(thingName);
    rollout.targeted += 1;
  }
  if (rollout.waiting.size > 0) world.rollingJobs.add(job);
}

/** A thing gets a job once; again only after it was removed from it (reference §1.3). */
export function mayHaveExecution(job: JobRecord, thingName: string): boolean {
  const latest = job.latest.get(thingName);
  return latest === undefined || latest.status === 'REMOVED';
}

/**
 * Begins or resumes releasing after a delay; a rollout that is under way just goes on. Outside its
 * schedule a job releases nothing, and at the account's limit it waits for its turn.
 */
export function startRollout(world: World, job: JobRecord, delayMs: Millis, now: Millis): void {
  const { rollout } = job;
  if (rollout.waiting.size === 0 || rollout.next !== undefined || job.phase !== 'open') return;
  if (!joinConcurrency(world, job)) return;
  if (delayMs === 0) release(world, job, now);
  else rollout.next = world.agenda.add(now + delayMs, { type: 'release', job });
}

/**
 * One step of the rollout, in the order of reference §14.6: tokens for the time since the last step at
 * the level of then, releases, the level by the totals of now, the next step. Successes between two
 * steps thus raise the rate from here on, and release no burst for the time behind.
 */
export function release(world: World, job: JobRecord, now: Millis): void {
  const { rollout } = job;
  rollout.next = undefined;
  const allowance = rollout.pace.allowance(currentRate(job, now), now);
  for (let released = 0; released < allowance; released++) {
    const thingName = rollout.waiting.take();
    if (thingName === undefined) break;
    rollout.pace.spend(now);
    rollout.notified += 1;
    enqueueExecution(world, job, thingName, noRetries, now);
  }
  if (rollout.waiting.size === 0) {
    endRollout(world, job, now);
    return;
  }
  rollout.pace.raiseLevel(job.settings.jobExecutionsRolloutConfig, rollout);
  const nextAt = rollout.pace.nextAt(currentRate(job, now), now);
  rollout.next = world.agenda.add(nextAt, { type: 'release', job });
}

/** The rate in force; every change of it is kept for observers. */
function currentRate(job: JobRecord, now: Millis): number {
  const { rollout, settings } = job;
  const ratePerMinute = rollout.pace.rate(settings.jobExecutionsRolloutConfig);
  if (rollout.steps.at(-1)?.ratePerMinute !== ratePerMinute) {
    rollout.steps.push({ at: now, ratePerMinute });
  }
  return ratePerMinute;
}
