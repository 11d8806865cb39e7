import type { Chart, Series } from './chart.ts';
import { scaleX } from './scale.ts';
import { tellValue } from './units.ts';

const rowsMax = 60;
const nothing = '–';

export interface ChartTable {
  /** That of x first, then one a series. */
  readonly headings: readonly string[];
  readonly rows: readonly ChartRow[];
}

export interface ChartRow {
  /** Where the row lies across the plot, 0 to 1 from its left to its right edge. */
  readonly position: number;
  /** With their units; `–` where there is nothing. */
  readonly cells: readonly string[];
}

/** The chart in at most 60 rows, for a data table and for a cross-hair: evenly across, peaks and rules among them. */
export function tabulate(chart: Chart): ChartTable {
  const { x, y, series } = chart;
  const { fraction } = scaleX(chart);
  return {
    headings: [x.label, ...series.map(({ name }) => name)],
    rows: rowsOf(chart, fraction).map((at) => ({
      position: Number(fraction(at).toFixed(4)),
      cells: [
        tellValue(at, x.unit),
        ...series.map((one) => {
          const value = valueAt(one, at);
          return value === undefined ? nothing : tellValue(value, y.unit);
        }),
      ],
    })),
  };
}

/** The x of each row: all there are, or as many as may be. */
function rowsOf({ series, rules = [] }: Chart, fraction: (x: number) => number): number[] {
  const all = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))];
  all.sort((a, b) => a - b);
  if (all.length <= rowsMax) return all;
  const wanted = [...series.map(peakOf), ...rules.map(({ at }) => nearest(all, at))];
  const kept = new Set(wanted.filter((at) => at !== undefined).slice(0, rowsMax / 2));
  const slots = rowsMax - kept.size;
  const taken = new Set<number>();
  for (const at of [...all.slice(0, 1), ...all.slice(-1), ...all]) {
    const slot = Math.min(slots - 3, Math.floor(fraction(at) * (slots - 2)));
    if (taken.has(slot) && at !== all.at(-1) && at !== all[0]) continue;
    taken.add(slot);
    kept.add(at);
  }
  return [...kept].sort((a, b) => a - b);
}

function peakOf({ points }: Series): number | undefined {
  let peak: number | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const [at, value] of points) {
    if (value === undefined || value <= most) continue;
    [peak, most] = [at, value];
  }
  return peak;
}

/** The last of the sorted values at or before it. */
function nearest(sorted: readonly number[], value: number): number | undefined {
  return sorted.findLast((one) => one <= value);
}

/** A line between its points, a step and an area as they were last, a bar where it stands, a dot only where it is. */
function valueAt({ points, shape, span = 0 }: Series, x: number): number | undefined {
  const index = points.findLastIndex(([at]) => at <= x);
  const [before, value] = points[index] ?? [];
  if (before === undefined || before === x) return value;
  const [after, next] = points[index + 1] ?? [];
  switch (shape) {
    case 'bar':
      return x < before + span ? value : undefined;
    case 'step':
    case 'area':
      return after === undefined ? undefined : value;
    case 'dots':
      return undefined;
    case 'line':
      if (after === undefined || next === undefined || value === undefined) return undefined;
      return between(value, next, (x - before) / (after - before));
  }
}

/** Whole where both ends are: there is no half thing. */
function between(from: number, to: number, ratio: number): number {
  const value = from + (to - from) * ratio;
  return Number.isInteger(from) && Number.isInteger(to) ? Math.round(value) : value;
}
