import type { Database } from 'lmdb';
import type { Millis } from '../base/clock.ts';
import type { History, JournalEntry } from '../engine/journal.ts';
import type { JournalStore } from './store.ts';

/** The journal as a table of entries by number, and beside it the instant of the last wake-up. */
export class JournalLog implements JournalStore {
  readonly #entries: Database<JournalEntry, number>;
  readonly #marks: Database<unknown, string>;
  readonly #changed: () => void;
  #pending: JournalEntry[] = [];
  #next: number;
  #wokenAt: Millis | undefined;
  #isWokenChanged = false;
  #isCleared = false;

  constructor(
    entries: Database<JournalEntry, number>,
    marks: Database<unknown, string>,
    changed: () => void,
  ) {
    this.#entries = entries;
    this.#marks = marks;
    this.#changed = changed;
    const [last] = [...entries.getKeys({ reverse: true, limit: 1 })];
    this.#next = last === undefined ? 0 : last + 1;
    this.#wokenAt = marks.get('wokenAt') as Millis | undefined;
  }

  append(entry: JournalEntry): void {
    this.#pending.push(entry);
    this.#changed();
  }

  woken(now: Millis): void {
    this.#wokenAt = now;
    this.#isWokenChanged = true;
    this.#changed();
  }

  clear(): void {
    this.#pending = [];
    this.#next = 0;
    this.#wokenAt = undefined;
    this.#isWokenChanged = true;
    this.#isCleared = true;
    this.#changed();
  }

  /** Of what is committed. */
  get lastAt(): Millis | undefined {
    const [last] = [...this.#entries.getRange({ reverse: true, limit: 1 })];
    const lastAt = last?.value.now;
    return lastAt === undefined || (this.#wokenAt ?? lastAt) > lastAt ? this.#wokenAt : lastAt;
  }

  /** What is committed and not cleared since. */
  history(): History {
    const kept = this.#isCleared ? [] : this.#entries.getRange({}).map(({ value }) => value);
    return { entries: kept, wokenAt: this.#wokenAt };
  }

  /** Inside a transaction. */
  write(): void {
    if (this.#isCleared) this.#entries.clearSync();
    for (const entry of this.#pending) this.#entries.putSync(this.#next++, entry);
    if (this.#isWokenChanged) {
      if (this.#wokenAt === undefined) this.#marks.removeSync('wokenAt');
      else this.#marks.putSync('wokenAt', this.#wokenAt);
    }
    this.#pending = [];
    this.#isWokenChanged = false;
    this.#isCleared = false;
  }
}
