import { parseJsonObject } from '../base/json.ts';
import { limits } from './limits.ts';
import {
  accepted,
  type ExecutionState,
  type Rejection,
  type Reply,
  rejected,
} from './rejections.ts';
import { dataPlane } from './service-model.ts';
import type { ExecutionStatus } from './status.ts';
import type { DeviceTopic } from './topics.ts';
import { findViolations, type Violation, violation } from './validation.ts';

export type StatusDetails = Readonly<Record<string, string>>;

/** Whole seconds since the epoch: every time in an MQTT payload (reference §0.1). */
export type Seconds = number;

/** An entry of a pending list; has no document (reference §6.4, get). */
export interface ExecutionSummary {
  readonly jobId: string;
  readonly queuedAt: Seconds;
  readonly startedAt?: Seconds;
  readonly lastUpdatedAt: Seconds;
  readonly versionNumber: number;
  readonly executionNumber: number;
}

/** A job execution as a device sees it. Over MQTT the document is a JSON value, over HTTP a string. */
export interface ExecutionData extends ExecutionSummary {
  readonly thingName?: string;
  readonly status: ExecutionStatus;
  readonly statusDetails?: StatusDetails;
  readonly approximateSecondsBeforeTimedOut?: number;
  readonly jobDocument?: unknown;
}

export interface PendingLists {
  readonly inProgressJobs: readonly ExecutionSummary[];
  readonly queuedJobs: readonly ExecutionSummary[];
}

/** `…/jobs/notify`: the whole pending list; empty lists are left out (reference §6.6). */
export interface NotifyMessage {
  readonly timestamp: Seconds;
  readonly jobs: {
    readonly IN_PROGRESS?: readonly ExecutionSummary[];
    readonly QUEUED?: readonly ExecutionSummary[];
  };
}

/** `…/jobs/notify-next`: no `execution` when nothing is pending (reference §6.7). */
export interface NotifyNextMessage {
  readonly timestamp: Seconds;
  readonly execution?: ExecutionData;
}

/** What start-next and describe answer on `…/accepted`, beside timestamp and clientToken. */
export interface ExecutionResponse {
  readonly execution?: ExecutionData;
}
export interface UpdateResponse {
  readonly executionState?: ExecutionState;
  readonly jobDocument?: unknown;
}

export interface RejectedResponse extends Omit<Rejection, 'resourceId' | 'resourceArn'> {
  readonly clientToken?: string;
  readonly timestamp: Seconds;
}

export interface StartNextRequest {
  readonly statusDetails?: StatusDetails;
  readonly stepTimeoutInMinutes?: number;
}

export interface DescribeRequest {
  readonly executionNumber?: number;
  readonly includeJobDocument?: boolean;
}

export interface UpdateRequest extends StartNextRequest {
  readonly status: string;
  readonly expectedVersion?: number;
  readonly executionNumber?: number;
  readonly includeJobExecutionState?: boolean;
  readonly includeJobDocument?: boolean;
}

/** What a device may send, by operation. All have an optional clientToken. */
export interface DeviceRequests {
  readonly get: Readonly<Record<never, never>>;
  readonly 'start-next': StartNextRequest;
  readonly describe: DescribeRequest;
  readonly update: UpdateRequest;
}

export type DeviceOperation = DeviceTopic['operation'];

export interface ParsedRequest {
  /** Echoed in every answer when the client sent one, also in most rejections. */
  readonly clientToken?: string;
  readonly reply: Reply<DeviceRequests[DeviceOperation]>;
}

const requestShapes: Readonly<Record<DeviceOperation, string>> = {
  get: 'GetPendingJobExecutionsRequest',
  'start-next': 'StartNextPendingJobExecutionRequest',
  describe: 'DescribeJobExecutionRequest',
  update: 'UpdateJobExecutionRequest',
};

/** Members AWS also takes as numeric strings (reference §6.3). */
const numericMembers = ['expectedVersion', 'executionNumber', 'stepTimeoutInMinutes'] as const;

/**
 * Reads the payload of a device's request: InvalidJson when it is no JSON object, InvalidRequest when
 * a member is wrong (reference §6.3–6.4). Zero bytes stand for `{}`. Unknown members are ignored.
 */
export function parseDeviceRequest(topic: DeviceTopic, payload: Uint8Array): ParsedRequest {
  const body = parseJsonObject(payload);
  if (body === undefined) {
    return { reply: rejected('InvalidJson', 'The payload is not a UTF-8 encoded JSON object.') };
  }
  const clientToken = body['clientToken'];
  const request = readMembers(body);
  const violations = tokenViolations(clientToken);
  violations.push(...findDeviceViolations(topic.operation, withUriMembers(request, topic)));
  const reply =
    violations.length > 0
      ? rejected('InvalidRequest', violations.map(({ message }) => message).join('; '))
      : accepted(request as unknown as DeviceRequests[DeviceOperation]);
  return typeof clientToken === 'string' ? { clientToken, reply } : { reply };
}

/** The model's constraints and those only in prose, for both wires of the data plane. */
export function findDeviceViolations(operation: DeviceOperation, request: object): Violation[] {
  const violations = findViolations(dataPlane, requestShapes[operation], request);
  // What get and describe know nothing of may be anything.
  const hasProse = operation === 'start-next' || operation === 'update';
  if (violations.length > 0 || !hasProse) return violations;
  const { statusDetails, stepTimeoutInMinutes } = request as StartNextRequest;
  if (statusDetails !== undefined) violations.push(...statusDetailsViolations(statusDetails));
  if (stepTimeoutInMinutes !== undefined) {
    violations.push(...stepTimeoutViolations(stepTimeoutInMinutes));
  }
  return violations;
}

/** Reference §0.5: at most 10 pairs, values up to 1,024 characters. */
export function* statusDetailsViolations(details: StatusDetails | undefined): Generator<Violation> {
  if (details === undefined) return;
  const path = ['statusDetails'];
  if (Object.keys(details).length > limits.statusDetailsPairsMax) {
    yield violation(
      path,
      details,
      `have length less than or equal to ${limits.statusDetailsPairsMax}`,
    );
  }
  for (const [key, value] of Object.entries(details)) {
    if (value.length > limits.statusDetailsValueMax) {
      yield violation(
        [...path, key],
        value,
        `have length less than or equal to ${limits.statusDetailsValueMax}`,
      );
    }
  }
}

function* stepTimeoutViolations(minutes: number): Generator<Violation> {
  if (minutes === -1) return;
  const path = ['stepTimeoutInMinutes'];
  if (minutes < limits.timeoutMinutesMin) {
    yield violation(
      path,
      minutes,
      `have value greater than or equal to ${limits.timeoutMinutesMin}`,
    );
  } else if (minutes > limits.timeoutMinutesMax) {
    yield violation(path, minutes, `have value less than or equal to ${limits.timeoutMinutesMax}`);
  }
}

function tokenViolations(token: unknown): Violation[] {
  const path = ['clientToken'];
  if (token === undefined || token === null) return [];
  if (typeof token !== 'string') return [violation(path, token, 'be a string')];
  if (token.length <= limits.clientTokenMax) return [];
  return [violation(path, token, `have length less than or equal to ${limits.clientTokenMax}`)];
}

/**
 * What the topic says counts, whatever the payload says. Its members come first and are set again: V8
 * takes 1.4 us, five times a JSON.parse, to append to a copy of what JSON.parse has made.
 */
function withUriMembers(
  request: Readonly<Record<string, unknown>>,
  topic: DeviceTopic,
): Record<string, unknown> {
  const { thingName } = topic;
  if (topic.operation !== 'describe' && topic.operation !== 'update') {
    return Object.assign({ thingName, ...request }, { thingName });
  }
  const { jobId } = topic;
  return Object.assign({ thingName, jobId, ...request }, { thingName, jobId });
}

/** An explicit null stands for an absent member, as over HTTP. The body is ours to change. */
function readMembers(body: Record<string, unknown>): Record<string, unknown> {
  for (const name of Object.keys(body)) {
    if (body[name] === null) delete body[name];
  }
  for (const name of numericMembers) {
    const value = body[name];
    if (typeof value === 'string' && /^-?\d+$/.test(value)) body[name] = Number(value);
  }
  return body;
}
