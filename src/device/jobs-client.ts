import type { Millis } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { RejectedResponse } from '../protocol/messages.ts';
import { withoutPrefix } from '../protocol/names.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import { History } from './history.ts';
import type { DeviceEffect, DeviceInput, DeviceRequest } from './io.ts';
import { isSameExecution, type News, type Offer, readList, readNext } from './offer.ts';
import { Outbox, type PendingRequest, type Purpose } from './outbox.ts';
import type { Profile } from './profile.ts';
import {
  decideAfterAcceptance,
  decideAfterRejection,
  isTransient,
  type Reaction,
  sendAgain,
  sendingsMax,
} from './reaction.ts';
import { askRequest, describeRequest, reopenRequest, stepRequest } from './requests.ts';
import {
  advance,
  beginTask,
  confirm,
  currentStep,
  finishDownload,
  install,
  recordOf,
  type Task,
  tell,
} from './task.ts';
import type { Uplink } from './uplink.ts';
import { isRequest, planWork, type RequestAction, type Step } from './work-plan.ts';

export interface JobsClientOptions {
  readonly profile: Profile;
  /** The thing's own stream. */
  readonly random: Random;
  /** The stream of its group, where the profile correlates things. */
  readonly group?: Random | undefined;
  /** When the run began; undefined before that. Outcomes may change from there on. */
  readonly zeroAt?: () => Millis | undefined;
  /** What job ids have in front on the wire; no draw depends on it. Others are left alone. */
  readonly jobIdPrefix?: string | undefined;
  /** How long it waits for an answer, in simulated milliseconds. */
  readonly answerTimeoutMs: Millis;
}

/** A question to the service. It stays until it is answered, or was asked too often. */
interface Ask {
  /** The execution to describe; without, the question is what is pending. */
  readonly about?: Offer;
  readonly dueAt: Millis;
  readonly failures: number;
}

type Answer<T extends 'accepted' | 'rejected'> = Extract<DeviceInput, { type: T }>;

/** Reference §6.9: from 10 s to 640 s, as AWS's own device client. */
const requestBackoff: Backoff = { min: 10_000, max: 640_000, factor: 2, jitter: 'equal' };

const never = Number.POSITIVE_INFINITY;

/**
 * A device's dealings with the Jobs service: it asks for its next execution, works on one at a time as
 * its plan says, and listens to notices. It has one request on its way at a time, chasers apart.
 */
export class JobsClient {
  readonly #profile: Profile;
  readonly #random: Random;
  readonly #group: Random | undefined;
  readonly #zeroAt: JobsClientOptions['zeroAt'];
  readonly #jobIdPrefix: string;
  /** Cut where the plan says so. */
  readonly #uplink: Uplink;
  readonly #effects: DeviceEffect[];
  readonly #outbox: Outbox;
  readonly #history = new History();
  /** Since when requests can be sent; undefined while they cannot. */
  #readyAt: Millis | undefined;
  #ask: Ask | undefined;
  #task: Task | undefined;
  /** Heard while a request was on its way: it waits for the answer. */
  #news: News | undefined;
  /** When the service last said what is pending, in its seconds: replayed notices are older. */
  #newsAt = 0;

  /** Effects are added to `effects`. */
  constructor(options: JobsClientOptions, uplink: Uplink, effects: DeviceEffect[]) {
    this.#profile = options.profile;
    this.#random = options.random;
    this.#group = options.group;
    this.#zeroAt = options.zeroAt;
    this.#jobIdPrefix = options.jobIdPrefix ?? '';
    this.#uplink = uplink;
    this.#effects = effects;
    this.#outbox = new Outbox(options.answerTimeoutMs);
  }

  /** Does whatever is due by now. */
  wake(now: Millis): void {
    this.#giveUpWaiting(now);
    // Ends with a request, a wait, or the last step of the plan.
    while (this.#actAt() <= now) this.#act(now);
  }

  /** Infinite when only an input can move it. */
  nextDeadline(): Millis {
    return Math.min(this.#outbox.nextDeadline ?? never, this.#actAt());
  }

  /** Nothing is retained and a notice may have been missed, so it asks on every connect (reference §6.6). */
  becomeReady(now: Millis): void {
    this.#readyAt = now;
    this.#askNext(now);
  }

  /** As if it had asked then, and been told that nothing is pending. */
  resume(askedAt: Millis): void {
    this.#readyAt = askedAt;
    this.#newsAt = Math.floor(askedAt / 1000);
    this.#outbox.nextToken();
  }

  /**
   * The device lets go of its connection, if it has one. That comes first: a request lost while there is
   * a connection is one whose time was up.
   */
  breakOff(hasConnection: boolean): void {
    if (!hasConnection) return;
    this.#effects.push({ type: 'disconnect', graceful: false });
    this.loseLink();
  }

  /** The connection is gone, and with it whatever was on its way. */
  loseLink(): void {
    this.#readyAt = undefined;
    this.#ask = undefined;
    this.#news = undefined;
    for (const request of this.#outbox.takeAll()) this.#lose(request);
  }

  #lose({ operation, token }: PendingRequest): void {
    this.#effects.push({ type: 'request-lost', operation, token });
  }

  /** What is unfinished stays so. */
  stop(): void {
    this.loseLink();
    if (this.#task !== undefined) this.#finish(this.#task, undefined);
  }

  // What is pending

  #askNext(now: Millis): void {
    this.#ask = { dueAt: now, failures: 0 };
  }

  hear(news: News, now: Millis): void {
    if (this.#outbox.isBusy) this.#news = news;
    else this.#learn(news, now);
  }

  #learn({ at, offers, isList }: News, now: Millis): void {
    if (at < this.#newsAt) return;
    this.#newsAt = at;
    const task = this.#task;
    const own = task && offers.find((offer) => isSameExecution(offer, task));
    if (task && own) this.#task = confirm(task, own, now);
    if (own || task?.plan.isDeaf) return;
    if (task) this.#finish(task, now);
    // On a thing that was there before the run, jobs may wait that are none of it.
    const next = offers.find(
      (offer) => offer.jobId.startsWith(this.#jobIdPrefix) && !this.#history.has(offer),
    );
    if (next && isList) this.#ask = { about: next, dueAt: now, failures: 0 };
    else if (next) this.#begin(next, now);
  }

  #begin(offer: Offer, now: Millis): void {
    const jobId = withoutPrefix(this.#jobIdPrefix, offer.jobId);
    const random = this.#random.fork(jobId).fork(String(offer.executionNumber));
    const heardMs = now - (this.#zeroAt?.() ?? never);
    const fate = { random, group: this.#group, heardMs };
    const plan = planWork(this.#profile, fate, offer.status === 'IN_PROGRESS');
    this.#task = beginTask(offer, plan, now);
  }

  #finish(task: Task, endedAt: Millis | undefined): void {
    this.#task = undefined;
    this.#history.add(task);
    this.#effects.push({ type: 'execution-over', record: recordOf(task, endedAt) });
  }

  // Requests

  /** When the next question or step is due; never, while something else has to happen first. */
  #actAt(): Millis {
    return this.#outbox.isBusy ? never : Math.min(this.#askAt(), this.#stepAt());
  }

  #askAt(): Millis {
    return this.#readyAt === undefined ? never : (this.#ask?.dueAt ?? never);
  }

  #stepAt(): Millis {
    const step = this.#task && currentStep(this.#task);
    if (step === undefined || (this.#readyAt === undefined && isRequest(step))) return never;
    return this.#task?.dueAt ?? never;
  }

  #act(now: Millis): void {
    const task = this.#task;
    const step = task && currentStep(task);
    if (this.#ask && this.#askAt() <= now) this.#sendAsk(this.#ask, now);
    else if (task && step) this.#perform(task, step, now);
  }

  #sendAsk({ about, dueAt }: Ask, now: Millis): void {
    const token = this.#outbox.nextToken();
    const request = about ? describeRequest(token, about) : askRequest(token, this.#profile);
    this.#send('ask', request, dueAt, now);
  }

  #perform(task: Task, step: Step, now: Millis): void {
    switch (step.kind) {
      case 'start':
      case 'update':
      case 'look':
        this.#sendStep(task, step, now);
        break;
      case 'downloaded':
        this.#task = finishDownload(task, now);
        break;
      case 'install':
        this.#task = install(task);
        break;
      case 'lose-power':
        this.#task = advance(task, now + step.offMs);
        this.breakOff(this.#uplink.goDark(now + step.offMs));
        break;
      case 'drop-link':
        this.#task = advance(task);
        this.breakOff(this.#uplink.drop(now));
    }
  }

  #sendStep(task: Task, step: RequestAction, now: Millis): void {
    const dueAt = Math.max(task.dueAt, this.#readyAt ?? now);
    const { client } = this.#profile;
    this.#send('step', stepRequest(this.#outbox.nextToken(), task, step, client), dueAt, now);
    this.#task = tell(task, step);
    const chaser = step.kind === 'look' ? undefined : step.chaser;
    if (chaser === undefined) return;
    const token = this.#outbox.nextToken();
    const request =
      chaser === 'same' ? stepRequest(token, task, step, client) : reopenRequest(token, task);
    this.#send('chaser', request, dueAt, now);
  }

  #send(purpose: Purpose, request: DeviceRequest, dueAt: Millis, now: Millis): void {
    this.#outbox.add(request, purpose, now);
    const { operation, jobId, token, body, isTorn } = request;
    // Member by member: a spread of the request's shapes takes 1 us longer.
    this.#effects.push({ type: 'request', dueAt, operation, jobId, token, body, isTorn });
  }

  // Answers

  accepted({ operation, token, body }: Answer<'accepted'>, now: Millis): void {
    const request = this.#outbox.settle(operation, token);
    if (request === undefined || request.purpose === 'chaser') return;
    if (request.purpose === 'ask') {
      this.#ask = undefined;
      this.#learn(operation === 'get' ? readList(body) : readNext(body), now);
    } else if (this.#task) this.#stepAccepted(this.#task, request, body, now);
    this.#catchUp(now);
  }

  #stepAccepted(task: Task, request: PendingRequest, body: unknown, now: Millis): void {
    if (request.operation !== 'start-next') {
      this.#react(decideAfterAcceptance(task, body, now), request, now);
      return;
    }
    this.#learn(readNext(body), now);
    // It did not say what has become of the execution.
    if (this.#task === task) this.#retry(sendAgain(task, true), request, now);
  }

  rejected({ operation, token, body }: Answer<'rejected'>, now: Millis): void {
    const request = this.#outbox.settle(operation, token);
    if (request === undefined || request.purpose === 'chaser') return;
    if (request.purpose === 'ask') this.#askRejected(request, body, now);
    else if (this.#task) this.#retry(decideAfterRejection(this.#task, body), request, now);
    this.#catchUp(now);
  }

  #askRejected(request: PendingRequest, body: RejectedResponse, now: Millis): void {
    if (isTransient(body)) this.#askAgain(request, now);
    else this.#ask = undefined;
  }

  #giveUpWaiting(now: Millis): void {
    let request = this.#outbox.takeExpired(now);
    for (; request !== undefined; request = this.#outbox.takeExpired(now)) {
      this.#lose(request);
      if (request.purpose === 'chaser') continue;
      if (request.purpose === 'ask') this.#askAgain(request, now);
      else if (this.#task) this.#retry(sendAgain(this.#task, true), request, now);
      this.#catchUp(now);
    }
  }

  #askAgain(request: PendingRequest, now: Millis): void {
    if (this.#ask === undefined) return;
    const failures = this.#ask.failures + 1;
    this.#ask =
      failures < sendingsMax
        ? { ...this.#ask, failures, dueAt: now + this.#backoffMs(failures, request) }
        : undefined;
  }

  /** After a step that was sent in vain. If that ends the matter, a notice may have been missed. */
  #retry(reaction: Reaction, request: PendingRequest, now: Millis): void {
    this.#react(reaction, request, now);
    if (this.#task === undefined) this.#askNext(now);
  }

  #react(reaction: Reaction, request: PendingRequest, now: Millis): void {
    const { task } = reaction;
    switch (reaction.next) {
      case 'go-on':
        this.#task = task;
        break;
      case 'again': {
        const waitMs = reaction.waits ? this.#backoffMs(task.failures, request) : 0;
        this.#task = { ...task, dueAt: now + waitMs };
        break;
      }
      case 'over':
        this.#conclude(task, reaction.isReported, now);
    }
  }

  #conclude(task: Task, isReported: boolean, now: Millis): void {
    const { rollbackMs } = task.plan;
    const isRolledBack = isReported && rollbackMs !== undefined;
    this.#finish(isRolledBack ? { ...task, isUpdated: false } : task, now);
    if (isRolledBack) this.breakOff(this.#uplink.goDark(now + rollbackMs));
  }

  /** What was heard while the request was on its way. */
  #catchUp(now: Millis): void {
    const news = this.#news;
    this.#news = undefined;
    if (news) this.#learn(news, now);
  }

  #backoffMs(failures: number, { token }: PendingRequest): Millis {
    return backoffMs(requestBackoff, failures, this.#random.fork('retry').fork(token));
  }
}
