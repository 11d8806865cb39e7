import type { Millis } from '../base/clock.ts';
import { limits } from '../protocol/limits.ts';
import { isOpenAt, nextChange, nextOpening, type Schedule } from '../protocol/schedule.ts';
import { isAtConcurrencyLimit } from './concurrency.ts';
import { cancelRunningJob } from './job-end.ts';
import { completeIfDone, pauseRollout, startNothingMore } from './lifecycle.ts';
import { startRollout } from './release.ts';
import { startSweep } from './sweep.ts';
import { startUnveiling } from './visibility.ts';
import type { JobRecord, World } from './world.ts';

/** Makes the first appointment of a new job's schedule; its phase is set already. */
export function startSchedule(world: World, job: JobRecord, now: Millis): void {
  const at = job.schedule && nextChange(job.schedule, now);
  if (at !== undefined) job.scheduleNext = world.agenda.add(at, { type: 'schedule', job });
}

/** The start, the end, or the opening or closing of a window has come, or may have (reference §5). */
export function followSchedule(world: World, job: JobRecord, now: Millis): void {
  const { schedule } = job;
  job.scheduleNext = undefined;
  if (schedule === undefined) return;
  if (schedule.endAt !== undefined && now >= schedule.endAt) {
    end(world, job, schedule, now);
    return;
  }
  const isOpen = isOpenAt(schedule, now);
  if (job.phase === 'before' && isRefused(world, schedule, isOpen, now)) {
    const comment = `The limit of ${limits.concurrentJobsMax} concurrent jobs was reached at the start.`;
    cancelRunningJob(world, job, { force: false, comment }, now);
    return;
  }
  startSchedule(world, job, now);
  if (isOpen && job.phase !== 'open') open(world, job, now);
  else if (!isOpen && job.phase === 'open') close(world, job, schedule, now);
}

/** A job with windows that is to start while the account is at its limit is cancelled (reference §1.1). */
function isRefused(world: World, schedule: Schedule, isOpen: boolean, now: Millis): boolean {
  const isStart = isOpen || schedule.startAt === now;
  return isStart && schedule.windows.length > 0 && isAtConcurrencyLimit(world);
}

function open(world: World, job: JobRecord, now: Millis): void {
  const isStart = job.phase === 'before';
  job.phase = 'open';
  job.status = 'IN_PROGRESS';
  job.lastUpdatedAt = now;
  startUnveiling(world, job, now);
  startRollout(world, job, 0, now);
  if (isStart && world.dialect.emptySnapshot === 'completed') completeIfDone(world, job, now);
}

/** Without another occurrence before its end a job is not SCHEDULED again (reference §1.1). */
function close(world: World, job: JobRecord, schedule: Schedule, now: Millis): void {
  job.phase = 'closed';
  if (nextOpening(schedule, now) !== undefined) job.status = 'SCHEDULED';
  job.lastUpdatedAt = now;
  pauseRollout(world, job, now);
  startUnveiling(world, job, now);
}

/**
 * Nothing starts any more; what is there follows endBehavior. Queued executions that a closed window
 * hid are shown again, as no window will come to let them finish.
 */
function end(world: World, job: JobRecord, { endBehavior, windows }: Schedule, now: Millis): void {
  job.endedInWindow = windows.length > 0 && job.phase === 'open';
  job.phase = 'over';
  job.status = 'IN_PROGRESS';
  job.lastUpdatedAt = now;
  startNothingMore(world, job, now);
  if (endBehavior === 'STOP_ROLLOUT') {
    startUnveiling(world, job, now);
    completeIfDone(world, job, now);
  } else {
    startSweep(world, job, endBehavior === 'CANCEL' ? 'cancel' : 'force-cancel', now);
  }
}
