import type { Point } from './chart.ts';

/**
 * At most `most` (6 or more) of the points, in their order: of each span of x the lowest, the highest,
 * the last, which may be held for long, and a gap where there is one; the very first too.
 */
export function thin(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points;
  const hasGaps = points.some(([, y]) => y === undefined);
  const xs = points.map(([x]) => x);
  const kept = new Set([0]);
  for (const { from, to } of spansOf(xs, Math.floor((most - 1) / (hasGaps ? 4 : 3)))) {
    kept.add(to - 1);
    for (const index of extremes(points, from, to)) kept.add(index);
  }
  return points.filter((_, index) => kept.has(index));
}

/** Indices `from` until `to` of what lies in each of `count` equal spans of the ascending numbers; none that is empty. */
export function spansOf(xs: readonly number[], count: number): { from: number; to: number }[] {
  const [first = 0, last = 0] = [xs[0], xs.at(-1)];
  const spanOf = (x: number) =>
    last > first ? Math.min(count - 1, Math.floor(((x - first) / (last - first)) * count)) : 0;
  const spans: { from: number; to: number }[] = [];
  let current = -1;
  for (const [index, x] of xs.entries()) {
    const span = spanOf(x);
    const open = spans.at(-1);
    if (open === undefined || span !== current) spans.push({ from: index, to: index + 1 });
    else open.to = index + 1;
    current = span;
  }
  return spans;
}

/** Indices of the lowest, the highest and the first missing one of `points[from..to)`. */
function extremes(points: readonly Point[], from: number, to: number): number[] {
  let lowest: number | undefined;
  let highest: number | undefined;
  let gap: number | undefined;
  const valueAt = (index: number | undefined) =>
    index === undefined ? undefined : points[index]?.[1];
  for (let index = from; index < to; index++) {
    const value = valueAt(index);
    if (value === undefined) {
      gap ??= index;
      continue;
    }
    if (value < (valueAt(lowest) ?? Number.POSITIVE_INFINITY)) lowest = index;
    if (value >= (valueAt(highest) ?? Number.NEGATIVE_INFINITY)) highest = index;
  }
  return [lowest, highest, gap].filter((index) => index !== undefined);
}
