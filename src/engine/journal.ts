import type { Millis } from '../base/clock.ts';
import type { Reply } from '../protocol/rejections.ts';
import type { Command } from './commands.ts';
import type { Engine } from './engine.ts';

/** One command as it happened. An engine made the same way comes to the same state by its entries. */
export interface JournalEntry {
  readonly now: Millis;
  readonly command: Command;
  readonly outcome: Outcome;
}

/** How it came out: a replay that differs is not the same service. */
interface Outcome {
  readonly ok: boolean;
  readonly effects: number;
}

/** Told by the driver of all that changes an engine, in order, before anyone else hears of it. */
export interface Journal {
  append(entry: JournalEntry): void;
  /** The engine did all that was due up to `now`. Only the latest counts. */
  woken(now: Millis): void;
}

/** What a journal has kept. */
export interface History {
  readonly entries: Iterable<JournalEntry>;
  readonly wokenAt: Millis | undefined;
}

export interface Replayed {
  readonly commands: number;
  /** The first entry, from 0, that came out differently. Nothing after it was replayed. */
  readonly mismatchAt?: number;
}

/**
 * Whether a replay needs a command. What devices ask in vain, over and over, changes nothing: an update
 * that is rejected, and start-next when nothing is pending (reference §6.4). A property test holds that
 * against the whole engine; whatever else is asked is kept, answered well or not.
 */
export function leavesTrace({ type }: Command, reply: Reply<unknown>): boolean {
  if (type !== 'update-execution' && type !== 'start-next') return true;
  return reply.ok && (type === 'update-execution' || hasExecution(reply.value));
}

function hasExecution(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'execution' in value;
}

/**
 * Brings a fresh engine to where the journal's engine was. Wake-ups compose: waking at two instants
 * with no command between is waking at the later one, so entries need none of their own. All effects
 * are dropped; the world has heard of them.
 */
export function replay(engine: Engine, { entries, wokenAt }: History): Replayed {
  let commands = 0;
  for (const { now, command, outcome } of entries) {
    wakeIfDue(engine, now);
    const { reply, effects } = engine.handle(command, now);
    if (reply.ok !== outcome.ok || effects.length !== outcome.effects) {
      return { commands, mismatchAt: commands };
    }
    commands++;
  }
  if (wokenAt !== undefined) wakeIfDue(engine, wokenAt);
  return { commands };
}

function wakeIfDue(engine: Engine, now: Millis): void {
  const at = engine.nextDeadline();
  if (at !== undefined && at <= now) engine.wake(now);
}
