import type { Millis } from '../base/clock.ts';
import { nextOpening } from '../protocol/schedule.ts';
import { isActive } from '../protocol/status.ts';
import { abortComment, findTrip } from './abort.ts';
import { changeExecution, enqueueExecution } from './changes.ts';
import { serviceChange } from './execution.ts';
import { cancelRunningJob } from './job-end.ts';
import { completeIfDone } from './lifecycle.ts';
import { nextRetry } from './retry.ts';
import { covers } from './targets.ts';
import type { ExecutionRecord, JobRecord, World } from './world.ts';

/** The in-progress or step timer of an execution has run out (reference §4.1). */
export function timeOut(world: World, execution: ExecutionRecord, now: Millis): void {
  changeExecution(world, execution, serviceChange(execution, 'TIMED_OUT'), now);
  settle(world, execution, now);
}

/** What a terminal execution means for its job: abort, then retry, then completion (reference §14.1). */
export function settle(world: World, execution: ExecutionRecord, now: Millis): void {
  const { job } = execution;
  if (!isActive(job.status)) return;
  const { status } = execution;
  if (status !== 'CANCELED' && status !== 'REMOVED') abortIfTripped(world, job, now);
  planRetry(world, execution, now + world.dialect.retryDelayMs, now);
  completeIfDone(world, job, now);
}

/** The time of a delayed retry has come; what has changed since may have made it pointless. */
export function retryNow(world: World, execution: ExecutionRecord, now: Millis): void {
  const { job, worklist } = execution;
  job.dueRetries.delete(worklist.thingName);
  planRetry(world, execution, now, now);
  completeIfDone(world, job, now);
}

function abortIfTripped(world: World, job: JobRecord, now: Millis): void {
  const trip = findTrip(job, world.dialect, now);
  const criterion = trip && job.settings.abortConfig?.criteriaList[trip.criterion];
  if (trip === undefined || criterion === undefined) return;
  job.trip = trip;
  const reasonCode = world.dialect.abortReasonCode;
  const comment = abortComment(criterion, trip.executed);
  cancelRunningJob(world, job, { force: false, reasonCode, comment }, now);
}

/** Queues the next attempt if there is to be one; between windows it waits for the next (reference §4.2). */
function planRetry(world: World, execution: ExecutionRecord, dueAt: Millis, now: Millis): void {
  const spent = mayRetry(world, execution);
  if (spent === undefined) return;
  const { job, worklist } = execution;
  const resumesAt = whenResumed(job, now);
  if (resumesAt === undefined) return;
  const at = Math.max(resumesAt, dueAt);
  if (at === now) {
    enqueueExecution(world, job, worklist.thingName, spent, now);
    return;
  }
  const appointment = world.agenda.add(at, { type: 'retry', execution });
  job.dueRetries.set(worklist.thingName, appointment);
}

/** Now, or the next opening. One at this very moment counts: the schedule may come to it after this. */
function whenResumed({ phase, schedule }: JobRecord, now: Millis): Millis | undefined {
  return phase === 'closed' && schedule !== undefined ? nextOpening(schedule, now - 1) : now;
}

/** Reference §14.4. */
function mayRetry(world: World, execution: ExecutionRecord) {
  const { job, worklist } = execution;
  if (!isActive(job.status) || job.phase === 'over') return undefined;
  const isStillTarget =
    job.targetSelection === 'CONTINUOUS'
      ? covers(world, job, worklist.thingName)
      : world.things.has(worklist.thingName);
  return isStillTarget ? nextRetry(job.settings.jobExecutionsRetryConfig, execution) : undefined;
}
