import type { SeriesSummary, Summary } from '../summary.ts';
import { wallOperations } from '../wall-operations.ts';
import type { Chart, Point, Series } from './chart.ts';
import { tellEarly, timeAxis } from './job-view.ts';
import { kindOfOperation } from './kinds.ts';

/** The slow and the usual answer of each operation over time: one chart each. */
export function latencyOverTimeCharts(summary: Summary): Chart[] {
  return [chartOf(summary, 'p99', '99th percentile'), chartOf(summary, 'p50', 'median')].filter(
    (chart) => chart !== undefined,
  );
}

function chartOf(summary: Summary, column: 'p50' | 'p99', told: string): Chart | undefined {
  const series = wallOperations(summary).flatMap(({ name, overTime }): Series[] => {
    const points = columnOf(overTime, column);
    return points.length === 0 ? [] : [{ name, shape: 'line', ...kindOfOperation(name), points }];
  });
  if (series.every(({ points }) => points.length < 2)) return undefined;
  const caption = tellEarly(series);
  return {
    id: `latency-${column}`,
    title: `Latency over time: ${told}`,
    description: `The ${told} of the latency of each operation in wall time, over the time of the run, from when it was due. A gap in a line is a time without any.`,
    ...(caption === undefined ? {} : { caption }),
    x: timeAxis(summary),
    y: { label: `${column} latency, wall time`, unit: 'microseconds', scale: 'log' },
    series,
  };
}

/** A line must not bridge a time in which nothing was measured: so many usual steps. */
const bridgedSteps = 4;

function columnOf({ columns, rows }: SeriesSummary, column: string): Point[] {
  const index = columns.indexOf(column);
  if (index < 0) return [];
  const steps = rows.slice(1).map((row, at) => (row[0] ?? 0) - (rows[at]?.[0] ?? 0));
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  return rows.flatMap((row, at): Point[] => {
    const [t = 0] = row;
    const step = steps[at - 1] ?? 0;
    const point: Point = [t, row[index] ?? 0];
    return step > bridgedSteps * usual ? [[t - step / 2, undefined], point] : [point];
  });
}
