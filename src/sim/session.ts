import type { Cancel, Clock, Millis } from '../base/clock.ts';
import { DeviceHost } from '../device/host.ts';
import type { DeviceEffect, DeviceInput, ExecutionRecord } from '../device/io.ts';
import type { Thing } from '../device/population.ts';
import type { Effect } from '../engine/commands.ts';
import type { DeviceOperation } from '../protocol/messages.ts';
import type { Answer, DeviceRequest } from './gateway.ts';
import { isRandom, Lane, type Network } from './network.ts';
import type { Traffic } from './traffic.ts';
import type { VirtualClock } from './world.ts';

export type NoticeEffect = Extract<Effect, { type: 'notify' | 'notify-next' }>;

/** What all sessions share. */
export interface Surroundings {
  readonly clock: VirtualClock;
  readonly network: Network;
  readonly traffic: Traffic;
  /** When the run began; undefined before that. */
  readonly zeroAt: () => Millis | undefined;
  /** Puts a request to the service; it answers at once. */
  serve(thing: Thing, request: DeviceRequest, answer: (answer: Answer) => void): void;
  onExecution(thing: Thing, record: ExecutionRecord): void;
  /** A device whose execution is over waits for nothing but news: it could begin anew, unnoticed. */
  onResting(thing: Thing): void;
}

interface Pending {
  readonly operation: DeviceOperation;
  readonly token: string;
}

/** What travels between a device and the service, either way. */
type Parcel = DeviceRequest | Answer | Extract<DeviceInput, { type: 'notify' | 'notify-next' }>;

/** How long a device waits for an answer, in its own time; as in a live run. */
const answerTimeoutMs = 10_000;
/** A device has one request on its way and a few chasers. */
const noneUnderWay: readonly Pending[] = [];
/** What a broker keeps for one client that is away; the oldest go first. */
const storedMax = 100;

/** Joins one device to the service over a modelled network. */
export class SimulatedSession implements Clock {
  readonly #thing: Thing;
  readonly #around: Surroundings;
  readonly #host: DeviceHost;
  readonly #up: Lane;
  readonly #down: Lane;
  #phase: 'off' | 'connecting' | 'connected' = 'off';
  #isSubscribed = false;
  /** Number of the connection: what belongs to an older one is lost. */
  #connection = 0;
  #underWay: readonly Pending[] = noneUnderWay;
  /** Messages on the modelled wire, either way. */
  #onWire = 0;
  #stored: NoticeEffect[] | undefined;
  #hasConnected = false;
  #hasEnded = false;
  /** Whether it ever lost its connection by itself: it then has drawn from its backoff. */
  #hasDropped = false;
  #isBeingCut = false;
  /** The instant it is at while it lives through what lies behind us. */
  #pastAt: Millis | undefined;

  constructor(thing: Thing, around: Surroundings) {
    const { thingName, cohort, random, group } = thing;
    const { network, clock } = around;
    const stream = isRandom(network) ? random.fork(`network/${clock.now()}`) : undefined;
    this.#thing = thing;
    this.#around = around;
    this.#up = new Lane(network, stream);
    this.#down = new Lane(network, stream);
    this.#host = new DeviceHost({
      thingName,
      profile: cohort.profile,
      random,
      group,
      zeroAt: around.zeroAt,
      answerTimeoutMs,
      clock: this,
      perform: (effect) => this.#perform(effect),
    });
  }

  // The device's clock

  now(): Millis {
    return this.#pastAt ?? this.#around.clock.now();
  }

  schedule(at: Millis, action: () => void): Cancel {
    return this.#around.clock.schedule(at, action);
  }

  /** Power on; `at` may lie behind us. */
  start(at: Millis): void {
    this.#pastAt = Math.min(at, this.#around.clock.now());
    this.#feed({ type: 'start' });
    this.#pastAt = undefined;
  }

  /**
   * Up and idle by now: its first connection, and its question to which the answer was that nothing is
   * pending, lie behind us. Counting them is for the caller.
   */
  resume(connectedAt: Millis): void {
    this.#feed({ type: 'resume', connectedAt });
    this.#hasConnected = true;
    this.#phase = 'connected';
    this.#isSubscribed = true;
  }

  cut(untilAt: Millis): void {
    this.#isBeingCut = true;
    this.#feed({ type: 'cut', untilAt });
    this.#isBeingCut = false;
  }

  stop(): void {
    this.#feed({ type: 'stop' });
    for (const { operation } of this.#underWay) this.#around.traffic.lost(operation);
    this.#underWay = noneUnderWay;
    this.#connection++;
  }

  /** The service publishes to the device. */
  notify(effect: NoticeEffect): void {
    const { client, session } = this.#thing.cohort.profile;
    if ((client === 'pick') !== (effect.type === 'notify')) return;
    if (this.#isSubscribed) {
      if (this.#phase === 'connected') this.#publish(effect);
    } else if (session === 'persistent' && this.#stored !== undefined) {
      this.#stored = [...this.#stored, effect].slice(-storedMax);
    }
  }

  #publish({ type, message }: NoticeEffect): void {
    this.#around.traffic.notices++;
    if (type === 'notify-next' && message.execution !== undefined) this.#around.traffic.document();
    this.#send(type === 'notify' ? { type, message } : { type, message });
  }

  #feed(input: DeviceInput): void {
    this.#host.feed(input);
    if (this.#isResting()) this.#around.onResting(this.#thing);
  }

  #isResting(): boolean {
    return (
      this.#hasEnded &&
      !this.#hasDropped &&
      this.#phase === 'connected' &&
      this.#underWay.length === 0 &&
      this.#onWire === 0 &&
      !this.#host.isArmed
    );
  }

  // Effects

  #perform(effect: DeviceEffect): void {
    switch (effect.type) {
      case 'connect':
        this.#connect();
        break;
      case 'disconnect':
        this.#disconnect();
        break;
      case 'subscribe':
        this.#subscribe();
        break;
      case 'request':
        this.#request(effect);
        break;
      case 'request-lost':
        if (this.#take(effect.operation, effect.token)) this.#around.traffic.lost(effect.operation);
        break;
      case 'execution-over':
        this.#hasEnded = true;
        this.#around.onExecution(this.#thing, effect.record);
        break;
    }
  }

  #connect(): void {
    const { clock } = this.#around;
    this.#phase = 'connecting';
    const connection = ++this.#connection;
    clock.post(this.#up.roundTrip(clock.now()), () => {
      if (connection === this.#connection) this.#connected();
    });
  }

  #connected(): void {
    const { clock, traffic } = this.#around;
    const stored = this.#stored;
    this.#phase = 'connected';
    this.#stored = undefined;
    traffic.connected(clock.now(), this.#hasConnected);
    this.#hasConnected = true;
    this.#feed({ type: 'connected', sessionPresent: stored !== undefined });
    if (stored === undefined) return;
    this.#isSubscribed = true;
    for (const effect of stored) this.#publish(effect);
  }

  #disconnect(): void {
    const { clock, traffic } = this.#around;
    if (this.#phase === 'connected') {
      traffic.disconnected(clock.now());
      if (this.#thing.cohort.profile.session === 'persistent' && this.#isSubscribed) {
        this.#stored = [];
      }
    }
    if (!this.#isBeingCut) this.#hasDropped = true;
    this.#phase = 'off';
    this.#isSubscribed = false;
    const connection = ++this.#connection;
    clock.post(clock.now(), () => {
      if (connection === this.#connection)
        this.#feed({ type: 'disconnected', reason: 'requested' });
    });
  }

  #subscribe(): void {
    const { clock } = this.#around;
    const connection = this.#connection;
    clock.post(this.#up.roundTrip(clock.now()), () => {
      if (connection !== this.#connection) return;
      this.#isSubscribed = true;
      this.#feed({ type: 'subscribed' });
    });
  }

  #request(request: DeviceRequest): void {
    const { clock, traffic } = this.#around;
    this.#underWay = this.#underWay.length === 0 ? [request] : [...this.#underWay, request];
    traffic.sent(request.operation);
    this.#travel(this.#up.arrival(clock.now()), request);
  }

  readonly #answer = (answer: Answer): void => {
    if (answer.type === 'accepted' && hasDocument(answer.body)) this.#around.traffic.document();
    this.#send(answer);
  };

  #send(parcel: Exclude<Parcel, DeviceRequest>): void {
    this.#travel(this.#down.arrival(this.#around.clock.now()), parcel);
  }

  #settle(answer: Answer): void {
    const pending = this.#take(answer.operation, answer.token);
    if (pending === undefined) return;
    this.#around.traffic.answered(answer, this.#around.clock.now());
    this.#feed(answer);
  }

  /** It arrives if the connection still stands by then. */
  #travel(at: Millis | undefined, parcel: Parcel): void {
    if (at === undefined) return;
    const { traffic, clock } = this.#around;
    const connection = this.#connection;
    this.#onWire++;
    traffic.onWire++;
    clock.post(at, () => {
      this.#onWire--;
      traffic.onWire--;
      if (connection === this.#connection) this.#receive(parcel);
    });
  }

  #receive(parcel: Parcel): void {
    if (parcel.type === 'request') {
      const { clock, traffic, serve } = this.#around;
      traffic.arrived(parcel.operation, clock.now());
      serve(this.#thing, parcel, this.#answer);
    } else if (parcel.type === 'accepted' || parcel.type === 'rejected') {
      this.#settle(parcel);
    } else {
      this.#feed(parcel);
    }
  }

  #take(operation: DeviceOperation, token: string | undefined): Pending | undefined {
    const pending = this.#underWay.find(
      (each) => each.operation === operation && (token ?? each.token) === each.token,
    );
    if (pending === undefined) return undefined;
    this.#underWay =
      this.#underWay.length === 1
        ? noneUnderWay
        : this.#underWay.filter((each) => each !== pending);
    return pending;
  }
}

function hasDocument(body: unknown): boolean {
  const { execution, jobDocument } = body as {
    readonly execution?: { readonly jobDocument?: unknown };
    readonly jobDocument?: unknown;
  };
  return jobDocument !== undefined || execution?.jobDocument !== undefined;
}
