import type { JobSummary, Summary } from '../summary.ts';
import type { Axis, Band, Point, Rule, Series } from './chart.ts';

/** Time as the runs of a fleet have it. */
export function timeAxis({ environment }: Summary, domain?: readonly [number, number]): Axis {
  const label = environment.clockScale === 1 ? 'time' : 'simulated time';
  return { label, unit: 'seconds', scale: 'linear', ...(domain === undefined ? {} : { domain }) };
}

/** What to say beneath a chart whose time begins before the run does. */
export function tellEarly(series: readonly Series[]): string | undefined {
  return series.some(({ points }) => points.some(([at]) => at < 0))
    ? 'Times below zero are before the start, while the fleet connects.'
    : undefined;
}

/** From the creation of a job to the last that happened to it, or to the end of the run: what its charts share. */
export function jobDomain({ run }: Summary, job: JobSummary): readonly [number, number] {
  const { createdAt, endedAt, progress, rollout } = job;
  const first = createdAt ?? progress.rows[0]?.[0] ?? rollout.observed[0]?.[0] ?? 0;
  const last = Math.max(
    first,
    endedAt ?? run.simulatedSeconds,
    progress.rows.at(-1)?.[0] ?? first,
    rollout.observed.at(-1)?.[0] ?? first,
  );
  return [first, last];
}

/** One column of a job's progress over time, its last value held `until` then; empty where there is no such column. */
export function progressOf({ progress }: JobSummary, column: string, until: number): Point[] {
  const index = progress.columns.indexOf(column);
  if (index < 0) return [];
  const points = progress.rows.map((row): Point => [row[0] ?? 0, row[index] ?? 0]);
  const last = points.at(-1);
  return last !== undefined && last[0] < until ? [...points, [until, last[1]]] : points;
}

/** When the job stopped releasing things because it aborted or was cancelled. */
export function stoppedAt(job: JobSummary): number | undefined {
  const trip = job.abort.criteria.find(({ tripped }) => tripped)?.at;
  return trip ?? (job.status === 'CANCELED' ? job.endedAt : undefined);
}

export function afterStop(job: JobSummary): Band[] {
  const from = stoppedAt(job);
  return from === undefined ? [] : [{ from }];
}

/** What happened that shows in the curves of a job: its own events and those of the fleet. */
export function rulesOf(summary: Summary, job: JobSummary): Rule[] {
  const trip = job.abort.criteria.find(({ tripped }) => tripped);
  const aborted: Rule[] =
    trip?.at === undefined ? [] : [{ at: trip.at, label: 'aborted', color: 'alarm' }];
  const others = summary.events.flatMap(({ t, kind, data }): Rule[] => {
    const isOfOther = data?.['jobId'] !== undefined && data['jobId'] !== job.jobId;
    const label = labelOf(kind, data);
    if (isOfOther || label === undefined) return [];
    return [{ at: t, label, color: kind === 'job-aborted' ? 'alarm' : 'muted', dash: 'dashed' }];
  });
  const [first, last] = jobDomain(summary, job);
  return [...aborted, ...others].filter(
    ({ at, label }, index) =>
      at >= first && at <= last && !(index > 0 && label === 'aborted' && aborted.length > 0),
  );
}

const eventLabels: Readonly<Record<string, string>> = {
  'job-aborted': 'aborted',
  'job-cancelled': 'cancelled',
  'job-updated': 'updated',
  'job-deleted': 'deleted',
  'executions-cancelled': 'executions cancelled',
};

function labelOf(kind: string, data: Readonly<Record<string, unknown>> = {}): string | undefined {
  const { count, share } = data;
  const told = typeof count === 'number' ? ` ${count}` : '';
  if (kind === 'things-added') return `added${told}`;
  if (kind === 'things-removed') return `removed${told}`;
  if (kind === 'disconnected') {
    return typeof share === 'number'
      ? `${Number((share * 100).toFixed(1))}% cut off`
      : 'things cut off';
  }
  return eventLabels[kind];
}
