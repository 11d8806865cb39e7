import type { Clock, Millis } from '../../src/base/clock.ts';
import type { DeviceEffect, DeviceInput } from '../../src/device/io.ts';
import { payloadOf } from '../../src/device/requests.ts';
import type {
  ExecutionData,
  RejectedResponse,
  StatusDetails,
} from '../../src/protocol/messages.ts';
import {
  type ExecutionStatus,
  isDeviceStatus,
  isTerminal,
  mayMove,
} from '../../src/protocol/status.ts';

export type RequestEffect = Extract<DeviceEffect, { type: 'request' }>;
export type AnswerInput = Extract<DeviceInput, { type: 'accepted' | 'rejected' }>;

interface StoredExecution {
  readonly jobId: string;
  readonly executionNumber: number;
  readonly queuedAt: Millis;
  readonly timeoutMs: Millis | undefined;
  status: ExecutionStatus;
  version: number;
  statusDetails: StatusDetails | undefined;
  timesOutAt: Millis | undefined;
  stepTimesOutAt: Millis | undefined;
}

/**
 * The jobs of one thing as the reference tells (§1.3–1.5, §4.1, §6), small enough to read: what device
 * tests talk to.
 */
export class FakeThingJobs {
  readonly executions: StoredExecution[] = [];
  readonly #clock: Clock;
  readonly #publish: (input: DeviceInput) => void;
  /** Notices that wait until the request that caused them is answered. */
  #held: DeviceInput[] | undefined;

  constructor(clock: Clock, publish: (input: DeviceInput) => void) {
    this.#clock = clock;
    this.#publish = publish;
  }

  queue(jobId: string, timeoutMs?: Millis): void {
    const executionNumber = 1 + this.executions.filter((each) => each.jobId === jobId).length;
    this.#transact(() =>
      this.executions.push({
        jobId,
        executionNumber,
        queuedAt: this.#clock.now(),
        timeoutMs,
        status: 'QUEUED',
        version: 1,
        statusDetails: undefined,
        timesOutAt: undefined,
        stepTimesOutAt: undefined,
      }),
    );
  }

  /** By force: also what is IN_PROGRESS. */
  cancel(jobId: string): void {
    this.#end(this.#latest(jobId), 'CANCELED');
  }

  statusOf(jobId: string): ExecutionStatus | undefined {
    return this.#latest(jobId)?.status;
  }

  /** Answers first, then publishes what has changed (reference §6.2). */
  take(request: RequestEffect, reply: (answer: AnswerInput) => void): void {
    this.#held = [];
    reply(this.#answer(request));
    const held = this.#held;
    this.#held = undefined;
    for (const input of held) this.#publish(input);
  }

  #answer(effect: RequestEffect): AnswerInput {
    const { operation, jobId, token } = effect;
    const request = parse(payloadOf(effect));
    const answer = request ? this.#serve(operation, jobId, request) : refusal('InvalidJson');
    const body = { ...answer, timestamp: this.#seconds() };
    return 'code' in answer
      ? {
          type: 'rejected',
          operation,
          token: request ? token : undefined,
          body: body as RejectedResponse,
        }
      : { type: 'accepted', operation, token, body };
  }

  #serve(operation: string, jobId: string | undefined, request: Record<string, unknown>): object {
    if (operation === 'get') return this.#lists();
    if (operation === 'start-next') return this.#startNext(request);
    if (operation === 'describe' && jobId === '$next') return this.#next();
    const execution = this.executions.findLast(
      (each) =>
        each.jobId === jobId &&
        (request['executionNumber'] ?? each.executionNumber) === each.executionNumber,
    );
    if (execution === undefined) return refusal('ResourceNotFound');
    if (operation === 'update') return this.#update(execution, request);
    if (isTerminal(execution.status)) return refusal('TerminalStateReached');
    return { execution: this.#data(execution) };
  }

  #update(execution: StoredExecution, request: Record<string, unknown>): object {
    const { status, expectedVersion, statusDetails, stepTimeoutInMinutes } = request;
    if (typeof status !== 'string' || !isDeviceStatus(status)) return refusal('InvalidRequest');
    if (expectedVersion !== undefined && expectedVersion !== execution.version) {
      return { ...refusal('VersionMismatch'), executionState: stateOf(execution) };
    }
    if (!mayMove(execution.status, status, 'update')) {
      return { ...refusal('InvalidStateTransition'), executionState: stateOf(execution) };
    }
    this.#transact(() => {
      if (execution.status === 'QUEUED' && status === 'IN_PROGRESS') this.#start(execution);
      execution.status = status;
      execution.version++;
      if (statusDetails) execution.statusDetails = statusDetails as StatusDetails;
      this.#setStepTimer(execution, stepTimeoutInMinutes);
    });
    return { executionState: stateOf(execution) };
  }

  #startNext({ stepTimeoutInMinutes }: Record<string, unknown>): object {
    const [first] = this.#pending();
    if (first?.status === 'QUEUED') {
      this.#start(first);
      first.status = 'IN_PROGRESS';
      first.version++;
      this.#setStepTimer(first, stepTimeoutInMinutes);
    }
    return this.#next();
  }

  #start(execution: StoredExecution): void {
    if (execution.timeoutMs === undefined) return;
    execution.timesOutAt = this.#clock.now() + execution.timeoutMs;
    this.#clock.schedule(execution.timesOutAt, () => this.#end(execution, 'TIMED_OUT'));
  }

  #setStepTimer(execution: StoredExecution, minutes: unknown): void {
    if (typeof minutes !== 'number') return;
    const at = this.#clock.now() + minutes * 60_000;
    execution.stepTimesOutAt = at;
    this.#clock.schedule(at, () => {
      if (execution.stepTimesOutAt === at) this.#end(execution, 'TIMED_OUT');
    });
  }

  #end(execution: StoredExecution | undefined, status: ExecutionStatus): void {
    if (execution === undefined || isTerminal(execution.status)) return;
    this.#transact(() => {
      execution.status = status;
      execution.version++;
    });
  }

  /** Compares the pending list before and after, as reference §14.1 has it. */
  #transact(change: () => void): void {
    const before = this.#pending();
    change();
    const after = this.#pending();
    const isChanged =
      before.length !== after.length || before.some((each) => !after.includes(each));
    const message = { timestamp: this.#seconds() };
    const notices: DeviceInput[] = [];
    if (isChanged) {
      const { inProgressJobs, queuedJobs } = this.#lists();
      const jobs = { IN_PROGRESS: inProgressJobs, QUEUED: queuedJobs };
      notices.push({ type: 'notify', message: { ...message, jobs } });
    }
    if (before[0] !== after[0]) {
      notices.push({ type: 'notify-next', message: { ...message, ...this.#next() } });
    }
    if (this.#held) this.#held.push(...notices);
    else for (const notice of notices) this.#publish(notice);
  }

  #pending(): StoredExecution[] {
    const of = (status: ExecutionStatus) =>
      this.executions.filter((each) => each.status === status);
    return [...of('IN_PROGRESS'), ...of('QUEUED')];
  }

  #lists() {
    const of = (status: ExecutionStatus) =>
      this.#pending()
        .filter((each) => each.status === status)
        .map((each) => this.#data(each));
    return { inProgressJobs: of('IN_PROGRESS'), queuedJobs: of('QUEUED') };
  }

  #next(): { execution?: ExecutionData } {
    const [first] = this.#pending();
    return first ? { execution: this.#data(first) } : {};
  }

  #data(execution: StoredExecution): ExecutionData {
    const { jobId, status, version, executionNumber, timesOutAt } = execution;
    const seconds = Math.floor(execution.queuedAt / 1000);
    return {
      jobId,
      status,
      versionNumber: version,
      executionNumber,
      queuedAt: seconds,
      lastUpdatedAt: seconds,
      ...(timesOutAt === undefined
        ? {}
        : {
            approximateSecondsBeforeTimedOut: Math.ceil((timesOutAt - this.#clock.now()) / 1000),
          }),
    };
  }

  #latest(jobId: string): StoredExecution | undefined {
    return this.executions.findLast((each) => each.jobId === jobId);
  }

  #seconds(): number {
    return Math.floor(this.#clock.now() / 1000);
  }
}

function stateOf({ status, version }: StoredExecution) {
  return { status, versionNumber: version };
}

function refusal(code: string) {
  return { code, message: code };
}

function parse(payload: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
