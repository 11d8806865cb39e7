import type { Execution } from './state.ts';

/** Shared: a million idle things have no list of their own. */
const nothing: readonly never[] = [];

/** A pending list with `execution` at the place its status and age give it (reference §1.7). */
export function withPending<T extends Execution>(pending: readonly T[], execution: T): T[] {
  const place = pending.findIndex((other) => comparePending(execution, other) < 0);
  return pending.toSpliced(place < 0 ? pending.length : place, 0, execution);
}

export function withoutPending<T extends Execution>(
  pending: readonly T[],
  execution: T,
): readonly T[] {
  if (!pending.includes(execution)) return pending;
  return pending.length === 1 ? nothing : pending.filter((other) => other !== execution);
}

/** Whether two lists hold the same executions, in whatever order. Most have nearly the same order. */
export function sameMembers(before: readonly Execution[], after: readonly Execution[]): boolean {
  if (before.length !== after.length) return false;
  let start = 0;
  let end = before.length;
  while (start < end && before[start] === after[start]) start++;
  while (start < end && before[end - 1] === after[end - 1]) end--;
  if (start === end) return true;
  const members = new Set(before.slice(start, end));
  return after.slice(start, end).every((execution) => members.has(execution));
}

/** IN_PROGRESS before QUEUED, then by age; equal ages by the order they were created. */
function comparePending(a: Execution, b: Execution): number {
  if (a.status !== b.status) return a.status === 'IN_PROGRESS' ? -1 : 1;
  return a.queuedAt - b.queuedAt || a.order - b.order;
}
