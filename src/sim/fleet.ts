import type { Millis } from '../base/clock.ts';
import { drawApart } from '../device/distribution.ts';
import { hasOutages } from '../device/outages.ts';
import {
  type Batch,
  type Cohort,
  cohortFinder,
  cutFinder,
  type Population,
  type Thing,
  thingFinder,
} from '../device/population.ts';
import type { DeviceOperation } from '../protocol/messages.ts';
import { type NoticeEffect, SimulatedSession, type Surroundings } from './session.ts';

export interface FleetOptions extends Omit<Surroundings, 'onResting' | 'zeroAt'> {
  /** With all batches that will ever be; each exists from when it is switched on. */
  readonly population: Population;
  /** How fast a batch comes online, in connects per second of simulated time. */
  readonly connectsPerSecond: number;
  /** Whether the service has anything pending for the thing. */
  hasPending(thingName: string): boolean;
}

/** Where a thing is that has no session. */
const standing = { absent: 0, asleep: 1, resting: 2, removed: 3 } as const;

/** Connecting, subscribing and asking what is pending take this many messages one way. */
const bootMessages = 6;
/** Room for these before the network has shown how slow it is. */
const bootMsMin = 1000;

/**
 * The things, of which only those have a session that have something to do. One that waits for its
 * first notice is a byte: what it did since power-on touches nobody and is made up for when it is
 * needed, or counted at the end. One that is through with its work becomes a byte again.
 */
export class SimulatedFleet {
  readonly #options: FleetOptions;
  readonly #surroundings: Surroundings;
  readonly #find: ReturnType<typeof thingFinder>;
  readonly #cohortOf: (index: number) => Cohort;
  readonly #indexOf: (thingName: string) => number;
  readonly #sessions = new Map<number, SimulatedSession>();
  readonly #batches: (Batch & { readonly originAt: Millis })[] = [];
  readonly #standing: Uint8Array;
  readonly #hasPickers: boolean;
  #zeroAt: Millis | undefined;

  constructor(options: FleetOptions) {
    const { population } = options;
    const { batches, cohorts, thingName } = population;
    this.#options = options;
    this.#surroundings = {
      ...options,
      onResting: (thing) => this.#rest(thing),
      zeroAt: () => this.#zeroAt,
    };
    this.#find = thingFinder(population);
    this.#cohortOf = cohortFinder(population);
    this.#indexOf = indexReader(thingName);
    this.#standing = new Uint8Array(
      Math.max(0, ...batches.map(({ firstIndex, count }) => firstIndex + count)),
    );
    this.#hasPickers = cohorts.some(({ profile }) => profile.client === 'pick');
  }

  /** Those that have a session now. */
  get awake(): number {
    return this.#sessions.size;
  }

  /** How long a batch takes to come online. */
  rampMs(count: number): Millis {
    return (count / this.#options.connectsPerSecond) * 1000 + bootMsMin;
  }

  /** The things of a batch are powered on one after the other, the first at `originAt`. */
  switchOn(batch: Batch, originAt: Millis): void {
    const { firstIndex, count } = batch;
    this.#batches.push({ ...batch, originAt });
    this.#standing.fill(standing.asleep, firstIndex, firstIndex + count);
    if (this.#options.population.cohorts.some(({ profile }) => hasOutages(profile.link))) {
      this.#wakeRestless(firstIndex, firstIndex + count);
    }
  }

  /** The run begins: the times of outcomes that change count from here. */
  beginRun(zeroAt: Millis): void {
    this.#zeroAt = zeroAt;
  }

  /** The service publishes to a thing. */
  notify(effect: NoticeEffect): void {
    if (effect.type === 'notify' && !this.#hasPickers) return;
    const index = this.#indexOf(effect.thingName);
    const session = this.#sessions.get(index);
    if (session !== undefined) session.notify(effect);
    else if (isNews(effect) && this.#isAlive(index))
      this.#wake(index, effect.thingName).notify(effect);
  }

  /** A share of those that are on loses its network. */
  cut(cut: { readonly share: number; readonly salt: string }, untilAt: Millis): void {
    const isHit = cutFinder(this.#options.population.seed, cut, this.#batches);
    const now = this.#options.clock.now();
    for (const { firstIndex, count } of this.#batches) {
      for (let index = firstIndex; index < firstIndex + count; index++) {
        if (!isHit(index) || this.#powerOnAt(index) > now) continue;
        const session = this.#sessions.get(index);
        if (session !== undefined) session.cut(untilAt);
        else if (this.#isAlive(index)) this.#wake(index).cut(untilAt);
      }
    }
  }

  /** They are switched off for good. */
  remove(from: number, to: number): void {
    const { clock, traffic } = this.#options;
    for (let index = from; index < to; index++) {
      this.#countAsleep(index);
      this.#sessions.get(index)?.stop();
      if (this.#standing[index] === standing.resting) traffic.disconnected(clock.now());
      this.#sessions.delete(index);
      this.#standing[index] = standing.removed;
    }
  }

  /** The end: what is unfinished stays so, and those that never woke are counted. */
  stop(): void {
    for (const session of this.#sessions.values()) session.stop();
    for (const { firstIndex, count } of this.#batches) {
      for (let index = firstIndex; index < firstIndex + count; index++) this.#countAsleep(index);
    }
  }

  #isAlive(index: number): boolean {
    const at = this.#standing[index];
    return at === standing.asleep || at === standing.resting;
  }

  /** Gives a thing its session, in the state it has come to by now. Its name need not be made anew if it is at hand. */
  #wake(index: number, thingName?: string): SimulatedSession {
    const { clock, traffic } = this.#options;
    const thing = this.#find(index, thingName);
    const session = new SimulatedSession(thing, this.#surroundings);
    const powerOnAt = this.#powerOnAt(index);
    const connectAt =
      powerOnAt + drawApart(thing.cohort.profile.link.late, thing.random, 'link/late');
    if (this.#standing[index] === standing.resting) {
      session.resume(connectAt);
    } else if (connectAt + this.#bootMs() <= clock.now()) {
      traffic.cameUp(askOf(thing.cohort), connectAt);
      session.resume(connectAt);
    } else if (powerOnAt <= clock.now()) {
      session.start(powerOnAt);
    } else {
      clock.schedule(powerOnAt, () => session.start(powerOnAt));
    }
    this.#standing[index] = standing.absent;
    this.#sessions.set(index, session);
    return session;
  }

  /** Nothing is under way for it: unless the service has something pending, it is a byte again. */
  #rest({ index, thingName }: Thing): void {
    if (this.#options.hasPending(thingName)) return;
    this.#sessions.delete(index);
    this.#standing[index] = standing.resting;
  }

  #bootMs(): Millis {
    const { network } = this.#options;
    return typeof network.latency === 'number' ? bootMessages * network.latency : bootMsMin;
  }

  /** Things that go offline by themselves have a life that must be lived. */
  #wakeRestless(from: number, to: number): void {
    const { clock } = this.#options;
    const next = (after: number): void => {
      let index = after;
      while (index < to && !hasOutages(this.#cohortOf(index).profile.link)) index++;
      if (index >= to) return;
      clock.schedule(this.#powerOnAt(index), () => {
        if (this.#isAlive(index)) this.#wake(index);
        next(index + 1);
      });
    };
    next(from);
  }

  #powerOnAt(index: number): Millis {
    const batch = this.#batches.find(
      ({ firstIndex, count }) => index >= firstIndex && index < firstIndex + count,
    );
    if (batch === undefined) throw new RangeError(`thing ${index} is not switched on`);
    const place = index - batch.firstIndex;
    return batch.originAt + (place / this.#options.connectsPerSecond) * 1000;
  }

  #countAsleep(index: number): void {
    if (this.#standing[index] !== standing.asleep) return;
    const { clock, traffic } = this.#options;
    const cohort = this.#cohortOf(index);
    const { late } = cohort.profile.link;
    const lateMs =
      typeof late === 'number' ? late : drawApart(late, this.#find(index).random, 'link/late');
    const connectAt = this.#powerOnAt(index) + lateMs;
    const isUp = connectAt <= clock.now();
    if (isUp) traffic.cameUp(askOf(cohort), connectAt);
    this.#standing[index] = isUp ? standing.resting : standing.absent;
  }
}

/** What a device asks first of all (reference §6.9). */
function askOf({ profile }: Cohort): DeviceOperation {
  switch (profile.client) {
    case 'describe-next':
      return 'describe';
    case 'start-next':
      return 'start-next';
    case 'pick':
      return 'get';
  }
}

/** A device that has nothing to do learns nothing from hearing that there is nothing. */
function isNews(effect: NoticeEffect): boolean {
  return effect.type === 'notify'
    ? Object.keys(effect.message.jobs).length > 0
    : effect.message.execution !== undefined;
}

/** The way back from a thing's name to its index; NaN for names that the pattern does not make. */
function indexReader(pattern: string): (thingName: string) => number {
  const [before = '', after = ''] = pattern.split(/\{index(?::0?\d+)?\}/);
  return (thingName) => Number(thingName.slice(before.length, thingName.length - after.length));
}
