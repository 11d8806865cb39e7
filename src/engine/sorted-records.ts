/** Short enough to be moved along at once, long enough that there are few runs. */
const runLengthMax = 512;

/**
 * Records in order, kept in runs: adding and removing one costs a search and the move of part of a run,
 * however many there are, and a page begins where it begins. No two records compare as equal.
 */
export class SortedRecords<T> {
  readonly #compare: (a: T, b: T) => number;
  /** None is empty. */
  readonly #runs: T[][] = [];

  constructor(records: Iterable<T>, compare: (a: T, b: T) => number) {
    this.#compare = compare;
    const sorted = [...records].sort(compare);
    // Half full, so that what comes next finds room.
    for (let at = 0; at < sorted.length; at += runLengthMax / 2) {
      this.#runs.push(sorted.slice(at, at + runLengthMax / 2));
    }
  }

  add(record: T): void {
    const isBehind = (other: T) => this.#compare(other, record) > 0;
    // Behind all others it goes to the end of the last run.
    const place = Math.min(this.#runOf(isBehind), Math.max(0, this.#runs.length - 1));
    const run = this.#runs[place];
    if (run === undefined) {
      this.#runs.push([record]);
      return;
    }
    run.splice(firstIndex(run, isBehind), 0, record);
    if (run.length > runLengthMax) this.#runs.splice(place + 1, 0, run.splice(runLengthMax / 2));
  }

  remove(record: T): void {
    const isThere = (other: T) => this.#compare(other, record) >= 0;
    const place = this.#runOf(isThere);
    const run = this.#runs[place];
    const index = run === undefined ? -1 : firstIndex(run, isThere);
    if (run?.[index] !== record) return;
    run.splice(index, 1);
    if (run.length === 0) this.#runs.splice(place, 1);
  }

  /** From the first that `isAfter` holds for; it must be false up to some place, then true. */
  *from(isAfter: (record: T) => boolean): Generator<T> {
    const first = this.#runOf(isAfter);
    for (let place = first; place < this.#runs.length; place++) {
      const run = this.#runs[place] ?? [];
      const start = place === first ? firstIndex(run, isAfter) : 0;
      for (let index = start; index < run.length; index++) yield run[index] as T;
    }
  }

  all(): readonly T[] {
    return this.#runs.flat();
  }

  /** The first run whose last record is there already; their number when there is none. */
  #runOf(isThere: (record: T) => boolean): number {
    return firstIndex(this.#runs, (run) => isThere(run[run.length - 1] as T));
  }
}

/** The place of the first item that `isThere` holds for, by halves; the length when it holds for none. */
export function firstIndex<T>(items: readonly T[], isThere: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isThere(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
