import assert from 'node:assert/strict';
import type { Clock, Millis } from '../base/clock.ts';
import { DeviceHost } from '../device/host.ts';
import type { DeviceEffect, ExecutionRecord } from '../device/io.ts';
import type { Thing } from '../device/population.ts';
import { payloadOf } from '../device/requests.ts';
import { withoutPrefix } from '../protocol/names.ts';
import { jobsTopic, requestTopic } from '../protocol/topics.ts';
import { readServiceMessage } from './answers.ts';
import type { Connector, ConnectWindow } from './connect-ramp.ts';
import type { DeviceLink, LinkEvents } from './link.ts';
import type { Meter, Timing } from './meter.ts';
import { NoticeFilter, type NoticeMessage } from './notice-filter.ts';
import { type Paces, paceOf } from './paces.ts';
import { RequestLedger } from './request-ledger.ts';
import { type LinkSurroundings, openThingLink } from './thing-link.ts';
import type { Tracer } from './tracer.ts';
import type { Notice } from './wire.ts';

/** What all sessions of a worker share. */
export interface SessionSurroundings extends LinkSurroundings {
  readonly clock: Clock;
  /** Simulated milliseconds per wall millisecond. */
  readonly clockScale: number;
  readonly meter: Meter;
  /** When the run began; undefined before that. */
  readonly zeroAt: () => Millis | undefined;
  readonly window: ConnectWindow;
  readonly paces: Paces;
  /** What job ids have in front on the wire; nobody outside is told of it. */
  readonly jobIdPrefix: string;
  /** Only where the run is recorded. */
  readonly tracer: Tracer | undefined;
  onNotice(notice: Notice): void;
  onExecution(record: ExecutionRecord & { readonly thing: number }): void;
}

/** Where the session stands with its link. */
type LinkPhase =
  | 'idle'
  /** For its turn in the connect window, and then in the line. */
  | 'waiting'
  | 'connecting'
  | 'connected'
  /** The device has let go; the link is not closed yet. */
  | 'leaving';

type EffectOf<T extends DeviceEffect['type']> = Extract<DeviceEffect, { type: T }>;

/** How long a device waits for an answer: in its own time, but never less than a loaded wire may take. */
const answerTimeoutMs = 10_000;
const answerTimeoutWallMs = 5000;

/** While no connect is under way. */
const noTiming: Timing = { dueAt: 0, sentAt: 0 };

/** Joins one device to its link, carries out what it wants, and measures. */
export class Session implements LinkEvents, Connector {
  readonly #index: number;
  readonly #thingName: string;
  readonly #around: SessionSurroundings;
  readonly #host: DeviceHost;
  readonly #link: DeviceLink;
  readonly #jobsPrefix: string;
  readonly #notices = new NoticeFilter();
  readonly #requests: RequestLedger;
  #phase: LinkPhase = 'idle';
  #hasConnected = false;
  /** How late it was switched on; taken off the due time of its first connect. */
  #startDelayMs = 0;
  #connect: Timing = noTiming;

  constructor(thing: Thing, around: SessionSurroundings) {
    const { thingName, index, cohort, random, group } = thing;
    this.#index = index;
    this.#thingName = thingName;
    this.#around = around;
    this.#requests = new RequestLedger(around.meter);
    this.#jobsPrefix = jobsTopic(thingName, '');
    this.#link = openThingLink(thing, around, this);
    this.#host = new DeviceHost({
      thingName,
      profile: cohort.profile,
      random,
      group,
      zeroAt: around.zeroAt,
      jobIdPrefix: around.jobIdPrefix,
      answerTimeoutMs: Math.max(answerTimeoutMs, answerTimeoutWallMs * around.clockScale),
      clock: around.clock,
      perform: (effect) => this.#carryOut(effect),
    });
  }

  get isConnected(): boolean {
    return this.#phase === 'connected';
  }

  /** Whether no connection is open or on its way. */
  get isIdle(): boolean {
    return this.#phase === 'idle';
  }

  /** Power on. It was due then: our own delay counts as part of the first connect. */
  start(dueAt: Millis): void {
    this.#startDelayMs = this.#around.clock.now() - dueAt;
    this.#host.feed({ type: 'start' });
  }

  cut(untilAt: Millis): void {
    this.#host.feed({ type: 'cut', untilAt });
  }

  /** The device falls silent; what it still waited for is lost. */
  stop(): void {
    this.#host.feed({ type: 'stop' });
    this.#requests.loseAll();
  }

  // Connector

  /** The line comes behind the window: those who got through it together would wait there, and then all go at once. */
  beginConnect(): void {
    const { connects } = this.#around.paces;
    if (connects === undefined) this.#openLink();
    else connects.enter(this.#turnOf('connect'), () => this.#openLink());
  }

  #openLink(): void {
    this.#phase = 'connecting';
    this.#connect = this.#around.meter.begin(this.#connect.dueAt);
    this.#link.connect();
  }

  // LinkEvents

  opening(): void {
    if (this.#phase === 'connecting') {
      this.#connect = this.#around.meter.begin(this.#connect.dueAt);
    }
  }

  connected(sessionPresent: boolean): void {
    if (this.#phase !== 'connecting') return;
    this.#phase = 'connected';
    this.#around.window.leave(this);
    this.#around.meter.end('connect', this.#connect);
    this.#connect = noTiming;
    this.#count('connects/ok');
    if (this.#hasConnected) this.#count('reconnects');
    this.#hasConnected = true;
    this.#host.feed({ type: 'connected', sessionPresent });
  }

  closed(reason: string): void {
    const phase = this.#phase;
    this.#phase = 'idle';
    if (phase === 'connecting') {
      this.#around.window.leave(this);
      this.#count('connects/failed');
      this.#count(`errors/connect/${reason}`);
      this.#host.feed({ type: 'connect-failed', reason });
      return;
    }
    if (phase === 'connected') this.#count(`disconnects/${reason}`);
    this.#host.feed({ type: 'disconnected', reason });
  }

  message(topic: string, payload: Buffer): void {
    if (this.#phase !== 'connected') return;
    this.#count('messages/in');
    this.#count('bytes/in', payload.byteLength);
    if (this.#around.tracer !== undefined) this.#trace('in', topic, payload.toString());
    const message = readServiceMessage(this.#jobsPrefix, topic, payload);
    if (message === undefined) this.#count('messages/unread');
    else if (message.type === 'notify' || message.type === 'notify-next') {
      this.#notice(message, payload);
    } else if (this.#requests.settle(message)) this.#host.feed(message);
  }

  #notice(message: NoticeMessage, payload: Uint8Array): void {
    if (this.#notices.isRepeat(message.type, payload)) this.#count('duplicates/notify');
    const receivedAt = this.#around.clock.now();
    for (const { jobId: wireId, executionNumber } of this.#notices.takeNew(message)) {
      const jobId = withoutPrefix(this.#around.jobIdPrefix, wireId);
      this.#around.onNotice({ thing: this.#index, jobId, executionNumber, receivedAt });
    }
    this.#host.feed(message);
  }

  // Effects

  #carryOut(effect: DeviceEffect): void {
    switch (effect.type) {
      case 'connect':
        this.#enterWindow(effect.dueAt);
        break;
      case 'disconnect':
        this.#leave(effect.graceful);
        break;
      case 'subscribe':
        this.#subscribe(effect);
        break;
      case 'request':
        this.#request(effect);
        break;
      case 'request-lost':
        this.#lose(effect);
        break;
      case 'execution-over':
        this.#endExecution(effect.record);
        break;
    }
  }

  #enterWindow(dueAt: Millis): void {
    assert.equal(this.#phase, 'idle', `${this.#thingName} connects twice`);
    this.#phase = 'waiting';
    this.#connect = { dueAt: dueAt - this.#startDelayMs, sentAt: dueAt };
    this.#startDelayMs = 0;
    this.#around.window.enter(this);
  }

  #leave(graceful: boolean): void {
    const { clock, window, paces } = this.#around;
    const phase = this.#phase;
    if (phase === 'idle' || phase === 'leaving') return;
    this.#phase = 'leaving';
    window.leave(this);
    if (phase === 'waiting') paces.connects?.leave(this.#turnOf('connect'));
    if (phase === 'connected') this.#count('disconnects/requested');
    // There is no link yet that could tell of its end.
    if (phase === 'waiting') clock.schedule(clock.now(), () => this.closed('requested'));
    else this.#link.disconnect(graceful);
  }

  #subscribe({ filters, dueAt }: EffectOf<'subscribe'>): void {
    const { meter } = this.#around;
    const timing = meter.begin(dueAt);
    this.#link.subscribe(filters, (refusal) => {
      meter.end('subscribe', timing);
      if (refusal === undefined) {
        this.#host.feed({ type: 'subscribed' });
      } else {
        this.#count('errors/subscribe/refused');
        this.#host.feed({ type: 'subscribe-failed', reason: refusal });
      }
    });
  }

  #request(request: EffectOf<'request'>): void {
    const pace = paceOf(this.#around.paces, request.operation);
    if (pace === undefined) this.#send(request);
    else pace.enter(this.#turnOf(request.token), () => this.#send(request));
  }

  /** The device waits no longer, be it for an answer or, where it has to stand in line, for its turn. */
  #lose({ operation, token }: EffectOf<'request-lost'>): void {
    const pace = paceOf(this.#around.paces, operation);
    if (pace?.leave(this.#turnOf(token)) === true) this.#count('throttled/unsent');
    else this.#requests.lose(operation, token, this.isConnected);
  }

  #turnOf(what: string): string {
    return `${this.#index}/${what}`;
  }

  #send(request: EffectOf<'request'>): void {
    const { operation, jobId, token, dueAt } = request;
    const payload = payloadOf(request);
    this.#requests.sent(operation, token, dueAt);
    this.#count('messages/out');
    this.#count('bytes/out', Buffer.byteLength(payload));
    const thingName = this.#thingName;
    const topic = requestTopic(
      operation === 'get' || operation === 'start-next'
        ? { operation, thingName }
        : { operation, thingName, jobId: jobId ?? '$next' },
    );
    if (this.#around.tracer !== undefined) this.#trace('out', topic, payload);
    this.#link.publish(topic, payload);
  }

  #endExecution(record: ExecutionRecord): void {
    const { noticedAt, endedAt } = record;
    if (endedAt !== undefined) this.#around.meter.span('execution', endedAt - noticedAt);
    const jobId = withoutPrefix(this.#around.jobIdPrefix, record.jobId);
    this.#around.onExecution({ ...record, jobId, thing: this.#index });
  }

  #trace(direction: 'in' | 'out', topic: string, payload: string): void {
    if (!topic.startsWith(this.#jobsPrefix)) return;
    const thing = { index: this.#index, name: this.#thingName };
    const below = topic.slice(this.#jobsPrefix.length);
    this.#around.tracer?.note(thing, direction, below, payload);
  }

  #count(key: string, n?: number): void {
    this.#around.meter.count(key, n);
  }
}
