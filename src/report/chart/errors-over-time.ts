import type { Summary } from '../summary.ts';
import { formatCount } from '../wording.ts';
import type { Chart, Point, Series } from './chart.ts';
import { tellEarly, timeAxis } from './job-view.ts';
import { dashedKindOf } from './kinds.ts';

/** Errors per second by code; undefined when there were none. */
export function errorsOverTimeChart(summary: Summary): Chart | undefined {
  const { columns, rows: looks } = summary.errorsOverTime;
  const codes = columns.slice(1);
  const [first, last] = [looks[0], looks.at(-1)];
  if (codes.length === 0 || first === undefined || last === undefined) return undefined;
  const hasStart = (first[0] ?? 0) <= 0;
  const rows = hasStart ? looks : [columns.map(() => 0), ...looks];
  if (rows.length < 2) return undefined;
  const second = summary.environment.clockScale === 1 ? 'second' : 'simulated second';
  const totals = codes.map((code, index) => `${code} ${formatCount(last[index + 1] ?? 0)}`);
  const series = codes.map(
    (name, index): Series => ({
      name,
      shape: 'step',
      ...dashedKindOf(index),
      points: ratesOf(rows, index + 1),
    }),
  );
  const captions = [`In all: ${totals.join(', ')}.`, tellEarly(series)];
  return {
    id: 'errors',
    title: 'Errors over time',
    description: `Operations refused or lost per ${second}, by code. In all: ${totals.join(', ')}.`,
    caption: captions.filter((part) => part !== undefined).join(' '),
    height: 'short',
    x: timeAxis(summary),
    y: { label: `errors per ${second}`, unit: 'perSecond', scale: 'linear' },
    series,
  };
}

/** What came up between two looks, over the time between them. */
function ratesOf(rows: readonly (readonly number[])[], index: number): Point[] {
  const points = rows.slice(1).map((row, at): Point => {
    const before = rows[at] ?? [];
    const seconds = (row[0] ?? 0) - (before[0] ?? 0);
    const errors = (row[index] ?? 0) - (before[index] ?? 0);
    return [before[0] ?? 0, seconds > 0 ? errors / seconds : undefined];
  });
  return [...points, [rows.at(-1)?.[0] ?? 0, points.at(-1)?.[1]]];
}
