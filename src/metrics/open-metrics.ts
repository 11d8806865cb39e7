import type { MetricHistory } from './metric-history.ts';
import { type LabelSet, type MetricRow, type Point, seriesOf } from './metric-table.ts';

/**
 * A run's metrics with their times, as OpenMetrics text: `promtool tsdb create-blocks-from openmetrics`
 * turns it into a database. `extra` labels go on every series, so that several runs fit into one.
 * What stayed at 0 all the time is told twice, at its beginning and its end; a histogram that stands
 * still for long is told every minute, and before it goes on.
 */
export function renderOpenMetrics<Facts>(history: MetricHistory<Facts>, extra: LabelSet): string {
  const lines: string[] = [];
  for (const [name, row] of Object.entries(history.table)) {
    lines.push(...head(name, row));
    for (const { labels, values } of history.tracks(name)) {
      const all = { ...extra, ...labels };
      for (const place of placesToTell(values, history.takenAt)) {
        const value = values[place];
        const at = (history.takenAt[place] ?? 0) / 1000;
        if (value !== undefined) lines.push(...pointLines(name, { labels: all, value }, at));
      }
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

const typeSuffixes: Readonly<Partial<Record<MetricRow<never>['kind'], string>>> = {
  counter: '_total',
  info: '_info',
};
const units = ['seconds', 'bytes', 'ratio'] as const;

/** In this format a family's name goes without the suffix of its type, and its unit ends it. */
function head<Facts>(name: string, { kind, help }: MetricRow<Facts>): string[] {
  const suffix = typeSuffixes[kind] ?? '';
  const family = name.slice(0, name.length - suffix.length);
  const unit = unitOf(family);
  return [
    `# TYPE ${family} ${kind}`,
    ...(unit === undefined ? [] : [`# UNIT ${family} ${unit}`]),
    `# HELP ${family} ${escaped(help)}`,
  ];
}

/** The unit that a metric's name tells, if it counts in one. */
export function unitOf(name: string): string | undefined {
  return units.find((unit) => name.endsWith(`_${unit}`) || name.endsWith(`_${unit}_total`));
}

type Values = readonly (Point['value'] | undefined)[];

function placesToTell(values: Values, takenAt: readonly number[]): number[] {
  const known = values.flatMap((value, place) => (value === undefined ? [] : [place]));
  if (known.every((place) => countOf(values[place]) === 0)) {
    return [...new Set([...known.slice(0, 1), ...known.slice(-1)])];
  }
  return typeof values[known[0] ?? 0] === 'number' ? known : movingPlaces(values, known, takenAt);
}

/** Shorter than the five minutes after which Prometheus takes a series for gone. */
const stillMsMax = 60_000;

/** A histogram is many lines; nothing is lost where it stands still, as its rate is none then. */
function movingPlaces(
  values: Values,
  known: readonly number[],
  takenAt: readonly number[],
): number[] {
  const told: number[] = [];
  for (const [index, place] of known.entries()) {
    const before = told.at(-1);
    const after = known[index + 1];
    const isStill =
      before !== undefined &&
      after !== undefined &&
      countOf(values[before]) === countOf(values[after]) &&
      (takenAt[after] ?? 0) - (takenAt[before] ?? 0) <= stillMsMax;
    if (!isStill) told.push(place);
  }
  return told;
}

function countOf(value: Point['value'] | undefined): number | undefined {
  return typeof value === 'object' ? value.count : value;
}

function pointLines(name: string, point: Point, at: number): string[] {
  return seriesOf(name, point).map((series) => {
    const labels = Object.entries(series.labels).map(
      ([label, value]) => `${label}="${escaped(value)}"`,
    );
    const braced = labels.length === 0 ? '' : `{${labels.join(',')}}`;
    return `${series.name}${braced} ${series.value} ${at}`;
  });
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
