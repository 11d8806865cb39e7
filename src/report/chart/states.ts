import type { JobSummary, Summary } from '../summary.ts';
import { formatCount } from '../wording.ts';
import type { Chart, Point, Series } from './chart.ts';
import { jobDomain, progressOf, rulesOf, timeAxis } from './job-view.ts';

/** From the bottom of the stack: what is done, what is under way, what is to come. */
const states = [
  ['succeeded', 'succeeded', 'area-succeeded'],
  ['failed', 'failed', 'area-failed'],
  ['timedOut', 'timed out', 'area-timed-out'],
  ['rejected', 'rejected', 'area-rejected'],
  ['canceled', 'canceled', 'area-canceled'],
  ['removed', 'removed', 'area-removed'],
  ['inProgress', 'in progress', 'area-in-progress'],
  ['queued', 'queued', 'area-queued'],
] as const;

/** The executions of a job by status; statuses that never came up are left out. */
export function statesChart(summary: Summary, jobIndex: number): Chart | undefined {
  const job = summary.jobs[jobIndex];
  if (job === undefined || job.progress.rows.length < 2) return undefined;
  const span = jobDomain(summary, job);
  const [, until] = span;
  const layers = [
    ...states.map(([column, name, color]) => ({
      name,
      color,
      points: progressOf(job, column, until),
    })),
    { name: 'not notified', color: 'area-not-notified', points: notNotified(job, until) } as const,
  ];
  const series = layers
    .filter(({ points }) => points.some(([, value = 0]) => value > 0))
    .map((layer): Series => {
      const last = formatCount(layer.points.at(-1)?.[1] ?? 0);
      return { ...layer, shape: 'area', endLabel: `${layer.name} ${last}` };
    });
  if (series.length === 0) return undefined;
  return {
    id: `states-${jobIndex}`,
    title: `Executions of ${job.jobId} by status`,
    description: `Executions by status over time, stacked. At the end: ${series.map(({ endLabel }) => endLabel).join(', ')}.`,
    x: timeAxis(summary, span),
    y: { label: 'executions', unit: 'count', scale: 'linear' },
    series,
    rules: rulesOf(summary, job),
  };
}

function notNotified(job: JobSummary, until: number): Point[] {
  const targeted = targetedOf(job, until);
  return progressOf(job, 'notified', until).flatMap(([at, notified = 0], index): Point[] => {
    const whole = targeted(index);
    return whole === undefined ? [] : [[at, Math.max(0, whole - notified)]];
  });
}

/** Things targeted at each look. A continuous job gains some, so its final number says nothing of earlier ones. */
function targetedOf(job: JobSummary, until: number): (look: number) => number | undefined {
  const looks = progressOf(job, 'targeted', until);
  if (looks.length > 0) return (look) => looks[look]?.[1];
  return () => (job.config['targetSelection'] === 'CONTINUOUS' ? undefined : job.targeted);
}
