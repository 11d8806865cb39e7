import type { Millis } from '../base/clock.ts';
import type { Dialect } from '../protocol/dialect.ts';
import type {
  PredictedCriterion,
  PredictedJob,
  PredictedLoad,
  PredictedOutcome,
  Prediction,
} from '../report/prediction.ts';
import type { Plan } from '../scenario/plan.ts';
import type { SimulatedJob } from '../sim/jobs.ts';
import type { PerSecond } from '../sim/load.ts';
import { Referee } from '../sim/referee.ts';
import type { RunEvent } from './collector.ts';
import { mostInAnyMinute } from './job-summary.ts';
import { runVirtually, type VirtualRun } from './virtual-run.ts';

type Reading = PredictedOutcome['reading'];

const gates = ['completed', 'notified'] as const;
const comparisons = ['at-or-above', 'above'] as const;
const denominators = ['completed', 'notified'] as const;

/** The reading of the scenario first; the others only where a job can abort itself at all. */
export function readingsOf({ dialect, actions }: Plan): readonly [Reading, ...Reading[]] {
  const own = readingOf(dialect);
  const mayAbort = actions.some(
    (action) =>
      (action.type === 'create-job' && action.request.abortConfig !== undefined) ||
      (action.type === 'update-job' && action.settings.abortConfig !== undefined),
  );
  if (!mayAbort) return [own];
  const all = gates.flatMap((abortGate) =>
    denominators.flatMap((abortDenominator) =>
      comparisons.map((abortComparison) => ({ abortGate, abortComparison, abortDenominator })),
    ),
  );
  return [own, ...all.filter((reading) => !isSame(reading, own))];
}

/** A run under the scenario's own reading, and what would happen under each. */
export interface Foresight {
  readonly own: VirtualRun;
  readonly prediction: Prediction;
}

/**
 * Simulates the plan under every reading, where each simulation also serves all readings that would
 * have decided alike throughout.
 */
export function predict(plan: Plan, onEvent: (event: RunEvent, zeroAt: Millis) => void): Foresight {
  const readings = readingsOf(plan);
  const told = new Map<Reading, PredictedOutcome>();
  const run = (reading: Reading, listener?: typeof onEvent): VirtualRun => {
    const rivals = readings.filter((each) => each !== reading && !told.has(each));
    const referee = new Referee(
      rivals.map((rival) => ({ reading: rival, dialect: { ...plan.dialect, ...rival } })),
    );
    const outcome = runVirtually(plan, { ...plan.dialect, ...reading }, referee, listener);
    for (const alike of [reading, ...referee.agreeing]) {
      told.set(alike, outcomeOf(alike, alike === readings[0], outcome));
    }
    return outcome;
  };
  const own = run(readings[0], onEvent);
  if (own.ending.kind === 'finished') {
    for (const reading of readings) if (!told.has(reading)) run(reading);
  }
  const outcomes = readings.flatMap((reading) => told.get(reading) ?? []);
  return { own, prediction: { network: { ...plan.predict.network }, outcomes } };
}

function readingOf({ abortGate, abortComparison, abortDenominator }: Dialect): Reading {
  return { abortGate, abortComparison, abortDenominator };
}

function isSame(a: Reading, b: Reading): boolean {
  return (
    a.abortGate === b.abortGate &&
    a.abortComparison === b.abortComparison &&
    a.abortDenominator === b.abortDenominator
  );
}

function outcomeOf(reading: Reading, isDefault: boolean, run: VirtualRun): PredictedOutcome {
  const { zeroAt, endAt, events, jobs, simulation } = run;
  const { load } = simulation.traffic;
  return {
    reading,
    isDefault,
    events,
    simulatedSeconds: Math.max(0, endAt - zeroAt) / 1000,
    jobs: jobs.map((job) => predictedJob(job, reading, zeroAt)),
    load: {
      connects: loadOf(load.of('connect'), zeroAt),
      updates: loadOf(load.of('update'), zeroAt),
      describes: loadOf(load.of('describe'), zeroAt),
      startNexts: loadOf(load.of('start-next'), zeroAt),
      documents: loadOf(load.of('document'), zeroAt),
    },
  };
}

function loadOf(counts: PerSecond, zeroAt: Millis): PredictedLoad {
  const peak = counts.peak();
  return {
    total: counts.total,
    perSecondMax: peak?.perSecond ?? 0,
    ...(peak === undefined ? {} : { at: (peak.at - zeroAt) / 1000 }),
  };
}

function predictedJob(job: SimulatedJob, reading: Reading, zeroAt: Millis): PredictedJob {
  const { observation, releases } = job;
  const endAt = observation.completedAt ?? job.trip?.at ?? job.overSince;
  const rate = mostInAnyMinute(releases);
  return {
    jobId: job.jobId,
    status: job.status,
    ...(endAt === undefined ? {} : { durationSeconds: (endAt - job.createdAt) / 1000 }),
    targeted: observation.targeted,
    notified: observation.notified,
    ...(rate === undefined ? {} : { ratePerMinuteMax: rate }),
    harmedThings: job.thingsHarmed,
    criteria: job.abortCriteria.map((criterion, index) => ({
      failureType: criterion.failureType,
      thresholdPercentage: criterion.thresholdPercentage,
      minNumberOfExecutedThings: criterion.minNumberOfExecutedThings,
      ...tripOf(job, index, reading, zeroAt),
    })),
  };
}

function tripOf(
  { trip, observation: { executions } }: SimulatedJob,
  criterion: number,
  { abortDenominator }: Reading,
  zeroAt: Millis,
): Pick<PredictedCriterion, 'trip'> {
  if (trip === undefined || trip.criterion !== criterion) return {};
  const { executed, failed, notified, inProgress, harmed } = trip;
  const whole = abortDenominator === 'notified' ? notified : executed;
  const harmedAtEnd = executions.FAILED + executions.REJECTED + executions.TIMED_OUT;
  return {
    trip: {
      at: (trip.at - zeroAt) / 1000,
      executed,
      thing: trip.thingName,
      executionNumber: trip.executionNumber,
      failed,
      percentage: whole === 0 ? 0 : (100 * failed) / whole,
      notified,
      inProgress,
      harmed,
      finishedAfter: executions.SUCCEEDED + harmedAtEnd - executed,
      harmedAfter: harmedAtEnd - harmed,
    },
  };
}
