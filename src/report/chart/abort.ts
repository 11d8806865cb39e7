import { tellBasis } from '../abort-share.ts';
import type { CriterionSummary, Summary } from '../summary.ts';
import {
  formatCount,
  formatPercentage,
  formatSeconds,
  tellCriterion,
  tellTripCounts,
} from '../wording.ts';
import type { Chart, Point } from './chart.ts';
import { type FailureShare, looksAt, shareOf } from './failure-share.ts';
import { jobDomain, timeAxis } from './job-view.ts';

/** One chart for each abort criterion of a job: the share of failures against its limit. */
export function abortCharts(summary: Summary, jobIndex: number): Chart[] {
  const job = summary.jobs[jobIndex];
  if (job === undefined || job.progress.rows.length === 0) return [];
  const span = jobDomain(summary, job);
  const looks = looksAt(job, span[1]);
  return job.abort.criteria.map((criterion, index) => {
    const share = shareOf(criterion, looks, job.endedAt);
    return {
      id: `abort-${jobIndex}-${index}`,
      x: timeAxis(summary, span),
      ...drawnAs(criterion, share, job.jobId, span),
    };
  });
}

type Drawn = Pick<Chart, 'title' | 'description' | 'caption' | 'y' | 'series' | 'rules' | 'bands'>;

function drawnAs(
  criterion: CriterionSummary,
  { points, armed }: FailureShare,
  jobId: string,
  [from, to]: readonly [number, number],
): Drawn {
  const { failureType, thresholdPercentage: limit, minNumberOfExecutedThings: least } = criterion;
  const trip = tripOf(criterion);
  const base = tellBasis(criterion.denominator);
  const gated = tellBasis(criterion.gate);
  const failing = failureType === 'ALL' ? 'failures' : failureType;
  const told = tellCriterion(criterion);
  const armedAt = armed?.at;
  const whenArmed =
    armed === undefined
      ? `Never armed: fewer than ${formatCount(least)} were ${gated} (shaded).`
      : `Armed ${armed.isExact ? 'at' : 'by'} ${formatSeconds(armed.at)}, once ${formatCount(least)} were ${gated}; before that (shaded) it cannot trip.`;
  return {
    title: `Abort criterion of ${jobId}: ${failing}`,
    description: `${failing} in percent of ${base === 'notified' ? 'the things notified' : 'the executions completed'}, over time, against the limit of ${formatPercentage(limit)}. ${told}.`,
    caption: `${told}. ${whenArmed}`,
    y: {
      label: `${failing} in % of ${base}`,
      unit: 'percent',
      scale: 'linear',
      max: highestOf(points, limit, armedAt),
    },
    series: [
      {
        name: `${failing} in % of ${base}`,
        endLabel: `${failing} ${formatPercentage(points.at(-1)?.[1] ?? 0, limit)}`,
        shape: 'step',
        color: 'failed',
        isTinted: true,
        points: withTrip(points, trip),
      },
      {
        name: 'limit',
        endLabel: `limit ${formatPercentage(limit)}`,
        shape: 'line',
        color: 'alarm',
        dash: 'dashed',
        points: [
          [from, limit],
          [to, limit],
        ],
      },
      ...(trip === undefined
        ? []
        : [
            {
              name: 'tripped',
              endLabel: '',
              shape: 'dots',
              color: 'alarm',
              points: [trip],
              tips: [told],
            } as const,
          ]),
    ],
    bands: [{ ...(armedAt === undefined ? {} : { to: armedAt }) }, ...afterTrip(trip)],
    rules: [
      ...(trip === undefined
        ? []
        : [{ at: trip[0], label: tellTrip(criterion, trip), color: 'alarm' } as const]),
      ...(armedAt === undefined
        ? []
        : [
            {
              at: armedAt,
              label: `armed: ${formatCount(least)} ${gated}`,
              color: 'muted',
              dash: 'dashed',
            } as const,
          ]),
    ],
  };
}

type Trip = readonly [at: number, percentage: number];

function tripOf({ tripped, at, percentage }: CriterionSummary): Trip | undefined {
  return !tripped || at === undefined || percentage === undefined ? undefined : [at, percentage];
}

function tellTrip(criterion: CriterionSummary, [, share]: Trip): string {
  const counts = tellTripCounts(criterion);
  const told = formatPercentage(share, criterion.thresholdPercentage);
  return `tripped: ${told}${counts === undefined ? '' : ` (${counts})`}`;
}

function afterTrip(trip: Trip | undefined): { from: number }[] {
  return trip === undefined ? [] : [{ from: trip[0] }];
}

/** The looks are apart in time; the trip is known exactly. */
function withTrip(points: readonly Point[], trip: Trip | undefined): Point[] {
  if (trip === undefined) return [...points];
  const before = points.filter(([at]) => at < trip[0]);
  const after = points.filter(([at]) => at > trip[0]);
  return [...before, trip, ...after];
}

/** While few have executed, one failure may be 100 %: the picture is for what comes once it counts. */
function highestOf(points: readonly Point[], limit: number, armedAt: number | undefined): number {
  const counting = points.filter(([at]) => armedAt !== undefined && at >= armedAt);
  return Math.max(limit * 1.6, ...counting.map(([, value = 0]) => value * 1.15));
}
