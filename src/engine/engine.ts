import type { Random } from '../base/random.ts';
import type { Dialect } from '../protocol/dialect.ts';
import type { Account } from '../protocol/names.ts';
import type { Reply } from '../protocol/rejections.ts';
import type { CommandOf, CommandResults, CommandType, Effect } from './commands.ts';

export interface EngineOptions {
  readonly account: Account;
  readonly dialect: Dialect;
  /** Ids and lateness are drawn from it, so that a run repeats. */
  readonly random: Random;
}

export interface Handled<T extends CommandType> {
  /** Goes out first: the requester hears before anyone else (reference §14.1). */
  readonly reply: Reply<CommandResults[T]>;
  readonly effects: readonly Effect[];
}

export interface EngineContract {
  handle<T extends CommandType>(command: CommandOf<T>, now: number): Handled<T>;
  nextDeadline(): number | undefined;
  wake(now: number): readonly Effect[];
}
