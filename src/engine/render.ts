import type { Millis } from '../base/clock.ts';
import type { Dialect } from '../protocol/dialect.ts';
import { limits } from '../protocol/limits.ts';
import type {
  ExecutionData,
  ExecutionSummary,
  Seconds,
  StatusDetails,
} from '../protocol/messages.ts';
import type { ExecutionState } from '../protocol/rejections.ts';
import type { Execution, ExecutionTimers } from './state.ts';

const nothing: readonly never[] = [];

/** Being filled in, in the order of its members on the wire: 26 ns an execution, against 340 with spreads that depend. */
type Unfinished<T> = { -readonly [K in keyof T]?: T[K] };

/** Whole seconds, as every time on a device's wire (reference §0.1). */
export function secondsOf(at: Millis): Seconds {
  return Math.floor(at / 1000);
}

/** What a device may see of its list: not what waits for a maintenance window (reference §5). */
export function visiblePending<E extends Execution>(
  worklist: { readonly pending: readonly E[] } | undefined,
): readonly E[] {
  const pending = worklist?.pending ?? nothing;
  return pending.some(isHidden) ? pending.filter((execution) => !isHidden(execution)) : pending;
}

/** Whether an execution waits for the maintenance window of its job; one in progress never does. */
export function isHidden({ status, isHidden: hidden }: Execution): boolean {
  return hidden && status === 'QUEUED';
}

/** Those of a pending list that the topics of a namespace, or the plain ones, tell of (reference §6.1). */
export function pendingIn<E extends Execution>(
  pending: readonly E[],
  namespaceId: string | undefined,
): readonly E[] {
  const isIn = ({ job }: E) => job.namespaceId === namespaceId;
  return pending.every(isIn) ? pending : pending.filter(isIn);
}

/**
 * The next execution as a namespace, or the plain topics, see it: by default the first of all, if it is
 * theirs (reference §6.1).
 */
export function nextIn<E extends Execution>(
  pending: readonly E[],
  namespaceId: string | undefined,
  { namespaceNext }: Pick<Dialect, 'namespaceNext'>,
): E | undefined {
  const [first] = namespaceNext === 'own' ? pendingIn(pending, namespaceId) : pending;
  return first?.job.namespaceId === namespaceId ? first : undefined;
}

/**
 * The front of the pending list that fits a payload: ten, and behind them up to five more of jobs with
 * maintenance windows (reference §5, pending-list sizes).
 */
export function shownPending(pending: readonly Execution[]): {
  readonly inProgress: readonly ExecutionSummary[];
  readonly queued: readonly ExecutionSummary[];
} {
  const inProgress: ExecutionSummary[] = [];
  const queued: ExecutionSummary[] = [];
  for (const execution of fitting(pending)) {
    (execution.status === 'IN_PROGRESS' ? inProgress : queued).push(renderSummary(execution));
  }
  return { inProgress, queued };
}

function fitting(pending: readonly Execution[]): readonly Execution[] {
  const front = pending.slice(0, limits.pendingShownMax);
  if (front.length === pending.length) return front;
  const shownMax = front.length + limits.pendingShownInWindowMax;
  for (let index = limits.pendingShownMax; index < pending.length; index++) {
    const execution = pending[index];
    if (execution !== undefined && hasWindows(execution)) front.push(execution);
    if (front.length === shownMax) break;
  }
  return front;
}

function hasWindows({ job }: Execution): boolean {
  return (job.schedule?.windows.length ?? 0) > 0;
}

function renderSummary(execution: Execution): ExecutionSummary {
  const { startedAt } = execution;
  const summary: Unfinished<ExecutionSummary> = {
    jobId: execution.job.jobId,
    queuedAt: secondsOf(execution.queuedAt),
  };
  if (startedAt !== undefined) summary.startedAt = secondsOf(startedAt);
  summary.lastUpdatedAt = secondsOf(execution.lastUpdatedAt);
  summary.versionNumber = execution.versionNumber;
  summary.executionNumber = execution.executionNumber;
  return summary as ExecutionSummary;
}

/** An execution for notify-next; empty details are left out (reference §6.7). */
export function renderExecution(execution: Execution, now: Millis): ExecutionData {
  return renderData(execution, undefined, true, now);
}

/** An execution as start-next and describe answer it (reference §6.4). */
export function renderDeviceExecution(
  execution: Execution,
  includeDocument: boolean,
  now: Millis,
): ExecutionData {
  return renderData(execution, execution.worklist.thingName, includeDocument, now);
}

/** Members in the order of the guide's examples. */
function renderData(
  execution: Execution,
  thingName: string | undefined,
  includeDocument: boolean,
  now: Millis,
): ExecutionData {
  const { startedAt, statusDetails, job } = execution;
  const seconds = secondsBeforeTimedOut(execution, now);
  const data: Unfinished<ExecutionData> = { jobId: job.jobId };
  if (thingName !== undefined) data.thingName = thingName;
  data.status = execution.status;
  if (statusDetails !== undefined) data.statusDetails = statusDetails;
  data.queuedAt = secondsOf(execution.queuedAt);
  if (startedAt !== undefined) data.startedAt = secondsOf(startedAt);
  data.lastUpdatedAt = secondsOf(execution.lastUpdatedAt);
  if (seconds !== undefined) data.approximateSecondsBeforeTimedOut = seconds;
  data.versionNumber = execution.versionNumber;
  data.executionNumber = execution.executionNumber;
  if (includeDocument) data.jobDocument = job.document;
  return data as ExecutionData;
}

export function renderState(execution: Execution): ExecutionState {
  const { status, statusDetails, versionNumber } = execution;
  return statusDetails === undefined
    ? { status, versionNumber }
    : { status, statusDetails, versionNumber };
}

export function renderDetails(execution: Execution): { readonly statusDetails?: StatusDetails } {
  const { statusDetails } = execution;
  return statusDetails === undefined ? {} : { statusDetails };
}

/** Reference §4.1: only while a timer runs, rounded up, never below 0. */
export function secondsBeforeTimedOut(execution: Execution, now: Millis): Seconds | undefined {
  const deadlineAt = execution.timers && deadlineOf(execution.timers);
  return deadlineAt === undefined ? undefined : Math.max(0, Math.ceil((deadlineAt - now) / 1000));
}

/** The earlier of the two deadlines (reference §4.1). */
export function deadlineOf(timers: ExecutionTimers): Millis | undefined {
  const { inProgressUntil, stepUntil } = timers;
  if (inProgressUntil === undefined) return stepUntil;
  return stepUntil === undefined ? inProgressUntil : Math.min(inProgressUntil, stepUntil);
}
