import { formatDuration } from '../base/duration.ts';
import type { JobSummary, PredictedJobSummary } from './summary.ts';
import { counted, formatCount, formatPercentage } from './wording.ts';

type Counts = Readonly<Record<string, number>>;
type ComparedThings = NonNullable<PredictedJobSummary['things']>;

/** A run beside its prediction. */
export const comparisonHeadings = ['', 'predicted', 'observed'] as const;

/** Rows under {@link comparisonHeadings}; none of a job that was not predicted. */
export function comparisonRows(job: JobSummary): string[][] {
  const { predicted } = job;
  if (predicted === undefined) return [];
  const tookSeconds =
    job.createdAt === undefined || job.endedAt === undefined
      ? undefined
      : job.endedAt - job.createdAt;
  const trip = job.abort.criteria.find(({ tripped }) => tripped);
  const foreseen = predicted.abort.tripped ? predicted.abort : undefined;
  const rows = [
    ['status', predicted.status, job.status],
    ['notified', tellCount(predicted.notified), tellCount(job.notified)],
    ...executionRows(predicted.executions, job.executions),
    ['took', tellSeconds(predicted.durationSeconds), tellSeconds(tookSeconds)],
  ];
  if (trip === undefined && foreseen === undefined) return rows;
  return [
    ...rows,
    ['tripped at', tellSeconds(foreseen?.at), tellSeconds(trip?.at)],
    ['executed by then', tellCount(foreseen?.executed), tellCount(trip?.executed)],
    ['failed by then', tellCount(foreseen?.failed), tellCount(trip?.failed)],
  ];
}

/** One row for each status that either has. */
function executionRows(predicted: Counts, observed: Counts): string[][] {
  return Object.entries(predicted).flatMap(([status, count]) => {
    const seen = observed[status] ?? 0;
    return count + seen === 0 ? [] : [[status, tellCount(count), tellCount(seen)]];
  });
}

/** How well they agree, in one sentence; undefined of a job that was not predicted. */
export function tellAgreement({ rollout, predicted }: JobSummary): string | undefined {
  if (predicted === undefined) return undefined;
  const { things } = predicted;
  const facts = [
    rollout.deviation === undefined
      ? undefined
      : `the rollouts are at most ${formatPercentage(rollout.deviation)} of the things targeted apart`,
    things === undefined ? undefined : tellThings(things),
  ].filter((fact) => fact !== undefined);
  return facts.length === 0 ? undefined : facts.join('; ');
}

/** A thing whose end depends on timing may have ended as predicted all the same. */
function tellThings(things: ComparedThings): string {
  const { same, differing, timingDependent, timingDependentSame } = things;
  const all = same + differing + timingDependent;
  return [
    `${formatCount(same + timingDependentSame)} of ${counted(all, 'thing')} ended as predicted`,
    `${formatCount(timingDependent)} could have gone either way, by timing`,
    `of the other ${formatCount(same + differing)}, ${formatCount(differing)} ended otherwise`,
  ].join('; ');
}

function tellCount(count: number | undefined): string {
  return count === undefined ? '-' : formatCount(count);
}

function tellSeconds(seconds: number | undefined): string {
  return seconds === undefined ? '-' : formatDuration(seconds * 1000);
}
