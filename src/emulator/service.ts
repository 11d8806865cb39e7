import assert from 'node:assert/strict';
import { type Clock, type Millis, wallNow } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
import { seededRandom } from '../base/random.ts';
import type { CommandOf, CommandResults, CommandType, Effect } from '../engine/commands.ts';
import { Driver } from '../engine/driver.ts';
import { Engine } from '../engine/engine.ts';
import { replay } from '../engine/journal.ts';
import type { EngineView } from '../engine/state.ts';
import type { Dialect } from '../protocol/dialect.ts';
import type { Account } from '../protocol/names.ts';
import type { Reply } from '../protocol/rejections.ts';
import type { JournalStore } from './store.ts';

export interface ServiceOptions {
  readonly account: Account;
  readonly dialect: Dialect;
  readonly seed: string;
  readonly clock: Clock;
  /** Told what the world must hear; the reply to the command that caused it has gone out before. */
  readonly emit: (effect: Effect) => void;
  /** What is in it has happened already; whatever happens next is appended. */
  readonly journal?: JournalStore;
  /** Wall milliseconds that something took which was due, whenever something was. */
  onTick?(tookMs: number): void;
  /** Called when the service stands where its journal left it. */
  onRecovered?(commands: number): void;
}

/**
 * The engine, its journal or the delivery of effects broke off in the middle: what the service holds
 * may be wrong from now on. Nobody may go on from it; the process ends.
 */
export class ServiceFailure extends Error {
  override readonly name = 'ServiceFailure';

  constructor(doing: string, cause: unknown) {
    super(`${doing} broke off: ${messageOf(cause)}`, { cause });
    if (cause instanceof Error) this.stack = `${this.name} in ${doing}: ${cause.stack}`;
  }
}

/** One account's Jobs service: an engine on a clock, brought up from its journal, that an operator may reset. */
export class Service {
  readonly #options: ServiceOptions;
  #driver: Driver;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#driver = this.#start();
  }

  get view(): EngineView {
    return this.#driver.view;
  }

  now(): Millis {
    return this.#options.clock.now();
  }

  /** `onReply` runs before the effects go out (reference §6.2). */
  submit<T extends CommandType>(
    command: CommandOf<T>,
    onReply: (reply: Reply<CommandResults[T]>) => void,
  ): void {
    orFail(command.type, () => this.#driver.submit(command, onReply));
  }

  /** For callers whose requester hears of effects by no other way than the reply. */
  call<T extends CommandType>(
    command: CommandOf<T> & { readonly type: T },
  ): Reply<CommandResults[T]> {
    let answer: Reply<CommandResults[T]> | undefined;
    this.submit<T>(command, (reply) => {
      answer = reply;
    });
    assert(answer !== undefined, 'a command is answered before submit returns');
    return answer;
  }

  /** Forgets all things, groups, jobs and settings; connections stay. */
  reset(): void {
    const connected = [...this.view.connected];
    orFail('a reset', () => {
      this.#driver.stop();
      this.#options.journal?.clear();
      this.#driver = this.#start();
      for (const thingName of connected) {
        this.call({ type: 'connectivity', thingName, isConnected: true });
      }
    });
  }

  stop(): void {
    this.#driver.stop();
  }

  #start(): Driver {
    const { account, dialect, seed, clock, emit, journal, onTick } = this.#options;
    const engine = new Engine({ account, dialect, random: seededRandom(`${seed}/engine`) });
    if (journal !== undefined) this.#options.onRecovered?.(recover(engine, journal));
    const failingClock: Clock = {
      now: () => clock.now(),
      schedule: (at, action) =>
        clock.schedule(at, () => {
          const beganAt = wallNow();
          orFail('a timer', action);
          onTick?.(wallNow() - beganAt);
        }),
    };
    return new Driver(engine, failingClock, emit, journal);
  }
}

/** What comes from within another command is told as it is. */
function orFail(doing: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw error instanceof ServiceFailure ? error : new ServiceFailure(doing, error);
  }
}

function recover(engine: Engine, journal: JournalStore): number {
  const { commands, mismatchAt } = replay(engine, journal.history());
  if (mismatchAt === undefined) return commands;
  throw new AppError(
    'setup',
    `command ${mismatchAt + 1} of the data directory's journal comes out differently in this version`,
    { hint: 'Use the version of fleetrig that wrote it, or start with an empty directory.' },
  );
}
