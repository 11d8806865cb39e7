import type { Execution } from './state.ts';

/** A job's executions in the order they were created, readable from any place in it. */
export interface ExecutionLog {
  readonly size: number;
  /** Those created after the one whose `order` is given; -1 for all. */
  after(order: number): Iterable<Execution>;
}

/**
 * Appending and removing cost O(1) on average: what is removed is passed over until half of the log
 * is gone, then swept out.
 */
export class MutableExecutionLog<T extends Execution> implements ExecutionLog {
  #entries: T[] = [];
  readonly #removed = new Set<T>();

  get size(): number {
    return this.#entries.length - this.#removed.size;
  }

  append(execution: T): void {
    this.#entries.push(execution);
  }

  remove(execution: T): void {
    this.#removed.add(execution);
    if (this.#removed.size * 2 <= this.#entries.length) return;
    this.#entries = this.#entries.filter((entry) => !this.#removed.has(entry));
    this.#removed.clear();
  }

  *after(order: number): Generator<T> {
    const entries = this.#entries;
    for (let index = firstAfter(entries, order); index < entries.length; index++) {
      const entry = entries[index];
      if (entry !== undefined && !this.#removed.has(entry)) yield entry;
    }
  }
}

function firstAfter(entries: readonly Execution[], order: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.order ?? Number.POSITIVE_INFINITY) > order) high = middle;
    else low = middle + 1;
  }
  return low;
}
