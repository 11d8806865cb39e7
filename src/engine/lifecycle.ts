import type { Millis } from '../base/clock.ts';
import { limits } from '../protocol/limits.ts';
import { dropRetry } from './changes.ts';
import { leaveConcurrency } from './concurrency.ts';
import { emitJobEvent } from './events.ts';
import { cancelAppointment, type JobRecord, type World } from './world.ts';

const retentionMs = limits.retentionDays * 86_400_000;

/**
 * A SNAPSHOT job, or any that is past its end, is complete when nothing is left to release, to run or
 * to retry (reference §1.1, §14.5).
 */
export function completeIfDone(world: World, job: JobRecord, now: Millis): void {
  const mayComplete = job.targetSelection === 'SNAPSHOT' || job.phase === 'over';
  if (job.status !== 'IN_PROGRESS' || !mayComplete || job.sweep !== undefined) return;
  const { QUEUED, IN_PROGRESS } = job.counts;
  const left = job.rollout.waiting.size + QUEUED + IN_PROGRESS + job.dueRetries.size;
  if (left > 0 && !job.endedInWindow) return;
  leaveProgress(world, job, now);
  job.status = 'COMPLETED';
  job.completedAt = now;
  job.lastUpdatedAt = now;
  emitJobEvent(world, job, 'completed', now);
}

/** Stops whatever an active job would still start, and sets the day of its purge. */
export function leaveProgress(world: World, job: JobRecord, now: Millis): void {
  world.activeJobs.delete(job);
  cancelAppointment(world, job.scheduleNext);
  job.scheduleNext = undefined;
  startNothingMore(world, job, now);
  job.purge = world.agenda.add(now + retentionMs, { type: 'purge', job });
}

/** Forgets releases and retries that have not happened yet. */
export function startNothingMore(world: World, job: JobRecord, now: Millis): void {
  job.rollout.waiting.clear();
  endRollout(world, job, now);
  for (const thingName of [...job.dueRetries.keys()]) dropRetry(world, job, thingName);
}

/** Nothing waits any more: the job is no longer concurrent (reference §1.1). */
export function endRollout(world: World, job: JobRecord, now: Millis): void {
  pauseRollout(world, job, now);
  if (world.rollingJobs.delete(job)) job.lastUpdatedAt = now;
}

/** Those who wait go on waiting; the rate begins with its first token again (reference §14.6). */
export function pauseRollout(world: World, job: JobRecord, now: Millis): void {
  cancelAppointment(world, job.rollout.next);
  job.rollout.next = undefined;
  job.rollout.pace.restart();
  leaveConcurrency(world, job, now);
}
