import type { Millis } from '../base/clock.ts';
import { notifyNextTopic, notifyTopic } from '../protocol/topics.ts';
import type { DeviceEffect, DeviceInput } from './io.ts';
import { JobsClient, type JobsClientOptions } from './jobs-client.ts';
import { readList, readNext } from './offer.ts';
import { Uplink } from './uplink.ts';

export interface AgentOptions extends JobsClientOptions {
  readonly thingName: string;
}

const nothing: readonly DeviceEffect[] = [];

/**
 * One device (reference §6.9): it connects, subscribes to notices and deals with its jobs. Input that no
 * longer applies (a late answer, an old notice, a second `connected`) is ignored.
 */
export class Agent {
  readonly #thingName: string;
  readonly #isPicking: boolean;
  readonly #uplink: Uplink;
  readonly #jobs: JobsClient;
  /** Since the last turn. */
  readonly #effects: DeviceEffect[] = [];

  constructor(options: AgentOptions) {
    const { thingName, profile, random, answerTimeoutMs } = options;
    this.#isPicking = profile.client === 'pick';
    this.#thingName = thingName;
    this.#uplink = new Uplink(profile.link, random, answerTimeoutMs);
    this.#jobs = new JobsClient(options, this.#uplink, this.#effects);
  }

  handle(input: DeviceInput, now: Millis): readonly DeviceEffect[] {
    if (this.#uplink.phase === 'stopped') return nothing;
    this.#take(input, now);
    return this.#turn(now);
  }

  wake(now: Millis): readonly DeviceEffect[] {
    return this.#turn(now);
  }

  /** When it wants waking; undefined when only an input can move it. */
  nextDeadline(): Millis | undefined {
    if (this.#uplink.phase === 'stopped') return undefined;
    const at = Math.min(this.#uplink.nextDeadline(), this.#jobs.nextDeadline());
    return at === Number.POSITIVE_INFINITY ? undefined : at;
  }

  #take(input: DeviceInput, now: Millis): void {
    switch (input.type) {
      case 'start':
        this.#uplink.powerOn(now);
        break;
      case 'resume':
        this.#uplink.resume();
        this.#jobs.resume(input.connectedAt);
        break;
      case 'connected':
        this.#subscribe(now);
        break;
      case 'connect-failed':
      case 'disconnected':
        this.#jobs.loseLink();
        this.#uplink.closed(now);
        break;
      case 'subscribed':
        if (this.#uplink.subscribed()) this.#jobs.becomeReady(now);
        break;
      case 'subscribe-failed':
        if (this.#uplink.phase === 'subscribing') this.#jobs.breakOff(this.#uplink.drop(now));
        break;
      case 'accepted':
        this.#jobs.accepted(input, now);
        break;
      case 'rejected':
        this.#jobs.rejected(input, now);
        break;
      case 'notify':
        if (this.#isPicking) this.#jobs.hear(readList(input.message), now);
        break;
      case 'notify-next':
        if (!this.#isPicking) this.#jobs.hear(readNext(input.message), now);
        break;
      case 'cut':
        this.#jobs.breakOff(this.#uplink.goDark(input.untilAt));
        break;
      case 'stop':
        this.#stop();
    }
  }

  /** Does whatever is due by now, and hands out the effects since the last turn. */
  #turn(now: Millis): readonly DeviceEffect[] {
    if (this.#uplink.phase !== 'stopped') {
      this.#moveUplink(now);
      this.#jobs.wake(now);
    }
    return this.#takeEffects();
  }

  /** Nearly always there is one or none; taken by pop, the list keeps its room (150 bytes a turn). */
  #takeEffects(): readonly DeviceEffect[] {
    if (this.#effects.length > 1) return this.#effects.splice(0);
    const effect = this.#effects.pop();
    return effect === undefined ? nothing : [effect];
  }

  #moveUplink(now: Millis): void {
    const move = this.#uplink.wake(now);
    if (move?.do === 'connect') this.#effects.push({ type: 'connect', dueAt: move.dueAt });
    this.#jobs.breakOff(move?.do === 'disconnect');
  }

  #subscribe(now: Millis): void {
    if (!this.#uplink.connected(now)) return;
    // The one topic that tells this device of its jobs.
    const topic = (this.#isPicking ? notifyTopic : notifyNextTopic)(this.#thingName);
    this.#effects.push({ type: 'subscribe', filters: [topic], dueAt: now });
  }

  #stop(): void {
    // First, as when it breaks off.
    if (this.#uplink.stop()) this.#effects.push({ type: 'disconnect', graceful: true });
    this.#jobs.stop();
  }
}
