import { SortedRecords } from './sorted-records.ts';

/**
 * Records by name that can also be read in a stable order, from any place in it. The order is made
 * when it is first asked for, so filling a directory costs no sorting; from then on it is kept.
 */
export interface Directory<T> extends ReadonlyMap<string, T> {
  /** A list of all of them; for a page there is `sortedFrom`. */
  sorted(): readonly T[];
  /** From the first that `isAfter` holds for; it must be false up to some place, then true. */
  sortedFrom(isAfter: (record: T) => boolean): Iterable<T>;
}

export class MutableDirectory<T> extends Map<string, T> implements Directory<T> {
  readonly #compare: (a: T, b: T) => number;
  #order: SortedRecords<T> | undefined;

  constructor(compare: (a: T, b: T) => number) {
    super();
    this.#compare = compare;
  }

  sorted(): readonly T[] {
    return this.#inOrder().all();
  }

  sortedFrom(isAfter: (record: T) => boolean): Iterable<T> {
    return this.#inOrder().from(isAfter);
  }

  override set(name: string, record: T): this {
    this.#leaveOrder(name);
    this.#order?.add(record);
    return super.set(name, record);
  }

  override delete(name: string): boolean {
    this.#leaveOrder(name);
    return super.delete(name);
  }

  #inOrder(): SortedRecords<T> {
    this.#order ??= new SortedRecords(this.values(), this.#compare);
    return this.#order;
  }

  #leaveOrder(name: string): void {
    if (this.#order === undefined) return;
    const record = this.get(name);
    if (record !== undefined) this.#order.remove(record);
  }
}

/** By code unit, so that the order is the same everywhere. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
