import type { DeviceOperation, UpdateRequest } from '../protocol/messages.ts';
import type { Profile } from './profile.ts';
import { flawOf, type Task } from './task.ts';
import { type Flaw, type RequestAction, stepMinutesOf, type Update } from './work-plan.ts';

/** What goes on the wire. */
export interface DeviceRequest {
  readonly operation: DeviceOperation;
  /** `$next` or an id; absent for get and start-next. */
  readonly jobId?: string;
  readonly payload: string;
}

/** How each client style asks what is pending (reference §6.9). */
export function askRequest(token: string, profile: Profile): DeviceRequest {
  switch (profile.client) {
    case 'describe-next':
      return { operation: 'describe', jobId: '$next', payload: encode({ clientToken: token }) };
    case 'start-next':
      return startNextRequest(token, stepMinutesOf(profile));
    case 'pick':
      return { operation: 'get', payload: encode({ clientToken: token }) };
  }
}

export function describeRequest(
  token: string,
  { jobId, executionNumber }: Pick<Task, 'jobId' | 'executionNumber'>,
): DeviceRequest {
  return {
    operation: 'describe',
    jobId,
    payload: encode({ executionNumber, clientToken: token }),
  };
}

export function stepRequest(
  token: string,
  task: Task,
  step: RequestAction,
  client: Profile['client'],
): DeviceRequest {
  switch (step.kind) {
    case 'start':
      return client === 'start-next'
        ? startNextRequest(token, step.stepMinutes)
        : updateRequest(token, task, {
            status: 'IN_PROGRESS',
            ...stepTimer(step.stepMinutes),
            ...(client === 'pick' ? { includeJobDocument: true } : {}),
          });
    case 'look':
      return describeRequest(token, task);
    case 'update':
      return plannedUpdate(token, task, step);
  }
}

/** Asks for the way back from a final status. */
export function reopenRequest(
  token: string,
  { jobId, executionNumber }: Pick<Task, 'jobId' | 'executionNumber'>,
): DeviceRequest {
  const payload = encode({ status: 'IN_PROGRESS', executionNumber, clientToken: token });
  return { operation: 'update', jobId, payload };
}

const foreignStatus: Readonly<Partial<Record<Flaw, string>>> = {
  'to-queued': 'QUEUED',
  'to-canceled': 'CANCELED',
};

/** With its flaw, as long as it has one. */
function plannedUpdate(token: string, task: Task, step: Update): DeviceRequest {
  const flaw = flawOf(task, step);
  const request = updateRequest(token, task, {
    status: (flaw && foreignStatus[flaw]) ?? step.status,
    ...(step.statusDetails === undefined ? {} : { statusDetails: step.statusDetails }),
    ...stepTimer(step.stepMinutes),
    ...(flaw === 'stale-version' ? { expectedVersion: task.version - 1 } : {}),
  });
  // Without its closing brace it is no JSON.
  return flaw === 'not-json' ? { ...request, payload: request.payload.slice(0, -1) } : request;
}

function startNextRequest(token: string, stepMinutes: number | undefined): DeviceRequest {
  const payload = encode({ ...stepTimer(stepMinutes), clientToken: token });
  return { operation: 'start-next', payload };
}

function updateRequest(token: string, task: Task, request: UpdateRequest): DeviceRequest {
  const { jobId, executionNumber, version } = task;
  const payload = encode({
    expectedVersion: version,
    executionNumber,
    includeJobExecutionState: true,
    ...request,
    clientToken: token,
  });
  return { operation: 'update', jobId, payload };
}

function stepTimer(stepMinutes: number | undefined): { stepTimeoutInMinutes?: number } {
  return stepMinutes === undefined ? {} : { stepTimeoutInMinutes: stepMinutes };
}

function encode(request: Partial<UpdateRequest> & { readonly clientToken: string }): string {
  return JSON.stringify(request);
}
