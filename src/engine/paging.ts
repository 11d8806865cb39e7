import { accepted, type Reply, rejected } from '../protocol/rejections.ts';

/** Where a list goes on: `after` is the `nextToken` of the page before. */
export interface PageRequest {
  readonly after?: string;
  readonly limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly nextToken?: string;
}

/** A sentinel entry of a list: the item and its place, as the cursor text that resumes behind it. */
export function takePage<S, T>(
  source: Iterable<S>,
  limit: number,
  matches: (item: S) => boolean,
  shape: (item: S) => T,
  cursorOf: (item: S) => string,
): Page<T> {
  const items: T[] = [];
  let last: S | undefined;
  for (const item of source) {
    if (!matches(item)) continue;
    if (last !== undefined && items.length === limit) return { items, nextToken: cursorOf(last) };
    items.push(shape(item));
    last = item;
  }
  return { items };
}

/** Entries of a sorted list behind the cursor. `isAfter` must be false up to some place, then true. */
export function* sortedAfter<T>(sorted: readonly T[], isAfter: (item: T) => boolean): Generator<T> {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = sorted[middle];
    if (item === undefined || isAfter(item)) high = middle;
    else low = middle + 1;
  }
  for (let index = low; index < sorted.length; index++) {
    const item = sorted[index];
    if (item !== undefined) yield item;
  }
}

/** The cursor of execution lists: an `order`; -1 when there is none yet. */
export function readOrder(after: string | undefined): Reply<number> {
  if (after === undefined) return accepted(-1);
  return /^\d{1,15}$/.test(after) ? accepted(Number(after)) : badToken();
}

export function badToken() {
  return rejected('InvalidRequest', 'The nextToken is not one of this list.');
}
