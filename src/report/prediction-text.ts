import { formatDuration } from '../base/duration.ts';
import type {
  PredictedCriterion,
  PredictedJob,
  PredictedLoad,
  PredictedOutcome,
  Prediction,
} from './prediction.ts';
import { counted, formatCount, formatInstant } from './wording.ts';

/** One row a job and reading: what differs from reading to reading, side by side. */
export const readingHeadings = [
  'minimum of',
  'share of',
  'trips at',
  'execution',
  'failed',
  'notified',
  'running',
  'harmed',
  'end after',
] as const;

/** Rows under {@link readingHeadings}; `mark` stands before the scenario's own reading. */
export function readingRows({ outcomes }: Prediction, jobId: string, mark: string): string[][] {
  return outcomes.flatMap((outcome) => {
    const job = outcome.jobs.find((each) => each.jobId === jobId);
    if (job === undefined) return [];
    const { abortGate, abortComparison, abortDenominator } = outcome.reading;
    const sign = abortComparison === 'above' ? '>' : '>=';
    const lead = outcome.isDefault ? mark : ' ';
    return [[`${lead} ${abortGate}`, `${sign} ${abortDenominator}`, ...tripCells(job)]];
  });
}

function tripCells({ criteria }: PredictedJob): string[] {
  const trip = criteria.find((criterion) => criterion.trip !== undefined)?.trip;
  if (trip === undefined) return ['never', ...Array.from({ length: 6 }, () => '-')];
  return [
    tellSeconds(trip.at),
    formatCount(trip.executed),
    `${formatCount(trip.failed)} (${Number(trip.percentage.toFixed(2))}%)`,
    formatCount(trip.notified),
    formatCount(trip.inProgress),
    formatCount(trip.harmed),
    formatCount(trip.finishedAfter),
  ];
}

/** What becomes of a job under the scenario's own reading. */
export function tellPredictedJob(job: PredictedJob): string {
  const { durationSeconds, ratePerMinuteMax } = job;
  const facts = [
    job.status,
    `${formatCount(job.notified)} of ${counted(job.targeted, 'thing')} notified`,
    durationSeconds === undefined ? 'does not end' : `takes ${tellSeconds(durationSeconds)}`,
    ratePerMinuteMax === undefined
      ? undefined
      : `at most ${formatCount(ratePerMinuteMax)} in any minute`,
    `${counted(job.harmedThings, 'thing')} harmed`,
  ];
  return facts.filter((fact) => fact !== undefined).join(', ');
}

/** The trip point in one sentence. */
export function tellTrip(criterion: PredictedCriterion): string {
  const { failureType, thresholdPercentage, minNumberOfExecutedThings, trip } = criterion;
  const limit = `${failureType} limit ${thresholdPercentage}%, minimum ${formatCount(minNumberOfExecutedThings)}`;
  if (trip === undefined) return `${limit}: never trips`;
  return [
    `${limit}: trips at ${tellSeconds(trip.at)}`,
    `at execution ${formatCount(trip.executed)} (${trip.thing}, attempt ${trip.executionNumber})`,
    `with ${formatCount(trip.failed)} of ${formatCount(trip.executed)}`,
    `${formatCount(trip.notified)} notified`,
    `${formatCount(trip.inProgress)} in progress`,
    `${formatCount(trip.harmed)} harmed by then`,
    `${formatCount(trip.finishedAfter)} end afterwards, ${formatCount(trip.harmedAfter)} of them badly`,
  ].join(', ');
}

export const loadHeadings = ['requests', 'total', 'in a second', 'at'] as const;

/** Rows under {@link loadHeadings}; what there is none of is left out. */
export function loadRows({ load }: PredictedOutcome): string[][] {
  const { connects, updates, describes, startNexts, documents } = load;
  const row = (name: string, { total, perSecondMax, at }: PredictedLoad): string[][] =>
    total === 0
      ? []
      : [
          [
            name,
            formatCount(total),
            formatCount(perSecondMax),
            at === undefined ? '-' : formatInstant(at),
          ],
        ];
  return [
    ...row('connects', connects),
    ...row('describes', describes),
    ...row('start-next', startNexts),
    ...row('updates', updates),
    ...row('documents sent', documents),
  ];
}

function tellSeconds(seconds: number): string {
  return formatDuration(seconds * 1000);
}
