import { type Millis, SteerableClock, wallNow } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Standing, Step } from '../base/standing.ts';

/** Those whose clocks go together. Each takes a step and tells how it stands there. */
export interface Parties {
  /** `withDelta` asks for all figures up to now. */
  things(step: Step, withDelta: boolean): Promise<readonly Standing[]>;
  service(step: Step): Promise<Standing>;
  coordinator(step: Step): Standing;
}

/** All answers of one round of asking. */
interface Round {
  readonly things: readonly Standing[];
  readonly service: Standing;
  readonly coordinator: Standing;
}

/**
 * Simulated milliseconds: what is due up to the next multiple of it happens in one step. Messages take
 * no simulated time but the rest of their step, about what a network takes.
 */
export const timeStepMs = 50;
/** Wall milliseconds that one step may take: more than any time-out of a request or a connection. */
const stepMsMax = 30_000;

/**
 * Lets simulated time jump from event to event. A step sets every clock to the next instant at which
 * anybody has something to do, has all of it done, and lasts until all are still: both ends of the
 * links have counted the same packets, nobody is in the middle of anything, and a second round of
 * asking finds that nothing has happened since the first. So nothing can be on its way when time
 * moves on.
 */
export class TimeBarrier {
  readonly #parties: Parties;
  readonly #stepMsMax: Millis;
  /** For patience with the parties. */
  readonly #wall = new SteerableClock();
  #isStopped = false;

  constructor(parties: Parties, patienceMs: Millis = stepMsMax) {
    this.#parties = parties;
    this.#stepMsMax = patienceMs;
  }

  /** Freezes all clocks, and takes them to one instant. */
  async freeze(): Promise<Millis> {
    const { things, service, coordinator } = await this.#ask({ to: 0, isRun: false });
    const at = stepEnd(Math.max(service.now, coordinator.now, ...things.map(({ now }) => now)));
    await this.#ask({ to: at, isRun: false });
    return at;
  }

  /**
   * From where `freeze` has stopped, until it is stopped itself or nobody has anything left to do.
   * Throws AppError when a step does not end.
   */
  async run(from: Millis): Promise<void> {
    let at: Millis = from;
    while (!this.#isStopped) {
      const round = await this.#settle(at);
      const nextAt = round === undefined ? undefined : nextOf(round);
      if (round === undefined || nextAt === undefined) return;
      at = stepEnd(nextAt);
      // The coordinator is about to look at how things are.
      const withDelta = (round.coordinator.nextAt ?? Number.POSITIVE_INFINITY) <= at;
      await this.#ask({ to: at, isRun: false }, withDelta);
    }
  }

  /** Time stays where it is. */
  stop(): void {
    this.#isStopped = true;
    this.#wall.stop();
  }

  /** Has everything due by then done, and all that follows. Undefined when stopped meanwhile. */
  async #settle(at: Millis): Promise<Round | undefined> {
    const giveUpAt = wallNow() + this.#stepMsMax;
    let before: number | undefined;
    while (!this.#isStopped) {
      const round = await this.#ask({ to: at, isRun: true });
      const unrest = unrestOf(round, at);
      const activity = activityOf(round);
      if (unrest === undefined && activity === before) return round;
      if (wallNow() > giveUpAt) throw this.#stuck(unrest ?? 'messages go to and fro without end');
      before = activity;
    }
    return undefined;
  }

  async #ask(step: Step, withDelta = false): Promise<Round> {
    const silent = new Set(['the agents', 'the emulator']);
    const heard = <T>(name: string, answer: T): T => {
      silent.delete(name);
      return answer;
    };
    const answers = Promise.all([
      this.#parties.things(step, withDelta).then((each) => heard('the agents', each)),
      this.#parties.service(step).then((one) => heard('the emulator', one)),
    ]);
    const [things, service] = await this.#orGiveUp(
      answers,
      () => `no answer from ${[...silent].join(' and ')}`,
    );
    return { things, service, coordinator: this.#parties.coordinator(step) };
  }

  async #orGiveUp<T>(answer: Promise<T>, tell: () => string): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#wall.schedule(this.#wall.now() + this.#stepMsMax, () =>
        reject(this.#stuck(tell())),
      );
      answer.then(resolve, reject).finally(cancel);
    });
  }

  #stuck(why: string): AppError {
    const seconds = this.#stepMsMax / 1000;
    return new AppError('internal', `simulated time could not go on for ${seconds} s: ${why}`, {
      hint: 'run it with a number for clock.scale, which waits for nobody',
    });
  }
}

/** At or after that instant. */
function stepEnd(at: Millis): Millis {
  return Math.ceil(at / timeStepMs) * timeStepMs;
}

/** Why simulated time must not go on yet; undefined when as far as this round tells it may. */
function unrestOf({ things, service, coordinator }: Round, at: Millis): string | undefined {
  for (const { party, busyWith, nextAt, traffic } of [...things, service, coordinator]) {
    if (busyWith !== undefined) return `${party} is busy with ${busyWith}`;
    if (traffic.closing > 0) return `${party} waits for ${traffic.closing} connections to close`;
    if (nextAt !== undefined && nextAt <= at) return `${party} has something to do`;
  }
  const total = (key: 'links' | 'sent' | 'received') =>
    things.reduce((sum, { traffic }) => sum + traffic[key], 0);
  const { links, sent, received } = service.traffic;
  if (total('links') !== links) {
    return `the things have ${total('links')} connections, the emulator ${links}`;
  }
  if (total('sent') !== received) {
    return `the things have sent ${total('sent')} packets, the emulator received ${received}`;
  }
  if (sent !== total('received')) {
    return `the emulator has sent ${sent} packets, the things received ${total('received')}`;
  }
  return undefined;
}

function activityOf({ things, service, coordinator }: Round): number {
  return [...things, service, coordinator].reduce((sum, { traffic }) => sum + traffic.activity, 0);
}

function nextOf({ things, service, coordinator }: Round): Millis | undefined {
  const all = [...things, service, coordinator];
  const nextAt = Math.min(...all.map((each) => each.nextAt ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(nextAt) ? nextAt : undefined;
}
