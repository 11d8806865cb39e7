import type { Millis } from '../base/clock.ts';
import { limits } from '../protocol/limits.ts';
import type { JobRecord, World } from './world.ts';

/** Whether as many jobs roll out as the account allows at once (reference §1.1). */
export function isAtConcurrencyLimit(world: World): boolean {
  return world.concurrentJobs.size >= limits.concurrentJobsMax;
}

/** Counts a job among those that roll out; false puts it at the end of those that wait for that. */
export function joinConcurrency(world: World, job: JobRecord): boolean {
  if (world.concurrentJobs.has(job)) return true;
  if (isAtConcurrencyLimit(world)) {
    world.pausedJobs.add(job);
    return false;
  }
  world.pausedJobs.delete(job);
  world.concurrentJobs.add(job);
  job.rollout.isRunning = true;
  return true;
}

/** A job rolls out no more, for now or for good: the first of those that wait may. */
export function leaveConcurrency(world: World, job: JobRecord, now: Millis): void {
  world.pausedJobs.delete(job);
  job.rollout.isRunning = false;
  if (!world.concurrentJobs.delete(job)) return;
  const [next] = world.pausedJobs;
  if (next === undefined || !joinConcurrency(world, next)) return;
  next.rollout.next = world.agenda.add(now, { type: 'release', job: next });
}
