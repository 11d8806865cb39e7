import type { Millis } from '../base/clock.ts';
import type { DescribeRequest, ExecutionResponse, PendingLists } from '../protocol/messages.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import { isTerminal } from '../protocol/status.ts';
import { findExecution, isInNamespace, noExecution, noThing } from './lookup.ts';
import {
  nextIn,
  pendingIn,
  renderDeviceExecution,
  shownPending,
  visiblePending,
} from './render.ts';
import type { EngineView } from './state.ts';

// Devices: whole seconds, as on the wire (reference §6.4)

/** GetPendingJobExecutions: of jobs without namespace (reference §6.1). */
export function getPending(view: EngineView, thingName: string): Reply<PendingLists> {
  if (!view.things.has(thingName)) return noThing(thingName);
  const pending = visiblePending(view.worklists.get(thingName));
  const { inProgress, queued } = shownPending(pendingIn(pending, undefined));
  return accepted({ inProgressJobs: inProgress, queuedJobs: queued });
}

/**
 * DescribeJobExecution of the data plane; `$next` stands for the first pending execution. A namespace
 * is that of the topic the request came by.
 */
export function describeExecution(
  view: EngineView,
  thingName: string,
  jobId: string,
  request: DescribeRequest,
  now: Millis,
  namespaceId?: string,
): Reply<ExecutionResponse> {
  if (!view.things.has(thingName)) return noThing(thingName);
  const withDocument = request.includeJobDocument ?? true;
  if (jobId === '$next') {
    const pending = visiblePending(view.worklists.get(thingName));
    const next = nextIn(pending, namespaceId, view.dialect);
    if (next === undefined) return accepted({});
    return accepted({ execution: renderDeviceExecution(next, withDocument, now) });
  }
  const execution = findExecution(view, thingName, jobId, request.executionNumber);
  if (!isInNamespace(execution, namespaceId)) {
    return noExecution(thingName, jobId, request.executionNumber);
  }
  if (isTerminal(execution.status) && view.dialect.terminalDescribe === 'TerminalStateReached') {
    return rejected('TerminalStateReached', `The execution is ${execution.status}.`);
  }
  return accepted({ execution: renderDeviceExecution(execution, withDocument, now) });
}
