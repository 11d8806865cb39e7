/**
 * Records by name that can also be read in a stable order, from any place in it. The order is made
 * when it is first asked for after a change, so filling a directory costs no sorting.
 */
export interface Directory<T> extends ReadonlyMap<string, T> {
  sorted(): readonly T[];
}

export class MutableDirectory<T> extends Map<string, T> implements Directory<T> {
  readonly #compare: (a: T, b: T) => number;
  #sorted: readonly T[] | undefined;

  constructor(compare: (a: T, b: T) => number) {
    super();
    this.#compare = compare;
  }

  sorted(): readonly T[] {
    this.#sorted ??= [...this.values()].sort(this.#compare);
    return this.#sorted;
  }

  override set(name: string, record: T): this {
    this.#sorted = undefined;
    return super.set(name, record);
  }

  override delete(name: string): boolean {
    this.#sorted = undefined;
    return super.delete(name);
  }
}

/** By code unit, so that the order is the same everywhere. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
