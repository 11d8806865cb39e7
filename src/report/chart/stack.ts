import type { Chart } from './chart.ts';
import { spansOf } from './thin.ts';

/** One area on top of those before it. */
export interface StackedArea {
  /** Index of its series in the chart. */
  readonly index: number;
  readonly xs: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** The areas of a chart, each on top of those before it. */
export function stackOf({ series }: Pick<Chart, 'series'>): StackedArea[] {
  const areas: StackedArea[] = [];
  for (const [index, { shape, points }] of series.entries()) {
    if (shape !== 'area') continue;
    const below = areas.at(-1)?.upper;
    const lower = points.map((_, at) => below?.[at] ?? 0);
    const upper = points.map(([, value = 0], at) => (lower[at] ?? 0) + value);
    areas.push({ index, xs: points.map(([x]) => x), lower, upper });
  }
  return areas;
}

/**
 * The same areas with at most `most` instants: of each span of x the last, so that what is held is
 * right, and the one at which most has changed, so that no spike is lost.
 */
export function thinStack(areas: readonly StackedArea[], most: number): StackedArea[] {
  const xs = areas[0]?.xs ?? [];
  if (xs.length <= most) return [...areas];
  const changeBetween = (from: number, to: number) =>
    areas.reduce(
      (sum, { lower, upper }) =>
        sum + Math.abs(thickness(lower, upper, to) - thickness(lower, upper, from)),
      0,
    );
  const kept = new Set([0]);
  let before = 0;
  for (const { from, to } of spansOf(xs, Math.floor((most - 1) / 2))) {
    let busiest = from;
    for (let at = from; at < to; at++) {
      if (changeBetween(before, at) > changeBetween(before, busiest)) busiest = at;
    }
    before = to - 1;
    kept.add(busiest).add(before);
  }
  const pick = (values: readonly number[]) => values.filter((_, at) => kept.has(at));
  return areas.map(({ index, xs, lower, upper }) => ({
    index,
    xs: pick(xs),
    lower: pick(lower),
    upper: pick(upper),
  }));
}

function thickness(lower: readonly number[], upper: readonly number[], at: number): number {
  return (upper[at] ?? 0) - (lower[at] ?? 0);
}
