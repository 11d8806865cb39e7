import { operations as operationNames, requestOperations } from '../metrics/recorder.ts';
import type { FigureValue } from '../metrics/thresholds.ts';
import { hasSamples } from './percentiles.ts';
import {
  type CohortSummary,
  type JobSummary,
  type OperationSummary,
  type Percentiles,
  type PredictedJobSummary,
  type Summary,
  statusCounts,
} from './summary.ts';

/** Members without a value are no figures of this run: a job that never ended has no duration. */
type Figures = Readonly<Record<string, FigureValue | undefined>>;

/** Of the others, a simulation knows nothing. */
export function isCountedInPrediction(operation: string): boolean {
  return operation === 'connect' || requestOperations.some((name) => name === operation);
}

/**
 * Answers what `expect` asks, by the names and in the units of the metrics catalogue. Undefined when
 * this run has no such figure, so that it is judged an error and never a pass.
 */
export function figureLookup(summary: Summary): (key: string) => FigureValue | undefined {
  const figures = figuresOf(summary);
  // A code that never came up was counted, at zero; which names exist is the catalogue's business.
  const isCountedCode = (key: string) => {
    const [, counter] = /^(operations\.[^.]+\.errors)\./.exec(key) ?? [];
    return counter !== undefined && figures.has(counter);
  };
  return (key) => figures.get(key) ?? (isCountedCode(key) ? 0 : undefined);
}

/** Every figure of a run by its name in the catalogue, in its base unit there. */
export function figuresOf(summary: Summary): ReadonlyMap<string, FigureValue> {
  const { environment, fleet, harness, invariants, jobs, operations, run } = summary;
  const figures = new Map<string, FigureValue>();
  const put = (prefix: string, members: Figures): void => {
    for (const [name, value] of Object.entries(members)) {
      if (value !== undefined) figures.set(`${prefix}.${name}`, value);
    }
  };

  for (const name of operationNames) {
    if (environment.target === 'simulation' && !isCountedInPrediction(name)) continue;
    put(`operations.${name}`, { count: 0, errors: 0, lost: 0 });
  }
  for (const job of jobs) {
    put(`jobs.${job.jobId}`, jobFigures(job));
    if (job.predicted) put(`predicted.jobs.${job.jobId}`, predictedFigures(job.predicted));
  }
  for (const cohort of fleet.cohorts) put(`cohorts.${cohort.name}`, cohortFigures(cohort));
  for (const operation of operations) {
    put(`latency.${operation.name}`, latencyFigures(operation));
    put(`operations.${operation.name}`, operationFigures(operation));
  }
  put('fleet', {
    things: fleet.things,
    connectedMax: fleet.connectedMax,
    reconnects: fleet.reconnects,
  });
  put('harness', {
    ...prefixed('scheduleDelay', harness.scheduleDelayMs),
    ...prefixed('eventLoopDelay', harness.eventLoopDelayMs),
    trusted: harness.trusted,
  });
  put('invariants', { broken: invariants.filter(({ holds }) => !holds).length });
  put('run', {
    duration: run.simulatedSeconds * 1000,
    wallDuration: run.durationSeconds * 1000,
  });
  return figures;
}

function jobFigures(job: JobSummary): Figures {
  const { abort, executions, rollout } = job;
  const trip = abort.criteria.find(({ tripped }) => tripped);
  return {
    status: job.status,
    reasonCode: job.reasonCode,
    targeted: job.targeted,
    notified: job.notified,
    duration: spanMs(job.createdAt, job.endedAt),
    ...prefixed('executions', executions),
    'executions.total': total(executions),
    'abort.tripped': hasTripped(job),
    'abort.failureType': trip?.failureType,
    'abort.at': spanMs(0, trip?.at),
    'abort.executed': trip?.executed,
    'abort.failed': trip?.failed,
    'abort.percentage': trip?.percentage,
    'abort.notifiedAfterTrip': trip?.notifiedAfterTrip,
    'rollout.ratePerMinuteMax': rollout.ratePerMinuteMax,
    'rollout.lastRatePerMinute': rollout.steps?.at(-1)?.ratePerMinute,
    'rollout.steps': rollout.steps?.length,
    'rollout.deviation': rollout.deviation,
  };
}

/** Undefined where nobody can tell whether one did. */
function hasTripped({ abort }: JobSummary): boolean | undefined {
  if (abort.criteria.some(({ tripped }) => tripped)) return true;
  return abort.criteria.some(({ tripped }) => tripped === undefined) ? undefined : false;
}

function predictedFigures(job: PredictedJobSummary): Figures {
  const { abort, durationSeconds, executions, notified, status } = job;
  return {
    status,
    notified,
    duration: spanMs(0, durationSeconds),
    ...prefixed('executions', executions),
    'executions.total': total(executions),
    ...prefixed('abort', { ...abort, at: spanMs(0, abort.at) }),
  };
}

const noReports: Figures = Object.fromEntries(
  [...Object.keys(statusCounts.shape), 'NONE'].map((status) => [status, 0]),
);

function cohortFigures(cohort: CohortSummary): Figures {
  const { name: _, reported, workSeconds, ...counts } = cohort;
  return {
    ...counts,
    ...prefixed('reported', { ...noReports, ...reported }),
    ...prefixed('workSeconds', workSeconds ?? {}),
  };
}

function latencyFigures({ corrected, fromSend }: OperationSummary): Figures {
  return { ...inMs(corrected), ...prefixed('fromSend', inMs(fromSend)) };
}

function operationFigures({ count, errors }: OperationSummary): Figures {
  return {
    count,
    errors: total(errors),
    lost: errors['LOST'] ?? 0,
    ...prefixed('errors', errors),
  };
}

/** Nothing when nothing was measured: zero would be under any limit. */
function inMs(percentiles: Percentiles): Figures {
  if (!hasSamples(percentiles)) return {};
  return Object.fromEntries(Object.entries(percentiles).map(([name, us]) => [name, us / 1000]));
}

function prefixed(prefix: string, members: Figures): Figures {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [`${prefix}.${name}`, value]),
  );
}

function spanMs(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : (to - from) * 1000;
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, value) => sum + value, 0);
}
