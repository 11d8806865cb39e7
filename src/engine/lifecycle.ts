import type { Millis } from '../base/clock.ts';
import { limits } from '../protocol/limits.ts';
import { dropRetry } from './changes.ts';
import { emitJobEvent } from './events.ts';
import { cancelAppointment, type JobRecord, type World } from './world.ts';

const retentionMs = limits.retentionDays * 86_400_000;

/** A SNAPSHOT job is complete when nothing is left to release, to run or to retry (reference §14.5). */
export function completeIfDone(world: World, job: JobRecord, now: Millis): void {
  if (job.status !== 'IN_PROGRESS' || job.targetSelection !== 'SNAPSHOT') return;
  const { QUEUED, IN_PROGRESS } = job.counts;
  if (job.rollout.waiting.size + QUEUED + IN_PROGRESS + job.dueRetries.size > 0) return;
  leaveProgress(world, job, now);
  job.status = 'COMPLETED';
  job.completedAt = now;
  job.lastUpdatedAt = now;
  emitJobEvent(world, job, 'completed', now);
}

/** Stops whatever a job in IN_PROGRESS would still start, and sets the day of its purge. */
export function leaveProgress(world: World, job: JobRecord, now: Millis): void {
  world.activeJobs.delete(job);
  job.rollout.waiting.clear();
  endRollout(world, job, now);
  for (const thingName of [...job.dueRetries.keys()]) dropRetry(world, job, thingName);
  job.purge = world.agenda.add(now + retentionMs, { type: 'purge', job });
}

/** Nothing waits any more: the job is no longer concurrent (reference §1.1). */
export function endRollout(world: World, job: JobRecord, now: Millis): void {
  cancelAppointment(world, job.rollout.next);
  job.rollout.next = undefined;
  job.rollout.pace.restart();
  if (world.rollingJobs.delete(job)) job.lastUpdatedAt = now;
}
