import type { Millis } from '../base/clock.ts';
import type { ExecutionEventOperation } from '../protocol/events.ts';
import { isTerminal } from '../protocol/status.ts';
import { emitExecutionEvent } from './events.ts';
import { type ExecutionChange, nextVersion } from './execution.ts';
import { withoutPending, withPending } from './pending.ts';
import type { RetriesSpent } from './state.ts';
import { adjustTimers, clearTimers } from './timers.ts';
import { transact } from './transaction.ts';
import {
  cancelAppointment,
  type ExecutionRecord,
  type JobRecord,
  type WorklistRecord,
  type World,
} from './world.ts';

const shortListMax = 16;

/** Queues a new execution: a release, a join or a retry. */
export function enqueueExecution(
  world: World,
  job: JobRecord,
  thingName: string,
  spent: RetriesSpent,
  now: Millis,
): void {
  const worklist = worklistOf(world, thingName);
  const previous = job.latest.get(thingName);
  const used = Math.max(previous?.executionNumber ?? 0, job.numbersUsed.get(thingName) ?? 0);
  const execution: ExecutionRecord = {
    job,
    worklist,
    executionNumber: used + 1,
    order: world.executionsCreated++,
    status: 'QUEUED',
    versionNumber: 1,
    queuedAt: now,
    startedAt: undefined,
    lastUpdatedAt: now,
    statusDetails: undefined,
    forceCanceled: false,
    isHidden: job.phase === 'closed',
    spent,
    previous,
    timers: undefined,
    block: undefined,
  };
  transact(world, worklist, now, () => {
    execution.block = job.executions.append(execution);
    job.latest.set(thingName, execution);
    job.counts.QUEUED += 1;
    worklist.executions = appended(worklist.executions, execution);
    worklist.pending = withPending(worklist.pending, execution);
  });
}

/** Makes an accepted change. What a terminal execution means for its job is for the caller to settle. */
export function changeExecution(
  world: World,
  execution: ExecutionRecord,
  change: ExecutionChange,
  now: Millis,
): void {
  transact(world, execution.worklist, now, () => {
    applyChange(world, execution, change, now);
  });
  announceEnd(world, execution, now);
}

/** The same for several executions of one thing, as one change of its list. */
export function changeExecutions(
  world: World,
  worklist: WorklistRecord,
  changes: ReadonlyMap<ExecutionRecord, ExecutionChange>,
  now: Millis,
): void {
  transact(world, worklist, now, () => {
    for (const [execution, change] of changes) applyChange(world, execution, change, now);
  });
  for (const execution of changes.keys()) announceEnd(world, execution, now);
}

/** Takes an execution out of the records, whatever its status. */
export function deleteExecution(world: World, execution: ExecutionRecord, now: Millis): void {
  const { job, worklist } = execution;
  transact(world, worklist, now, () => {
    clearTimers(world, execution);
    job.counts[execution.status] -= 1;
    job.executions.remove(execution);
    unlink(execution);
    worklist.executions.splice(worklist.executions.indexOf(execution), 1);
    worklist.pending = withoutPending(worklist.pending, execution);
    if (worklist.executions.length === 0) world.worklists.delete(worklist.thingName);
  });
  emitExecutionEvent(world, execution, 'deleted', now);
}

/** Drops a retry that awaits its time, if there is one. */
export function dropRetry(world: World, job: JobRecord, thingName: string): void {
  cancelAppointment(world, job.dueRetries.get(thingName));
  job.dueRetries.delete(thingName);
}

function applyChange(
  world: World,
  execution: ExecutionRecord,
  change: ExecutionChange,
  now: Millis,
): void {
  const { job, worklist } = execution;
  adjustTimers(world, execution, change, now);
  execution.versionNumber = nextVersion(execution, change.status, world.dialect);
  execution.lastUpdatedAt = now;
  execution.statusDetails = change.statusDetails;
  if (change.forceCanceled) execution.forceCanceled = true;
  const before = execution.status;
  if (change.status === before) return;
  job.counts[before] -= 1;
  job.counts[change.status] += 1;
  if (change.status === 'SUCCEEDED') job.rollout.succeeded += 1;
  if (change.status === 'IN_PROGRESS') execution.startedAt = now;
  execution.status = change.status;
  execution.block?.changed(execution, before);
  const rest = withoutPending(worklist.pending, execution);
  worklist.pending = isTerminal(change.status) ? rest : withPending(rest, execution);
}

/** A short list grows by a copy that has no room to spare: most things of a big fleet have one or two. */
function appended<T>(list: T[], item: T): T[] {
  if (list.length < shortListMax) return list.concat(item);
  list.push(item);
  return list;
}

function announceEnd(world: World, execution: ExecutionRecord, now: Millis): void {
  if (!isTerminal(execution.status)) return;
  emitExecutionEvent(
    world,
    execution,
    execution.status.toLowerCase() as ExecutionEventOperation,
    now,
  );
}

/** Takes an execution out of the chain of attempts; its number stays used (reference §1.4). */
function unlink(execution: ExecutionRecord): void {
  const { job, worklist, previous } = execution;
  const { thingName } = worklist;
  const latest = job.latest.get(thingName);
  if (latest !== execution) {
    let later = latest;
    while (later !== undefined && later.previous !== execution) later = later.previous;
    if (later !== undefined) later.previous = previous;
    return;
  }
  const used = Math.max(execution.executionNumber, job.numbersUsed.get(thingName) ?? 0);
  job.numbersUsed.set(thingName, used);
  if (previous === undefined) job.latest.delete(thingName);
  else job.latest.set(thingName, previous);
}

function worklistOf(world: World, thingName: string): WorklistRecord {
  let worklist = world.worklists.get(thingName);
  if (worklist === undefined) {
    worklist = { thingName, executions: [], pending: [] };
    world.worklists.set(thingName, worklist);
  }
  return worklist;
}
