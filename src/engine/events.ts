import type { Millis } from '../base/clock.ts';
import type {
  EventProcessDetails,
  ExecutionEventOperation,
  JobEventOperation,
} from '../protocol/events.ts';
import { renderDetails, secondsOf } from './render.ts';
import type { Execution, Job } from './state.ts';
import { drawUuid, thingArn, type World } from './world.ts';

/** Tells of a job, if its events are enabled (reference §6.8). */
export function emitJobEvent(
  world: World,
  job: Job,
  operation: JobEventOperation,
  now: Millis,
): void {
  if (!world.events.enabled.JOB) return;
  const { description } = job.settings;
  const time = (at: Millis) =>
    world.dialect.eventTimes === 'seconds' ? secondsOf(at) : Math.floor(at);
  world.outbox.push({
    type: 'event',
    event: {
      eventType: 'JOB',
      eventId: drawUuid(world),
      timestamp: secondsOf(now),
      operation,
      jobId: job.jobId,
      status: operation.toUpperCase(),
      targetSelection: job.targetSelection,
      targets: job.targets,
      ...(description === undefined ? {} : { description }),
      ...(operation === 'completed' && job.completedAt !== undefined
        ? { completedAt: time(job.completedAt) }
        : {}),
      createdAt: time(job.createdAt),
      lastUpdatedAt: time(job.lastUpdatedAt),
      ...(job.comment === undefined ? {} : { comment: job.comment }),
      ...(job.forceCanceled ? { forceCanceled: true } : {}),
      ...(operation === 'completed' || operation === 'canceled'
        ? { jobProcessDetails: eventDetails(job) }
        : {}),
    },
  });
}

/** Tells that an execution ended, or was deleted in the status it has. */
export function emitExecutionEvent(
  world: World,
  execution: Execution,
  operation: ExecutionEventOperation,
  now: Millis,
): void {
  if (!world.events.enabled.JOB_EXECUTION) return;
  world.outbox.push({
    type: 'event',
    event: {
      eventType: 'JOB_EXECUTION',
      eventId: drawUuid(world),
      timestamp: secondsOf(now),
      operation,
      jobId: execution.job.jobId,
      thingArn: thingArn(world, execution.worklist.thingName),
      status: execution.status,
      ...renderDetails(execution),
    },
  });
}

function eventDetails({ counts }: Job): EventProcessDetails {
  return {
    numberOfCanceledThings: counts.CANCELED,
    numberOfRejectedThings: counts.REJECTED,
    numberOfFailedThings: counts.FAILED,
    numberOfRemovedThings: counts.REMOVED,
    numberOfSucceededThings: counts.SUCCEEDED,
    numberOfTimedOutThings: counts.TIMED_OUT,
  };
}
