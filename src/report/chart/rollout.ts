import type { JobSummary, Summary } from '../summary.ts';
import { formatCount, formatPercentage, formatSeconds } from '../wording.ts';
import type { Chart, Point, Series } from './chart.ts';
import { afterStop, jobDomain, progressOf, rulesOf, stoppedAt, timeAxis } from './job-view.ts';

/** How a job went: its curves against the prediction, and beneath them the rate against the configured one. */
export function rolloutCharts(summary: Summary, jobIndex: number): Chart[] {
  const job = summary.jobs[jobIndex];
  if (job === undefined || job.rollout.observed.length === 0) return [];
  const span = jobDomain(summary, job);
  const shared = {
    x: timeAxis(summary, span),
    bands: afterStop(job),
    rules: rulesOf(summary, job),
  };
  return [
    { id: `rollout-${jobIndex}`, ...shared, ...curveOf(job, span) },
    { id: `rate-${jobIndex}`, ...shared, ...rateOf(job, span) },
  ];
}

type Span = readonly [from: number, to: number];
type Curves = Pick<Chart, 'title' | 'description' | 'caption' | 'height' | 'y' | 'series'>;

function curveOf(job: JobSummary, [from, to]: Span): Curves {
  const { rollout, jobId } = job;
  const notified = extended(rollout.observed, from, to);
  const last = (points: readonly Point[]) => formatCount(points.at(-1)?.[1] ?? 0);
  const tell = (name: string, points: readonly Point[]) => `${name} ${last(points)}`;
  const [succeeded, unsuccessful] = [progressOf(job, 'succeeded', to), failuresOf(job, to)];
  const predicted = rollout.predicted;
  const series: Series[] = [
    {
      name: 'notified',
      endLabel: tell('notified', notified),
      shape: 'line',
      color: 'notified',
      isTinted: true,
      points: notified,
    },
    ...(predicted === undefined || predicted.length === 0
      ? []
      : [
          {
            name: 'notified, predicted',
            endLabel: tell('predicted', predicted),
            shape: 'line',
            color: 'ink',
            dash: 'dashed',
            isThin: true,
            points: extended(predicted, from, to),
          } as const,
        ]),
    {
      name: 'succeeded',
      endLabel: tell('succeeded', succeeded),
      shape: 'step',
      color: 'succeeded',
      points: succeeded,
    },
    {
      name: 'failed, rejected or timed out',
      endLabel: tell('unsuccessful', unsuccessful),
      shape: 'step',
      color: 'failed',
      dash: 'dash-dot',
      points: unsuccessful,
    },
  ];
  const shown = series.filter(({ points }) => points.length > 0);
  return {
    title: `Rollout of ${jobId}`,
    description: `Executions over time, as totals so far. At the end: ${shown.map(({ endLabel }) => endLabel).join(', ')}.`,
    caption: tellReach(job),
    y: { label: 'executions so far', unit: 'count', scale: 'linear' },
    series: shown,
  };
}

function failuresOf(job: JobSummary, until: number): Point[] {
  const columns = ['failed', 'rejected', 'timedOut'].map((name) => progressOf(job, name, until));
  const [first = []] = columns;
  return first.map(([at], index) => [
    at,
    columns.reduce((sum, points) => sum + (points[index]?.[1] ?? 0), 0),
  ]);
}

/** From nothing at `from`, and on its last level until `to`. */
function extended(curve: readonly Point[], from: number, to: number): Point[] {
  const [first, last] = [curve[0], curve.at(-1)];
  return [
    ...(first !== undefined && first[0] > from ? [[from, 0] as const] : []),
    ...curve,
    ...(last !== undefined && last[0] < to ? [[to, last[1]] as const] : []),
  ];
}

function tellReach(job: JobSummary): string {
  const { targeted, notified, rollout } = job;
  const reached =
    notified === undefined || targeted === undefined || targeted === 0
      ? undefined
      : `${formatCount(notified)} of ${formatCount(targeted)} things targeted were notified (${formatPercentage((100 * notified) / targeted)}).`;
  const apart =
    rollout.deviation === undefined
      ? undefined
      : `Observed and predicted differ by ${formatPercentage(rollout.deviation)} of the things targeted at most.`;
  const stopped = stoppedAt(job);
  const shaded =
    stopped === undefined
      ? undefined
      : `Shaded: after it stopped releasing things at ${formatSeconds(stopped)}.`;
  return [reached, apart, shaded].filter((part) => part !== undefined).join(' ');
}

const binSeconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400];
const binsMax = 60;

function rateOf(job: JobSummary, [from, to]: Span): Curves {
  const width =
    binSeconds.find((step) => (to - from) / step <= binsMax) ?? Math.ceil((to - from) / binsMax);
  const configured = (job.rollout.steps ?? []).map(
    ({ at, ratePerMinute }) => [at, ratePerMinute] as const,
  );
  const lastRate = configured.at(-1)?.[1];
  const until = stoppedAt(job) ?? job.endedAt ?? to;
  return {
    title: `Rate of ${job.jobId}`,
    description: `Things notified per minute, in bins of ${formatSeconds(width)}, against the configured rate${
      lastRate === undefined ? '' : `, which ended at ${formatCount(lastRate)} per minute`
    }.`,
    height: 'short',
    y: { label: 'things per minute', unit: 'perMinute', scale: 'linear' },
    series: [
      {
        name: 'notified',
        shape: 'bar',
        color: 'notified',
        span: width,
        // Its room is kept, so that the plot lines up with the curve's.
        endLabel: lastRate === undefined ? 'notified' : '',
        points: ratesOf(job.rollout.observed, from, to, width, until),
      },
      ...(lastRate === undefined
        ? []
        : [
            {
              name: 'configured rate',
              endLabel: `configured ${formatCount(lastRate)}`,
              shape: 'step',
              color: 'ink',
              dash: 'dashed',
              points: [...configured, [until, lastRate] as const],
            } as const,
          ]),
    ],
  };
}

/**
 * Things per minute in each bin. The curve may be thinned, so between two of its points it is taken to
 * be straight. The bin in which releasing was stopped tells of as long a time before `until`: what
 * comes after the stop is no slowdown.
 */
function ratesOf(
  curve: readonly (readonly [number, number])[],
  from: number,
  to: number,
  span: number,
  until: number,
): Point[] {
  const bins = Math.max(1, Math.ceil((to - from) / span));
  const levels = levelsAt(
    curve,
    Array.from({ length: bins + 1 }, (_, index) => from + index * span),
  );
  return levels.slice(1).map((level, index) => {
    const start = from + index * span;
    const isCut = start > from && start < until && until < start + span;
    const [, before = 0, after = 0] = isCut
      ? levelsAt(curve, [from, until - span, until])
      : [0, levels[index], level];
    return [start, ((after - before) * 60) / span];
  });
}

function levelsAt(
  curve: readonly (readonly [number, number])[],
  instants: readonly number[],
): number[] {
  let next = 0;
  return instants.map((at, index) => {
    while ((curve[next]?.[0] ?? Number.POSITIVE_INFINITY) <= at) next++;
    const [before, after] = [curve[next - 1], curve[next]];
    // What was released with the very start belongs into the first bin.
    if (before === undefined || index === 0) return 0;
    if (after === undefined) return before[1];
    return before[1] + ((after[1] - before[1]) * (at - before[0])) / (after[0] - before[0]);
  });
}
