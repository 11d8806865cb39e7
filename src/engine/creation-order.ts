import { accepted, type Reply } from '../protocol/rejections.ts';
import type { Directory } from './directory.ts';
import { readOrder } from './paging.ts';

/** Records of a directory that has the latest first, behind a cursor: the `order` of the last one seen. */
export function createdAfter<T extends { readonly order: number }>(
  directory: Directory<T>,
  isAscending: boolean,
  after: string | undefined,
): Reply<Iterable<T>> {
  const order = readOrder(after);
  if (!order.ok) return order;
  if (!isAscending) {
    return accepted(
      directory.sortedFrom((record) => after === undefined || record.order < order.value),
    );
  }
  return accepted([...directory.sorted()].reverse().filter((record) => record.order > order.value));
}
