import { formatDuration } from '../base/duration.ts';
import { countBy, tellBasis } from './abort-share.ts';
import { hasSamples } from './percentiles.ts';
import type {
  AssertionSummary,
  CriterionSummary,
  JobSummary,
  OperationSummary,
  Percentiles,
  Summary,
} from './summary.ts';

const integers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1,320` */
export function formatCount(value: number): string {
  return integers.format(value);
}

/** With the decimals that AWS takes in thresholds. */
export function formatPercentage(value: number, ...limits: readonly number[]): string {
  return roundPercentage(value, 2, limits);
}

/** More would be noise of the arithmetic. */
const decimalsMax = 10;

/** With more decimals where those given would make it nothing, everything or one of the limits that it is not. */
export function roundPercentage(
  value: number,
  decimals: number,
  limits: readonly number[] = [],
): string {
  const edges = [0, 100, ...limits].filter((edge) => edge !== value);
  let places = decimals;
  while (edges.includes(Number(value.toFixed(places))) && places < decimalsMax) places++;
  return `${Number(value.toFixed(places))}%`;
}

/** `1 thing`, `1,320 things`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

export function formatSeconds(seconds: number): string {
  return formatDuration(seconds * 1000);
}

/** An instant of a run, in simulated seconds since its start: `6m24s`, `3m1s before the start`. */
export function formatInstant(seconds: number): string {
  return seconds < 0 ? `${formatSeconds(-seconds)} before the start` : formatSeconds(seconds);
}

/** `952 SUCCEEDED, 9 FAILED`: what is zero is left out. */
export function formatTally(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, value]) => value > 0)
    .map(([name, value]) => `${formatCount(value)} ${name}`)
    .join(', ');
}

/** What `expect` asked for and got, for a reader who sees this line alone. */
export function tellOutcome({ result, expected, actual, file, line }: AssertionSummary): string {
  if (result === 'passed' || result === 'skipped') return actual;
  const place = `(${file}:${line})`;
  if (result === 'error') return `could not be evaluated: ${actual} ${place}`;
  return `expected ${expected}, got ${actual} ${place}`;
}

/** `CANCELED, 1,320 of 1,500 notified, took 6m24s`. */
export function tellJob(job: JobSummary): string {
  const reached =
    job.notified === undefined
      ? job.status === 'NOT_CREATED'
        ? undefined
        : 'unknown how many were notified'
      : job.targeted === undefined
        ? `${formatCount(job.notified)} notified`
        : `${formatCount(job.notified)} of ${formatCount(job.targeted)} notified`;
  const took =
    job.createdAt === undefined || job.endedAt === undefined
      ? undefined
      : `took ${formatSeconds(job.endedAt - job.createdAt)}`;
  const facts = [reached, took, job.reasonCode].filter((fact) => fact !== undefined);
  return [job.status, ...facts].join(', ');
}

export function tellExecutions({ executions }: JobSummary): string {
  return formatTally(executions) || 'no executions';
}

export function tellRollout({ rollout }: JobSummary): string | undefined {
  const rates = (rollout.steps ?? []).map(({ ratePerMinute }) => formatCount(ratePerMinute));
  if (rates.length === 0 && rollout.ratePerMinuteMax === undefined) return undefined;
  // The middle of a long climb says little: the first two rates and the last two tell it.
  const shown = rates.length > 6 ? [...rates.slice(0, 2), '...', ...rates.slice(-2)] : rates;
  const set = shown.length === 0 ? [] : [`set ${shown.join(', ')} per minute`];
  const most =
    rollout.ratePerMinuteMax === undefined
      ? []
      : [`at most ${formatCount(rollout.ratePerMinuteMax)} in any minute`];
  return [...set, ...most].join('; ');
}

export function tellCriterion(criterion: CriterionSummary): string {
  const { failureType, thresholdPercentage, minNumberOfExecutedThings, gate } = criterion;
  const limit = `${formatPercentage(thresholdPercentage)} once ${formatCount(minNumberOfExecutedThings)} ${tellBasis(gate)}`;
  if (criterion.tripped === undefined) {
    return `${failureType} limit ${limit}: unknown whether it tripped`;
  }
  if (!criterion.tripped) return `${failureType} limit ${limit}: did not trip`;
  const { at, derived, percentage, notifiedAfterTrip } = criterion;
  const facts = [
    at === undefined ? undefined : `tripped at ${formatSeconds(at)}`,
    tellTripCounts(criterion),
    percentage === undefined ? undefined : formatPercentage(percentage, thresholdPercentage),
    notifiedAfterTrip === undefined
      ? undefined
      : `overshoot ${formatCount(notifiedAfterTrip)} notified after it`,
    derived === true ? 'derived from the times of the executions' : undefined,
  ].filter((fact) => fact !== undefined);
  return `${failureType} limit ${limit}: ${facts.join(', ') || 'tripped'}`;
}

/** `900 of 3,000 notified`: what failed by the trip, and what the percentage is of. */
export function tellTripCounts(criterion: CriterionSummary): string | undefined {
  const { denominator, failed, executed, notifiedBeforeTrip: notified } = criterion;
  if (failed === undefined || executed === undefined || notified === undefined) return undefined;
  const whole = countBy(denominator, { executed, notified });
  return `${formatCount(failed)} of ${formatCount(whole)} ${tellBasis(denominator)}`;
}

export const latencyHeadings = [
  'operation',
  'count',
  'errors',
  'p50',
  'p90',
  'p99',
  'p99.9',
  'max',
  'p99 sent',
] as const;

/** One row under {@link latencyHeadings}. */
export function latencyRow(operation: OperationSummary): string[] {
  const { name, count, errors, corrected, fromSend } = operation;
  const told = (percentiles: Percentiles, figure: 'p50' | 'p90' | 'p99' | 'p999' | 'max') =>
    hasSamples(percentiles) ? formatDuration(percentiles[figure] / 1000) : '-';
  return [
    name,
    formatCount(count),
    formatCount(Object.values(errors).reduce((sum, value) => sum + value, 0)),
    told(corrected, 'p50'),
    told(corrected, 'p90'),
    told(corrected, 'p99'),
    told(corrected, 'p999'),
    told(corrected, 'max'),
    told(fromSend, 'p99'),
  ];
}

/** Whether simulated time waited for messages, so that nothing was ever sent late in it. */
export function isJumping({ environment }: Summary): boolean {
  return environment.clockScale === 'max';
}

export function tellLatencyOrigin(summary: Summary): string {
  return isJumping(summary)
    ? 'In wall time, from when an operation was sent: at clock scale max, simulated time waits meanwhile.'
    : 'In wall time. It counts from when an operation was due, so a late sender shows; "p99 sent" counts from when it was sent.';
}

export function tellHarness(summary: Summary): string {
  const { harness } = summary;
  const { scheduleDelayMs, eventLoopDelayMs } = harness;
  return [
    harness.trusted ? 'kept its schedule' : 'not to be trusted, for the reasons given',
    isJumping(summary)
      ? 'no schedule delay, because at clock scale max simulated time waits for everybody'
      : `schedule delay p99 ${formatDuration(scheduleDelayMs.p99)}, max ${formatDuration(scheduleDelayMs.max)}`,
    `event loop delay p99 ${formatDuration(eventLoopDelayMs.p99)}, max ${formatDuration(eventLoopDelayMs.max)}`,
  ].join('; ');
}

/** How a target was observed that tells no more than AWS does; nothing of the others. */
export function tellObservation({ observation, jobs }: Summary): string[] {
  if (observation === undefined) return [];
  const { lookSeconds, resolutionSeconds, events, unknown } = observation;
  const heard = jobs.map((job) => job.events?.received ?? 0).reduce((sum, each) => sum + each, 0);
  const twice = jobs.map((job) => job.events?.duplicates ?? 0).reduce((sum, each) => sum + each, 0);
  const told = {
    off: 'job events not used',
    unavailable: 'job events off in the account',
    heard: `${counted(heard, 'job event')} heard${twice === 0 ? '' : `, ${formatCount(twice)} of them more than once`}`,
  }[events];
  return [
    `a look at each job every ${formatSeconds(lookSeconds)}; ${told}; times of the service to ${formatSeconds(resolutionSeconds)}`,
    ...unknown.map(({ figure, reason }) => `unknown or inexact: ${figure} (${reason})`),
  ];
}

/** `failed (exit 99): 3 of 5 expectations held, in 42s (42m simulated)`. */
export function tellVerdict(summary: Summary): string {
  const { verdict, exitCode } = summary.run;
  return `${verdict} (exit ${exitCode}): ${tellCourse(summary)}`;
}

/** `3 of 5 expectations held, in 42s (42m simulated)`. */
export function tellCourse({ run, assertions }: Summary): string {
  const held = assertions.filter(({ result }) => result === 'passed').length;
  const skipped = assertions.filter(({ result }) => result === 'skipped').length;
  const counted =
    assertions.length === 0
      ? 'nothing expected'
      : `${formatCount(held)} of ${formatCount(assertions.length - skipped)} expectations held`;
  return `${counted}, in ${formatSeconds(run.durationSeconds)} (${formatSeconds(run.simulatedSeconds)} simulated)`;
}
