import type { History, Journal, JournalEntry } from '../../src/engine/journal.ts';

/** A journal that forgets nothing and shares nothing with the engine that wrote it. */
export class MemoryJournal implements Journal {
  readonly #entries: JournalEntry[] = [];
  #wokenAt: number | undefined;

  append(entry: JournalEntry): void {
    this.#entries.push(structuredClone(entry));
  }

  woken(now: number): void {
    this.#wokenAt = now;
  }

  /** As a restart would read it. */
  history(): History {
    return { entries: structuredClone(this.#entries), wokenAt: this.#wokenAt };
  }
}
