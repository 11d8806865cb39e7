import type { Millis } from '../base/clock.ts';
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
  if (job.status !== 'IN_PROGRESS') return;
  const { status } = execution;
  if (status !== 'CANCELED' && status !== 'REMOVED') abortIfTripped(world, job, now);
  scheduleRetry(world, execution, now);
  completeIfDone(world, job, now);
}

/** The time of a delayed retry has come; what has changed since may have made it pointless. */
export function retryNow(world: World, execution: ExecutionRecord, now: Millis): void {
  const { job, worklist } = execution;
  job.dueRetries.delete(worklist.thingName);
  const spent = mayRetry(world, execution);
  if (spent !== undefined) enqueueExecution(world, job, worklist.thingName, spent, now);
  else completeIfDone(world, job, now);
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

function scheduleRetry(world: World, execution: ExecutionRecord, now: Millis): void {
  const spent = mayRetry(world, execution);
  if (spent === undefined) return;
  const { job, worklist } = execution;
  const { retryDelayMs } = world.dialect;
  if (retryDelayMs === 0) {
    enqueueExecution(world, job, worklist.thingName, spent, now);
    return;
  }
  const appointment = world.agenda.add(now + retryDelayMs, { type: 'retry', execution });
  job.dueRetries.set(worklist.thingName, appointment);
}

/** Reference §14.4. */
function mayRetry(world: World, execution: ExecutionRecord) {
  const { job, worklist } = execution;
  if (job.status !== 'IN_PROGRESS') return undefined;
  const isStillTarget =
    job.targetSelection === 'CONTINUOUS'
      ? covers(world, job, worklist.thingName)
      : world.things.has(worklist.thingName);
  return isStillTarget ? nextRetry(job.settings.jobExecutionsRetryConfig, execution) : undefined;
}
