import type { Millis } from '../base/clock.ts';
import type { UpdateRequest, UpdateResponse } from '../protocol/messages.ts';
import { accepted, type ExecutionState, type Reply, rejected } from '../protocol/rejections.ts';
import { isTerminal } from '../protocol/status.ts';
import { changeExecution, deleteExecution, dropRetry } from './changes.ts';
import type { CommandOf, CommandResults } from './commands.ts';
import { decideCancel, decideStart, decideUpdate, findStatusFault } from './execution.ts';
import { completeIfDone } from './lifecycle.ts';
import { findExecution, isInNamespace, noExecution, noThing } from './lookup.ts';
import { nextIn, renderDeviceExecution, renderState, visiblePending } from './render.ts';
import { settle } from './settle.ts';
import type { ExecutionRecord, World } from './world.ts';

/** StartNextPendingJobExecution: one that is in progress is handed out again unchanged (reference §6.4). */
export function startNext(
  world: World,
  { thingName, request }: CommandOf<'start-next'>,
  now: Millis,
): Reply<CommandResults['start-next']> {
  if (!world.things.has(thingName)) return noThing(thingName);
  const pending = visiblePending(world.worklists.get(thingName));
  const execution = nextIn(pending, undefined, world.dialect);
  if (execution === undefined) return accepted({});
  if (execution.status === 'QUEUED') {
    const decision = decideStart(execution, request, world.dialect);
    if (!decision.ok) return decision;
    changeExecution(world, execution, decision.value, now);
  }
  return accepted({ execution: renderDeviceExecution(execution, true, now) });
}

/** UpdateJobExecution (reference §14.2). */
export function updateExecution(
  world: World,
  { thingName, jobId, namespaceId, request }: CommandOf<'update-execution'>,
  now: Millis,
): Reply<CommandResults['update-execution']> {
  const fault = findStatusFault(request, world.dialect);
  if (fault !== undefined) return fault;
  if (!world.things.has(thingName)) return noThing(thingName);
  const execution = findExecution(world, thingName, jobId, request.executionNumber);
  if (!isInNamespace(execution, namespaceId)) {
    return noExecution(thingName, jobId, request.executionNumber);
  }
  const decision = decideUpdate(execution, request, world.dialect);
  if (!decision.ok) return decision;
  changeExecution(world, execution, decision.value, now);
  const reply = accepted(renderUpdated(execution, request));
  if (isTerminal(execution.status)) settle(world, execution, now);
  return reply;
}

function renderUpdated(execution: ExecutionRecord, request: UpdateRequest): UpdateResponse {
  const response: { executionState?: ExecutionState; jobDocument?: unknown } = {};
  if (request.includeJobExecutionState === true) response.executionState = renderState(execution);
  if (request.includeJobDocument === true) response.jobDocument = execution.job.document;
  return response;
}

/** CancelJobExecution acts on the latest attempt. */
export function cancelExecution(
  world: World,
  command: CommandOf<'cancel-execution'>,
  now: Millis,
): Reply<undefined> {
  const { thingName, jobId } = command;
  const execution = findExecution(world, thingName, jobId, undefined);
  if (execution === undefined) return noExecution(thingName, jobId);
  const decision = decideCancel(execution, command, world.dialect);
  if (!decision.ok) return decision;
  changeExecution(world, execution, decision.value, now);
  settle(world, execution, now);
  return accepted(undefined);
}

/** DeleteJobExecution; it may complete the job but never aborts it (reference §3, §7.1). */
export function deleteOneExecution(
  world: World,
  { thingName, jobId, namespaceId, executionNumber, force }: CommandOf<'delete-execution'>,
  now: Millis,
): Reply<undefined> {
  const execution = findExecution(world, thingName, jobId, executionNumber);
  if (!isInNamespace(execution, namespaceId)) {
    return noExecution(thingName, jobId, executionNumber);
  }
  if (!isTerminal(execution.status) && !force) {
    return rejected('InvalidStateTransition', `The execution is ${execution.status}.`);
  }
  const { job } = execution;
  if (job.latest.get(thingName) === execution) dropRetry(world, job, thingName);
  deleteExecution(world, execution, now);
  completeIfDone(world, job, now);
  return accepted(undefined);
}
