import type { Millis } from '../base/clock.ts';
import { enqueueExecution } from './changes.ts';
import { endRollout } from './lifecycle.ts';
import { noRetries } from './retry.ts';
import type { JobRecord, World } from './world.ts';

/** Adds things to those that await their release, but none that has had its execution. */
export function addWaiting(job: JobRecord, thingNames: Iterable<string>): void {
  const { rollout } = job;
  for (const thingName of thingNames) {
    if (!mayHaveExecution(job, thingName) || rollout.waiting.has(thingName)) continue;
    rollout.waiting.add(thingName);
    rollout.targeted += 1;
  }
}

/** A thing gets a job once; again only after it was removed from it (reference §1.3). */
export function mayHaveExecution(job: JobRecord, thingName: string): boolean {
  const latest = job.latest.get(thingName);
  return latest === undefined || latest.status === 'REMOVED';
}

/** Begins or resumes releasing after a delay; a rollout that is under way just goes on. */
export function startRollout(world: World, job: JobRecord, delayMs: Millis, now: Millis): void {
  const { rollout } = job;
  if (rollout.waiting.size === 0 || rollout.next !== undefined) return;
  world.rollingJobs.add(job);
  if (delayMs === 0) release(world, job, now);
  else rollout.next = world.agenda.add(now + delayMs, { type: 'release', job });
}

/** One step of the rollout (reference §14.6). */
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
  const nextAt = rollout.pace.nextAt(currentRate(job, now), now);
  rollout.next = world.agenda.add(nextAt, { type: 'release', job });
}

/** The rate by the totals so far; every change of it is kept for observers. */
function currentRate(job: JobRecord, now: Millis): number {
  const { rollout, settings } = job;
  const ratePerMinute = rollout.pace.rate(settings.jobExecutionsRolloutConfig, rollout);
  if (rollout.steps.at(-1)?.ratePerMinute !== ratePerMinute) {
    rollout.steps.push({ at: now, ratePerMinute });
  }
  return ratePerMinute;
}
