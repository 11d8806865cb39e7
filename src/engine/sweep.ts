import type { Millis } from '../base/clock.ts';
import { type ExecutionStatus, executionStatuses, mayMove } from '../protocol/status.ts';
import { changeExecution, deleteExecution } from './changes.ts';
import { emitJobEvent } from './events.ts';
import { cancelMover, serviceChange } from './execution.ts';
import { completeIfDone } from './lifecycle.ts';
import type { Sweep } from './state.ts';
import { cancelAppointment, type ExecutionRecord, type JobRecord, type World } from './world.ts';

/** Executions dealt with in one go, so that a job of a million things does not stop the service. */
const batchSize = 1000;
const batchPauseMs = 1;

/** Cancels or deletes a job's executions, thing by thing (reference §14.7, §14.8, endBehavior of §5). */
export function startSweep(world: World, job: JobRecord, kind: Sweep['kind'], now: Millis): void {
  cancelAppointment(world, job.sweepNext);
  job.sweep = { kind, after: -1 };
  continueSweep(world, job, now);
}

export function continueSweep(world: World, job: JobRecord, now: Millis): void {
  const { sweep } = job;
  if (sweep === undefined) return;
  job.sweepNext = undefined;
  const batch = takeBatch(job, sweep);
  for (const execution of batch) sweepExecution(world, execution, sweep.kind, now);
  const last = batch.at(-1);
  if (last !== undefined && batch.length === batchSize) {
    job.sweep = { kind: sweep.kind, after: last.order };
    job.sweepNext = world.agenda.add(now + batchPauseMs, { type: 'sweep', job });
    return;
  }
  job.sweep = undefined;
  if (sweep.kind === 'delete') scheduleDrop(world, job, now);
  else if (job.status === 'CANCELED') emitJobEvent(world, job, 'canceled', now);
  else completeIfDone(world, job, now);
}

/** The end of a deletion: only now is the jobId free. */
export function dropJob(world: World, job: JobRecord, now: Millis): void {
  world.jobs.delete(job.jobId);
  world.deletingJobs.delete(job);
  emitJobEvent(world, job, 'deleted', now);
}

function takeBatch(job: JobRecord, { kind, after }: Sweep): ExecutionRecord[] {
  const batch: ExecutionRecord[] = [];
  for (const execution of job.executions.after(after, sweptStatuses(kind))) {
    batch.push(execution);
    if (batch.length === batchSize) break;
  }
  return batch;
}

function sweptStatuses(kind: Sweep['kind']): readonly ExecutionStatus[] {
  if (kind === 'delete') return executionStatuses;
  const mover = cancelMover(kind === 'force-cancel');
  return executionStatuses.filter((status) => mayMove(status, 'CANCELED', mover));
}

function sweepExecution(
  world: World,
  execution: ExecutionRecord,
  kind: Sweep['kind'],
  now: Millis,
): void {
  if (kind === 'delete') {
    deleteExecution(world, execution, now);
  } else {
    const change = serviceChange(execution, 'CANCELED', kind === 'force-cancel');
    changeExecution(world, execution, change, now);
  }
}

function scheduleDrop(world: World, job: JobRecord, now: Millis): void {
  const { deletionMs } = world.dialect;
  if (deletionMs === 0) dropJob(world, job, now);
  else world.agenda.add(now + deletionMs, { type: 'drop', job });
}
