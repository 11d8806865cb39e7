import type { Dialect } from '../protocol/dialect.ts';
import { limits } from '../protocol/limits.ts';
import type { StartNextRequest, StatusDetails, UpdateRequest } from '../protocol/messages.ts';
import { accepted, type Rejection, type Reply, rejected } from '../protocol/rejections.ts';
import {
  type ExecutionStatus,
  isDeviceStatus,
  isTerminal,
  type Mover,
  mayMove,
} from '../protocol/status.ts';
import { isHidden, renderState } from './render.ts';
import type { Execution } from './state.ts';

/** One accepted move of an execution. */
export interface ExecutionChange {
  readonly status: ExecutionStatus;
  readonly statusDetails: StatusDetails | undefined;
  /** As in the request: absent leaves the step timer, −1 clears it. */
  readonly stepTimeoutInMinutes?: number;
  readonly forceCanceled?: true;
}

/** The part of the validation that needs no execution: a status only the service sets (register C3). */
export function findStatusFault(
  request: UpdateRequest,
  dialect: Dialect,
): { readonly ok: false; readonly rejection: Rejection } | undefined {
  if (isDeviceStatus(request.status) || dialect.foreignStatus !== 'InvalidRequest')
    return undefined;
  return rejected('InvalidRequest', `A device may not set the status ${request.status}.`);
}

/** UpdateJobExecution of an execution that was found: version, then state (reference §14.2). */
export function decideUpdate(
  current: Execution,
  request: UpdateRequest,
  dialect: Dialect,
): Reply<ExecutionChange> {
  const { expectedVersion, status } = request;
  if (expectedVersion !== undefined && expectedVersion !== current.versionNumber) {
    return rejected('VersionMismatch', versionMessage(expectedVersion, current), {
      executionState: renderState(current),
    });
  }
  if (isTerminal(current.status) && dialect.terminalUpdate === 'TerminalStateReached') {
    return rejected('TerminalStateReached', `The execution is ${current.status}.`);
  }
  if (!isDeviceStatus(status) || !mayMove(current.status, status, 'update')) {
    return illegalMove(current, status);
  }
  if (isHidden(current) && dialect.hiddenUpdate === 'InvalidStateTransition') {
    return rejected(
      'InvalidStateTransition',
      'The execution waits for the next maintenance window of its job.',
      { executionState: renderState(current) },
    );
  }
  const details = nextDetails(current, request.statusDetails, dialect);
  if (!details.ok) return details;
  return accepted({ status, statusDetails: details.value, ...stepTimeout(request) });
}

/** StartNextPendingJobExecution of a QUEUED execution. */
export function decideStart(
  current: Execution,
  request: StartNextRequest,
  dialect: Dialect,
): Reply<ExecutionChange> {
  const details = nextDetails(current, request.statusDetails, dialect);
  if (!details.ok) return details;
  return accepted({
    status: 'IN_PROGRESS',
    statusDetails: details.value,
    ...stepTimeout(request),
  });
}

/** CancelJobExecution (reference §7.1): version, then state. */
export function decideCancel(
  current: Execution,
  request: {
    readonly force: boolean;
    readonly expectedVersion?: number;
    readonly statusDetails?: StatusDetails;
  },
  dialect: Dialect,
): Reply<ExecutionChange> {
  const { expectedVersion, force } = request;
  if (expectedVersion !== undefined && expectedVersion !== current.versionNumber) {
    return rejected('VersionConflict', versionMessage(expectedVersion, current));
  }
  if (!mayMove(current.status, 'CANCELED', cancelMover(force))) {
    return illegalMove(current, 'CANCELED');
  }
  const details = nextDetails(current, request.statusDetails, dialect);
  if (!details.ok) return details;
  return accepted({
    status: 'CANCELED',
    statusDetails: details.value,
    ...(force ? { forceCanceled: true } : {}),
  });
}

/** A move the service makes by itself; the details stay as they are. */
export function serviceChange(
  current: Execution,
  status: 'CANCELED' | 'TIMED_OUT' | 'REMOVED',
  force = false,
): ExecutionChange {
  return {
    status,
    statusDetails: current.statusDetails,
    ...(force ? { forceCanceled: true } : {}),
  };
}

export function cancelMover(force: boolean): Mover {
  return force ? 'force-cancel' : 'cancel';
}

/** The version after a change: devices always raise it, the service by the dialect (register C4). */
export function nextVersion(current: Execution, status: ExecutionStatus, dialect: Dialect): number {
  const isKept = dialect.versionOnServiceChange === 'keep' && !isDeviceStatus(status);
  return isKept ? current.versionNumber : current.versionNumber + 1;
}

function versionMessage(expected: number, current: Execution): string {
  return `Expected version ${expected} but found version ${current.versionNumber}`;
}

function illegalMove(current: Execution, status: string) {
  return rejected(
    'InvalidStateTransition',
    `The execution cannot go from ${current.status} to ${status}.`,
    { executionState: renderState(current) },
  );
}

function stepTimeout(request: StartNextRequest): { readonly stepTimeoutInMinutes?: number } {
  const { stepTimeoutInMinutes } = request;
  return stepTimeoutInMinutes === undefined ? {} : { stepTimeoutInMinutes };
}

/** Reference §1.6, register C5. No details at all are undefined, never an empty map. */
function nextDetails(
  current: Execution,
  given: StatusDetails | undefined,
  dialect: Dialect,
): Reply<StatusDetails | undefined> {
  if (given === undefined) return accepted(current.statusDetails);
  const details =
    dialect.statusDetailsUpdate === 'merge' ? { ...current.statusDetails, ...given } : given;
  const pairs = Object.keys(details).length;
  if (pairs > limits.statusDetailsPairsMax) {
    return rejected('InvalidRequest', `statusDetails would have ${pairs} pairs.`);
  }
  return accepted(pairs === 0 ? undefined : details);
}
