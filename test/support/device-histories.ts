import fc from 'fast-check';
import { seededRandom } from '../../src/base/random.ts';
import { Agent } from '../../src/device/agent.ts';
import { behaviourNames } from '../../src/device/behaviours.ts';
import type { DeviceEffect, DeviceInput } from '../../src/device/io.ts';
import { Profile, type ProfileInput } from '../../src/device/profile.ts';
import type { ExecutionData, RejectedResponse } from '../../src/protocol/messages.ts';
import type { DeviceRejectionCode } from '../../src/protocol/rejections.ts';
import { executionStatuses } from '../../src/protocol/status.ts';

/** What the world does next to a device. */
export type Happening =
  /** Out of the blue: it may not apply at all. */
  | { readonly do: 'feed'; readonly input: DeviceInput }
  /** The newest request is answered. */
  | { readonly do: 'accept'; readonly body: unknown }
  | { readonly do: 'reject'; readonly body: RejectedResponse }
  /** The link comes to what it was asked for, or breaks. */
  | { readonly do: 'link-succeeds'; readonly moves: number }
  | { readonly do: 'link-fails' }
  /** Someone pulls the plug of its network for so long. */
  | { readonly do: 'cut'; readonly ms: number }
  | { readonly do: 'wait'; readonly ms: number };

export const anyProfile: fc.Arbitrary<ProfileInput> = fc
  .record({
    outcome: fc.constantFrom(...behaviourNames),
    client: fc.constantFrom('describe-next', 'start-next', 'pick'),
    steps: fc.integer({ min: 0, max: 3 }),
    work: fc.constantFrom('0s', '20s', '2m'),
    dropMidJob: fc.constantFrom('0%', '0%', '100%'),
    hasOffline: fc.constantFrom(false, false, true),
  })
  .filter(({ outcome, client }) => outcome !== 'ignore' || client !== 'start-next')
  .map(({ outcome, client, steps, work, dropMidJob, hasOffline }) => ({
    outcome,
    client,
    work,
    progress: { steps },
    link: { dropMidJob, ...(hasOffline ? { offline: { every: '90s', for: '20s' } } : {}) },
  }));

/** Queued in the same second, so that (jobId, executionNumber) is its identity. */
const anyExecution: fc.Arbitrary<ExecutionData> = fc.record({
  jobId: fc.constantFrom('a', 'b'),
  executionNumber: fc.integer({ min: 1, max: 3 }),
  status: fc.constantFrom('QUEUED', 'QUEUED', 'IN_PROGRESS', 'CANCELED'),
  versionNumber: fc.integer({ min: 1, max: 5 }),
  queuedAt: fc.constant(1),
  lastUpdatedAt: fc.constant(2),
});

/** Mostly the same second: a device ignores news that is older than what it knows. */
const seconds = fc.constantFrom(10, 10, 10, 11, 9);
const executions = fc.array(anyExecution, { maxLength: 2 });
const anyNext = fc.record(
  { timestamp: seconds, execution: anyExecution },
  { requiredKeys: ['timestamp'] },
);
const anyState = fc.record({
  status: fc.constantFrom(...executionStatuses),
  versionNumber: fc.integer({ min: 1, max: 9 }),
});

/** Most bodies have something for every request, the others are anything. */
const anyBody: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record(
      {
        timestamp: seconds,
        execution: anyExecution,
        inProgressJobs: executions,
        queuedJobs: executions,
        executionState: anyState,
      },
      { requiredKeys: ['timestamp', 'execution'] },
    ),
  },
  { weight: 1, arbitrary: fc.record({ timestamp: seconds }) },
  { weight: 1, arbitrary: fc.anything() },
);

const anyRejection: fc.Arbitrary<RejectedResponse> = fc.record(
  {
    code: fc.constantFrom<DeviceRejectionCode>(
      'InvalidJson',
      'InvalidRequest',
      'InvalidStateTransition',
      'ResourceNotFound',
      'VersionMismatch',
      'RequestThrottled',
      'TerminalStateReached',
    ),
    message: fc.constant('no'),
    timestamp: seconds,
    executionState: anyState,
  },
  { requiredKeys: ['code', 'message', 'timestamp'] },
);

const anyNotice: fc.Arbitrary<DeviceInput> = fc.oneof(
  anyNext.map((message): DeviceInput => ({ type: 'notify-next', message })),
  fc
    .record({
      timestamp: seconds,
      jobs: fc.record({ IN_PROGRESS: executions, QUEUED: executions }, { requiredKeys: [] }),
    })
    .map((message): DeviceInput => ({ type: 'notify', message })),
);

const feed = (input: DeviceInput): Happening => ({ do: 'feed', input });

/** What a driver may do: it speaks of the link only as the link goes. */
export const lawfulHappening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .integer({ min: 1, max: 3 })
      .map((moves): Happening => ({ do: 'link-succeeds', moves })),
  },
  { weight: 1, arbitrary: fc.constant<Happening>({ do: 'link-fails' }) },
  { weight: 10, arbitrary: anyBody.map((body): Happening => ({ do: 'accept', body })) },
  { weight: 3, arbitrary: anyRejection.map((body): Happening => ({ do: 'reject', body })) },
  { weight: 5, arbitrary: anyNotice.map(feed) },
  { weight: 1, arbitrary: fc.nat(20_000).map((ms): Happening => ({ do: 'cut', ms })) },
  { weight: 8, arbitrary: fc.nat(20_000).map((ms): Happening => ({ do: 'wait', ms })) },
);

/** Also inputs that do not apply, and answers that nobody waits for. */
export const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 12, arbitrary: lawfulHappening },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<DeviceInput>(
        { type: 'start' },
        { type: 'connected', sessionPresent: true },
        { type: 'connect-failed', reason: 'x' },
        { type: 'disconnected', reason: 'x' },
        { type: 'subscribed' },
        { type: 'subscribe-failed', reason: 'x' },
      )
      .map(feed),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        type: fc.constant('accepted' as const),
        operation: fc.constantFrom('describe', 'update', 'get', 'start-next'),
        token: fc.nat(20).map((value) => value.toString(36)),
        body: anyBody,
      })
      .map(feed),
  },
);

type Request = Extract<DeviceEffect, { type: 'request' }>;

/** Bounds what one wait may cause. */
const wakesMax = 2000;

/** Plays a history to one device, and keeps the books that its driver would keep. */
export class DeviceStage {
  readonly effects: DeviceEffect[] = [];
  /** What broke the contract between a device and its driver. */
  readonly breaches: string[] = [];
  pending: readonly Request[] = [];
  pendingMax = 0;
  readonly #agent: Agent;
  readonly #tokens = new Set<string>();
  #link: 'idle' | 'connecting' | 'connected' | 'ready' | 'closing' = 'idle';
  #now = 0;

  constructor(profile: ProfileInput) {
    this.#agent = new Agent({
      thingName: 'thing-1',
      profile: Profile.parse(profile),
      random: seededRandom('seed'),
      answerTimeoutMs: 30_000,
    });
  }

  /** From power-on to the end of the run. */
  play(history: readonly Happening[]): this {
    this.feed({ type: 'start' });
    this.#wait(0);
    for (const happening of history) this.#happen(happening);
    this.feed({ type: 'stop' });
    return this;
  }

  feed(input: DeviceInput): void {
    if (input.type === 'accepted') this.#settle(input.token);
    this.#take(this.#agent.handle(input, this.#now));
  }

  #happen(happening: Happening): void {
    const newest = this.pending.at(-1);
    switch (happening.do) {
      case 'feed':
        this.feed(happening.input);
        break;
      case 'wait':
        this.#wait(happening.ms);
        break;
      case 'cut':
        this.feed({ type: 'cut', untilAt: this.#now + happening.ms });
        break;
      case 'link-succeeds':
        for (let move = 0; move < happening.moves; move++) this.#moveLink();
        break;
      case 'link-fails':
        this.#closeLink();
        break;
      case 'accept':
        if (newest) this.feed({ ...answerTo(newest), type: 'accepted', body: happening.body });
        break;
      case 'reject':
        if (newest) {
          this.#settle(newest.token);
          this.feed({ ...answerTo(newest), type: 'rejected', body: happening.body });
        }
    }
  }

  #moveLink(): void {
    switch (this.#link) {
      case 'connecting':
        this.#link = 'connected';
        this.feed({ type: 'connected', sessionPresent: false });
        break;
      case 'connected':
        this.#link = 'ready';
        this.feed({ type: 'subscribed' });
        break;
      case 'closing':
        this.#closeLink();
        break;
      case 'idle':
      case 'ready':
    }
  }

  #closeLink(): void {
    if (this.#link === 'idle') return;
    const type = this.#link === 'connecting' ? 'connect-failed' : 'disconnected';
    this.#link = 'idle';
    this.feed({ type, reason: 'x' });
  }

  #wait(ms: number): void {
    const until = this.#now + ms;
    for (let wakes = 0; wakes < wakesMax; wakes++) {
      const at = this.#agent.nextDeadline();
      if (at === undefined || at > until) {
        this.#now = until;
        return;
      }
      this.#now = Math.max(this.#now, at);
      this.#take(this.#agent.wake(this.#now));
    }
    this.breaches.push('spins');
  }

  #settle(token: string): void {
    this.pending = this.pending.filter((request) => request.token !== token);
  }

  #take(effects: readonly DeviceEffect[]): void {
    for (const effect of effects) this.#keepBooks(effect);
    this.effects.push(...effects);
    this.pendingMax = Math.max(this.pendingMax, this.pending.length);
  }

  #keepBooks(effect: DeviceEffect): void {
    const mustBe = (isRight: boolean, breach: string) => {
      if (!isRight) this.breaches.push(breach);
    };
    switch (effect.type) {
      case 'connect':
        mustBe(this.#link === 'idle', 'connects twice');
        this.#link = 'connecting';
        break;
      case 'disconnect':
        mustBe(this.#link !== 'idle' && this.#link !== 'closing', 'disconnects for nothing');
        this.#link = 'closing';
        break;
      case 'subscribe':
        mustBe(this.#link === 'connected', 'subscribes without connection');
        break;
      case 'request':
        mustBe(this.#link === 'ready', 'requests without connection');
        mustBe(!this.#tokens.has(effect.token), 'uses a token twice');
        mustBe(effect.dueAt <= this.#now, 'is early');
        this.#tokens.add(effect.token);
        this.pending = [...this.pending, effect];
        break;
      case 'request-lost':
        mustBe(
          this.pending.some(({ token }) => token === effect.token),
          'loses what it did not wait for',
        );
        this.#settle(effect.token);
        break;
      case 'execution-over':
    }
  }
}

function answerTo({ operation, token }: Request) {
  return { operation, token };
}
