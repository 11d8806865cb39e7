import type { Cancel, Clock, Millis } from '../base/clock.ts';
import type { Reply } from '../protocol/rejections.ts';
import type { CommandOf, CommandResults, CommandType, Effect } from './commands.ts';
import type { Engine } from './engine.ts';
import { type Journal, leavesTrace } from './journal.ts';
import type { EngineView } from './state.ts';

/**
 * Runs an engine on a clock: gives it the time, wakes it, and passes on what it has to tell. A journal
 * hears of every change before the reply and the effects go out. What is overdue when it starts, as
 * after a recovery, is done as soon as the clock runs.
 */
export class Driver {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #emit: (effect: Effect) => void;
  readonly #journal: Journal | undefined;
  #armedAt: Millis | undefined;
  #disarm: Cancel = () => undefined;

  constructor(engine: Engine, clock: Clock, emit: (effect: Effect) => void, journal?: Journal) {
    this.#engine = engine;
    this.#clock = clock;
    this.#emit = emit;
    this.#journal = journal;
    this.#arm();
  }

  get view(): EngineView {
    return this.#engine.view;
  }

  /** Runs a command now. `onReply` is called before the effects go out, both before this returns. */
  submit<T extends CommandType>(
    command: CommandOf<T>,
    onReply: (reply: Reply<CommandResults[T]>) => void,
  ): void {
    const now = this.#clock.now();
    this.#wakeIfDue(now);
    const { reply, effects } = this.#engine.handle<T>(command, now);
    if (this.#journal !== undefined && leavesTrace(command, reply)) {
      const outcome = { ok: reply.ok, effects: effects.length };
      this.#journal.append({ now, command, outcome });
    }
    onReply(reply);
    this.#deliver(effects);
  }

  /** Nothing happens by itself any more. */
  stop(): void {
    this.#disarm();
    this.#armedAt = undefined;
  }

  #wakeIfDue(now: Millis): void {
    const at = this.#engine.nextDeadline();
    if (at !== undefined && at <= now) this.#wake(now);
  }

  #wake(now: Millis): void {
    const effects = this.#engine.wake(now);
    this.#journal?.woken(now);
    this.#deliver(effects);
  }

  #deliver(effects: readonly Effect[]): void {
    for (const effect of effects) this.#emit(effect);
    this.#arm();
  }

  #arm(): void {
    const at = this.#engine.nextDeadline();
    if (at === this.#armedAt) return;
    this.stop();
    if (at === undefined) return;
    this.#armedAt = at;
    this.#disarm = this.#clock.schedule(at, () => {
      this.#armedAt = undefined;
      this.#wake(this.#clock.now());
    });
  }
}
