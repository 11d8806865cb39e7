import type { Database, Key } from 'lmdb';

/** One table of a store. Changes wait here, the last one of each key, until they are written together. */
export class StoreTable<V, K extends Key> {
  readonly #database: Database<V, K>;
  readonly #changed: () => void;
  readonly #pending = new Map<string, { readonly key: K; readonly value: V | undefined }>();

  constructor(database: Database<V, K>, changed: () => void) {
    this.#database = database;
    this.#changed = changed;
  }

  get(key: K): V | undefined {
    const pending = this.#pending.get(String(key));
    return pending === undefined ? this.#database.get(key) : pending.value;
  }

  /** `undefined` removes what the key holds. */
  put(key: K, value: V | undefined): void {
    this.#pending.set(String(key), { key, value });
    this.#changed();
  }

  /** Inside a transaction. */
  write(): void {
    for (const { key, value } of this.#pending.values()) {
      if (value === undefined) this.#database.removeSync(key);
      else this.#database.putSync(key, value);
    }
    this.#pending.clear();
  }

  /** What is committed, by key, in `start` ≤ key < `end`. */
  *values(range: { readonly start?: K; readonly end?: K } = {}): Generator<V> {
    for (const { value } of this.#database.getRange(range)) yield value;
  }
}
