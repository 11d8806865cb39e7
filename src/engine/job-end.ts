import type { Millis } from '../base/clock.ts';
import { isActive } from '../protocol/status.ts';
import { emitJobEvent } from './events.ts';
import { leaveProgress } from './lifecycle.ts';
import { startSweep } from './sweep.ts';
import { cancelAppointment, type JobRecord, type World } from './world.ts';

export interface Cancellation {
  readonly force: boolean;
  readonly reasonCode?: string;
  readonly comment?: string;
}

/** An operator, an abort criterion or the account's limit ends an active job (reference §14.7). */
export function cancelRunningJob(
  world: World,
  job: JobRecord,
  cancellation: Cancellation,
  now: Millis,
): void {
  leaveProgress(world, job, now);
  job.status = 'CANCELED';
  job.reasonCode = cancellation.reasonCode;
  job.comment = cancellation.comment ?? job.comment;
  cancelExecutions(world, job, cancellation.force, now);
}

/** The executions of a CANCELED job; with force also those in progress. */
export function cancelExecutions(world: World, job: JobRecord, force: boolean, now: Millis): void {
  job.forceCanceled = force;
  job.lastUpdatedAt = now;
  emitJobEvent(world, job, 'cancellation_in_progress', now);
  startSweep(world, job, force ? 'force-cancel' : 'cancel', now);
}

/** Also how a job ends whose retention is over (reference §1.1, §14.8). */
export function deleteJobRecords(world: World, job: JobRecord, now: Millis): void {
  if (isActive(job.status)) leaveProgress(world, job, now);
  cancelAppointment(world, job.purge);
  job.purge = undefined;
  job.status = 'DELETION_IN_PROGRESS';
  job.lastUpdatedAt = now;
  world.deletingJobs.add(job);
  emitJobEvent(world, job, 'deletion_in_progress', now);
  startSweep(world, job, 'delete', now);
}
