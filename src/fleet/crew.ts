import assert from 'node:assert/strict';
import type { Clock, Millis } from '../base/clock.ts';
import { Traffic } from '../base/traffic.ts';
import {
  type Batch,
  cutFinder,
  type Population,
  type Thing,
  thingFinder,
} from '../device/population.ts';
import { Recorder } from '../metrics/recorder.ts';
import type { AwsCredentials } from '../protocol/sigv4.ts';
import { ConnectWindow, followRamp, rampSteps, windowOf } from './connect-ramp.ts';
import { identityFinder } from './identities.ts';
import type { OpenLink } from './link.ts';
import { measuredClock } from './measured-clock.ts';
import { Meter, WallMeter } from './meter.ts';
import { pacesOf } from './paces.ts';
import { Session, type SessionSurroundings } from './session.ts';
import { placesOf, type Share, shareOf } from './share.ts';
import { TraceBuffer, type TracedMessage } from './tracer.ts';
import { Troubles } from './troubles.ts';
import type { Assignment, Delta, FleetOrder } from './wire.ts';

interface IndexRange {
  readonly from: number;
  readonly to: number;
}

/** The things of one worker: switches them on along the ramp, and off again. */
export class Crew {
  readonly recorder = new Recorder();
  /** Over all links of its things; counted where time goes by steps. */
  readonly traffic = new Traffic();
  readonly #assignment: Assignment;
  readonly #share: Share;
  readonly #clock: Clock;
  readonly #surroundings: SessionSurroundings;
  readonly #trace: TraceBuffer | undefined;
  readonly #sessions = new Map<number, Session>();
  readonly #removed: IndexRange[] = [];
  #population: Population;
  #find: (index: number) => Thing;
  #notices: Delta['notices'][number][] = [];
  #executions: Delta['executions'][number][] = [];
  readonly #troubles = new Troubles();
  #credentials: AwsCredentials | undefined;
  #isStopping = false;
  #zeroAt: Millis | undefined;

  /** `onTrace` takes what things said and heard, where the assignment asks for it. */
  constructor(
    assignment: Assignment,
    worker: number,
    clock: Clock,
    openLink: OpenLink,
    onTrace: (messages: readonly TracedMessage[]) => void = () => undefined,
  ) {
    const { agent, agents, workers, population, connect } = assignment;
    this.#assignment = assignment;
    this.#share = shareOf(agent, agents, worker, workers);
    this.#clock = clock;
    this.#population = population;
    this.#find = thingFinder(population);
    const meter = assignment.isJumping
      ? new WallMeter(this.recorder)
      : new Meter(this.recorder, clock, assignment.clock.scale);
    const clockScale = assignment.clock.scale;
    this.#credentials = assignment.credentials;
    this.#trace =
      assignment.recording && new TraceBuffer(clock, assignment.recording.namePrefix, onTrace);
    this.#surroundings = {
      ...assignment,
      clock: measuredClock(clock, (delayMs) => meter.delay(delayMs)),
      clockScale,
      traffic: assignment.isJumping ? this.traffic : undefined,
      meter,
      zeroAt: () => this.#zeroAt,
      window: new ConnectWindow(windowOf(connect.inFlight, worker, workers)),
      openLink,
      tracer: this.#trace,
      identityOf: identityFinder(assignment.identities),
      credentials: () => this.#credentials,
      paces: pacesOf(assignment.rates, this.#share, meter, clock, clockScale),
      jobIdPrefix: population.jobIdPrefix ?? '',
      onTrouble: (message) => this.#troubles.tell(message),
      onNotice: (notice) => this.#notices.push(notice),
      onExecution: (execution) => this.#executions.push(execution),
    };
    for (const batch of population.batches) {
      this.#switchOn(batch, assignment.startAt + batch.startMs);
    }
  }

  /** Whether no thing has a connection any more. */
  get isIdle(): boolean {
    for (const session of this.#sessions.values()) if (!session.isIdle) return false;
    return true;
  }

  obey(order: FleetOrder): void {
    switch (order.type) {
      case 'add':
        this.#add(order.batch);
        break;
      case 'remove':
        this.#remove(order);
        break;
      case 'cut':
        this.#cut(order);
        break;
      case 'zero':
        this.#zeroAt = order.at;
        break;
      case 'credentials':
        this.#credentials = order.credentials;
        break;
    }
  }

  /** Every thing falls silent and says goodbye. */
  stop(): void {
    this.#isStopping = true;
    for (const session of this.#sessions.values()) session.stop();
  }

  /** What has happened since the last report. */
  takeDelta(worker: string): Delta {
    this.#trace?.flush();
    let connected = 0;
    for (const session of this.#sessions.values()) if (session.isConnected) connected++;
    this.recorder.gauge('connected', connected);
    this.recorder.gauge('connecting', this.#surroundings.window.connecting);
    this.recorder.gauge('things', this.#isStopping ? 0 : this.#sessions.size);
    const troubles = this.#troubles.takeNew();
    const delta = {
      worker,
      metrics: this.recorder.takeSnapshot(),
      notices: this.#notices,
      executions: this.#executions,
      ...(troubles.length === 0 ? {} : { troubles }),
    };
    this.#notices = [];
    this.#executions = [];
    return delta;
  }

  #add(batch: Batch): void {
    const { batches } = this.#population;
    const isNew = batches.every(({ firstIndex }) => firstIndex !== batch.firstIndex);
    assert.ok(isNew, `the batch of thing ${batch.firstIndex} is added twice`);
    this.#population = { ...this.#population, batches: [...batches, batch] };
    this.#find = thingFinder(this.#population);
    const startAt = this.#assignment.startAt + batch.startMs;
    this.#switchOn(batch, Math.max(startAt, this.#clock.now()));
  }

  #switchOn(batch: Batch, originAt: Millis): void {
    const { connect, clock } = this.#assignment;
    const ramp = { originAt, perSecond: connect.perSecond, clockScale: clock.scale };
    followRamp(this.#clock, rampSteps(placesOf(batch, this.#share), ramp), ({ place, dueAt }) =>
      this.#start(batch.firstIndex + place, dueAt),
    );
  }

  #start(index: number, dueAt: Millis): void {
    this.#surroundings.meter.delay(this.#clock.now() - dueAt);
    const isRemoved = this.#removed.some(({ from, to }) => index >= from && index < to);
    if (this.#isStopping || isRemoved) return;
    const session = new Session(this.#find(index), this.#surroundings);
    this.#sessions.set(index, session);
    session.start(dueAt);
  }

  #remove({ from, to }: IndexRange): void {
    this.#removed.push({ from, to });
    for (const [index, session] of this.#sessions) {
      if (index < from || index >= to) continue;
      session.stop();
      this.#sessions.delete(index);
    }
  }

  /** Exactly that share of all things that exist, to the nearest whole thing, on any number of workers. */
  #cut(order: Extract<FleetOrder, { type: 'cut' }>): void {
    const { seed, batches } = this.#population;
    const isHit = cutFinder(seed, order, batches);
    for (const [index, session] of this.#sessions) {
      if (isHit(index)) session.cut(order.untilAt);
    }
  }
}
