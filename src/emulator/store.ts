import type { Millis } from '../base/clock.ts';
import type { History, Journal } from '../engine/journal.ts';
import type { SessionStorage } from './session-storage.ts';

/** Runs `release` once all that was recorded before the call is committed: at once when it is. */
export type Hold = (release: () => void) => void;

/** The hold of an emulator that keeps nothing. */
export const noHold: Hold = (release) => release();

/** An engine's journal, and what it takes to begin again from it. */
export interface JournalStore extends Journal {
  history(): History;
  /** Of the last entry or wake-up. */
  readonly lastAt: Millis | undefined;
  /** Forgets all entries; what is appended next comes first. */
  clear(): void;
}

/** Small texts kept whole, by name: the local CA, how the clock was set. */
export interface ValueStore {
  get(name: string): string | undefined;
  /** `undefined` removes it. */
  put(name: string, text: string | undefined): void;
}

/**
 * What outlives the emulator's process (docs/decisions/0005-durability.md). Whatever is recorded in one
 * turn of the event loop is committed together, and nothing leaves the process before: every output
 * goes through `hold`. So a client knows of nothing that a crash could undo.
 */
export interface Store {
  readonly journal: JournalStore;
  readonly sessions: SessionStorage;
  readonly values: ValueStore;
  readonly hold: Hold;
  /** Commits what is left and lets the directory go. */
  close(): Promise<void>;
}

/** What the journal of a store was written with; another service would replay it to another state. */
export interface JournalHead {
  readonly account: string;
  readonly seed: string;
  readonly dialect: Readonly<Record<string, unknown>>;
}
