import type { DeviceRequest, RequestBody } from './io.ts';
import type { Profile } from './profile.ts';
import { flawOf, type Task } from './task.ts';
import { type Flaw, type RequestAction, stepMinutesOf, type Update } from './work-plan.ts';

/** What goes on the wire. */
export function payloadOf({ body, isTorn }: Pick<DeviceRequest, 'body' | 'isTorn'>): string {
  const text = JSON.stringify(body);
  return isTorn === true ? text.slice(0, -1) : text;
}

/** How each client style asks what is pending (reference §6.9). */
export function askRequest(token: string, profile: Profile): DeviceRequest {
  switch (profile.client) {
    case 'describe-next':
      return { operation: 'describe', jobId: '$next', token, body: { clientToken: token } };
    case 'start-next':
      return startNextRequest(token, stepMinutesOf(profile));
    case 'pick':
      return { operation: 'get', token, body: { clientToken: token } };
  }
}

export function describeRequest(
  token: string,
  { jobId, executionNumber }: Pick<Task, 'jobId' | 'executionNumber'>,
): DeviceRequest {
  return { operation: 'describe', jobId, token, body: { executionNumber, clientToken: token } };
}

export function stepRequest(
  token: string,
  task: Task,
  step: RequestAction,
  client: Profile['client'],
): DeviceRequest {
  switch (step.kind) {
    case 'start':
      if (client === 'start-next') return startNextRequest(token, step.stepMinutes);
      return startUpdate(token, task, step.stepMinutes, client === 'pick');
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
  const body: RequestBody = { status: 'IN_PROGRESS', executionNumber, clientToken: token };
  return { operation: 'update', jobId, token, body };
}

const foreignStatus: Readonly<Partial<Record<Flaw, string>>> = {
  'to-queued': 'QUEUED',
  'to-canceled': 'CANCELED',
};

/** With its flaw, as long as it has one. */
function plannedUpdate(token: string, task: Task, step: Update): DeviceRequest {
  const { stepMinutes, statusDetails } = step;
  const flaw = flawOf(task, step);
  const body = updateBody(token, task, (flaw && foreignStatus[flaw]) ?? step.status);
  if (flaw === 'stale-version') body.expectedVersion = task.version - 1;
  if (statusDetails !== undefined) body.statusDetails = statusDetails;
  if (stepMinutes !== undefined) body.stepTimeoutInMinutes = stepMinutes;
  const request: DeviceRequest = { operation: 'update', jobId: task.jobId, token, body };
  return flaw === 'not-json' ? { ...request, isTorn: true } : request;
}

function startUpdate(
  token: string,
  task: Task,
  stepMinutes: number | undefined,
  includesDocument: boolean,
): DeviceRequest {
  const body = updateBody(token, task, 'IN_PROGRESS');
  if (stepMinutes !== undefined) body.stepTimeoutInMinutes = stepMinutes;
  if (includesDocument) body.includeJobDocument = true;
  return { operation: 'update', jobId: task.jobId, token, body };
}

function startNextRequest(token: string, stepMinutes: number | undefined): DeviceRequest {
  const body: DraftBody = { clientToken: token };
  if (stepMinutes !== undefined) body.stepTimeoutInMinutes = stepMinutes;
  return { operation: 'start-next', token, body };
}

type DraftBody = { -readonly [K in keyof RequestBody]: RequestBody[K] };

function updateBody(token: string, task: Task, status: string): DraftBody {
  const { executionNumber, version } = task;
  return {
    status,
    expectedVersion: version,
    executionNumber,
    includeJobExecutionState: true,
    clientToken: token,
  };
}
