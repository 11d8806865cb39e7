import { formatDuration } from '../../src/base/duration.ts';
import { seededRandom } from '../../src/base/random.ts';
import { DeviceHost } from '../../src/device/host.ts';
import type { DeviceEffect, DeviceInput, ExecutionRecord } from '../../src/device/io.ts';
import { Profile, type ProfileInput } from '../../src/device/profile.ts';
import type { ExecutionResponse, UpdateResponse } from '../../src/protocol/messages.ts';
import type { DeviceRejectionCode, ExecutionState } from '../../src/protocol/rejections.ts';
import { type AnswerInput, FakeThingJobs, type RequestEffect } from './fake-thing-jobs.ts';
import { ManualClock } from './manual-clock.ts';

export interface Refusal {
  readonly code: DeviceRejectionCode;
  readonly executionState?: ExecutionState;
}

const latencyMs = 10;

/**
 * One device and the jobs of its thing on a clock that stands still until told. Everything that passes
 * between them becomes a line: `40s > update job-1 SUCCEEDED v2`, `40s < accepted`.
 */
export class DeviceConversation {
  readonly clock = new ManualClock();
  readonly jobs: FakeThingJobs;
  readonly lines: string[] = [];
  readonly records: ExecutionRecord[] = [];
  readonly requests: RequestEffect[] = [];
  readonly host: DeviceHost;
  /** Requests that the service refuses without looking at the execution. */
  refuses: (request: RequestEffect) => Refusal | undefined = () => undefined;
  /** Requests that are served, but whose answers are lost. */
  losesAnswer: (request: RequestEffect) => boolean = () => false;
  losesNotices = false;
  isReachable = true;
  #isConnected = false;
  #filters: readonly string[] = [];

  constructor(profile: ProfileInput, seed = 'seed', zeroAt?: () => number | undefined) {
    this.jobs = new FakeThingJobs(this.clock, (input) => this.#publish(input));
    this.host = new DeviceHost({
      thingName: 'thing-1',
      profile: Profile.parse({ reboot: '30s', ...profile }),
      random: seededRandom(seed),
      ...(zeroAt === undefined ? {} : { zeroAt }),
      answerTimeoutMs: 30_000,
      clock: this.clock,
      perform: (effect) => this.#perform(effect),
    });
  }

  feed(input: DeviceInput): void {
    this.host.feed(input);
  }

  /** Lets time pass up to `seconds` after the start. */
  runTo(seconds: number): this {
    this.clock.advanceTo(seconds * 1000);
    return this;
  }

  /** What passed since the last call. */
  takeLines(): string[] {
    return this.lines.splice(0);
  }

  #perform(effect: DeviceEffect): void {
    switch (effect.type) {
      case 'connect':
        this.#say('connect');
        this.#later(() => this.#answerConnect());
        break;
      case 'disconnect':
        this.#say(effect.graceful ? 'disconnect' : 'break off');
        this.#isConnected = false;
        this.#filters = [];
        this.#later(() => this.feed({ type: 'disconnected', reason: 'requested' }));
        break;
      case 'subscribe':
        this.#say(
          `subscribe ${effect.filters.map((filter) => filter.split('/').at(-1)).join(' ')}`,
        );
        this.#filters = effect.filters;
        this.#later(() => this.feed({ type: 'subscribed' }));
        break;
      case 'request':
        this.#request(effect);
        break;
      case 'request-lost':
        this.#say(`lost ${effect.operation}`);
        break;
      case 'execution-over':
        this.records.push(effect.record);
        this.#say(describeRecord(effect.record));
    }
  }

  #answerConnect(): void {
    this.#isConnected = this.isReachable;
    this.feed(
      this.isReachable
        ? { type: 'connected', sessionPresent: false }
        : { type: 'connect-failed', reason: 'unreachable' },
    );
  }

  #request(request: RequestEffect): void {
    this.requests.push(request);
    this.#say(`> ${describeRequest(request)}`);
    const refusal = this.refuses(request);
    const reply = (answer: AnswerInput) => {
      if (!this.losesAnswer(request)) this.#later(() => this.#hear(answer));
    };
    if (refusal) reply(refused(request, refusal));
    else this.jobs.take(request, reply);
  }

  #publish(input: DeviceInput): void {
    const isHeard = this.#filters.some((filter) => filter.endsWith(`/${input.type}`));
    if (isHeard && !this.losesNotices) this.#later(() => this.#hear(input));
  }

  #hear(input: DeviceInput): void {
    if (!this.#isConnected) return;
    this.#say(`< ${describeInput(input)}`);
    this.feed(input);
  }

  #later(action: () => void): void {
    this.clock.schedule(this.clock.now() + latencyMs, action);
  }

  #say(line: string): void {
    this.lines.push(`${formatDuration(Math.floor(this.clock.now() / 1000) * 1000)} ${line}`);
  }
}

function refused({ operation, token }: RequestEffect, refusal: Refusal): AnswerInput {
  const body = { message: refusal.code, timestamp: 0, ...refusal };
  return { type: 'rejected', operation, token, body };
}

function describeRequest(request: RequestEffect): string {
  const { operation, jobId } = request;
  const target = jobId === undefined ? '' : ` ${jobId}`;
  return `${operation}${target}${request.isTorn ? ' (not JSON)' : describeAsked(request.body)}`;
}

function describeAsked(body: RequestEffect['body']): string {
  const { status, expectedVersion, statusDetails, stepTimeoutInMinutes } = body;
  return [
    status,
    expectedVersion === undefined ? undefined : `v${expectedVersion}`,
    statusDetails && JSON.stringify(statusDetails),
    stepTimeoutInMinutes && `step ${stepTimeoutInMinutes}m`,
  ]
    .filter((part) => part !== undefined)
    .map((part) => ` ${part}`)
    .join('');
}

function describeInput(input: DeviceInput): string {
  if (input.type === 'rejected') return `rejected ${input.body.code}`;
  if (input.type === 'accepted') return `accepted${describeBody(input.body)}`;
  return `${input.type}${'message' in input ? describeBody(input.message) : ''}`;
}

function describeBody(body: unknown): string {
  const { execution, executionState } = body as ExecutionResponse & UpdateResponse;
  if (execution) return ` ${execution.jobId} ${execution.status} v${execution.versionNumber}`;
  return executionState ? ` ${executionState.status} v${executionState.versionNumber}` : '';
}

function describeRecord(record: ExecutionRecord): string {
  const { jobId, reported, acknowledged, updated, endedAt } = record;
  const flags = [
    reported ?? 'untold',
    acknowledged ? 'acknowledged' : 'unacknowledged',
    updated ? 'updated' : 'not updated',
    ...(endedAt === undefined ? ['unfinished'] : []),
  ];
  return `over ${jobId}: ${flags.join(', ')}`;
}
