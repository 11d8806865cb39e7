import assert from 'node:assert/strict';
import type { Clock, Millis } from '../base/clock.ts';
import { seededRandom } from '../base/random.ts';
import type { CommandOf, CommandResults, CommandType, Effect } from '../engine/commands.ts';
import { Driver } from '../engine/driver.ts';
import { Engine } from '../engine/engine.ts';
import type { EngineView } from '../engine/state.ts';
import type { Dialect } from '../protocol/dialect.ts';
import type { Account } from '../protocol/names.ts';
import type { Reply } from '../protocol/rejections.ts';

export interface ServiceOptions {
  readonly account: Account;
  readonly dialect: Dialect;
  readonly seed: string;
  readonly clock: Clock;
  /** Told what the world must hear; the reply to the command that caused it has gone out before. */
  readonly emit: (effect: Effect) => void;
}

/** One account's Jobs service: an engine on a clock, that an operator may reset. */
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
    this.#driver.submit(command, onReply);
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
    this.#driver.stop();
    this.#driver = this.#start();
  }

  stop(): void {
    this.#driver.stop();
  }

  #start(): Driver {
    const { account, dialect, seed, clock, emit } = this.#options;
    const engine = new Engine({ account, dialect, random: seededRandom(`${seed}/engine`) });
    return new Driver(engine, clock, emit);
  }
}
