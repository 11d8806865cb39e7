import type { Millis } from '../base/clock.ts';
import { describeJob, type JobObservation, observeJob } from '../engine/job-queries.ts';
import type { EngineView, Execution, Job, Trip } from '../engine/state.ts';
import type { AbortCriterion } from '../protocol/job-config.ts';
import type { ExecutionStatus } from '../protocol/status.ts';
import { executedOf, type JobTally, type Referee } from './referee.ts';

/** What stood when a job aborted itself, and which execution was the one too many. */
interface TripPoint extends Trip {
  readonly thingName: string;
  readonly executionNumber: number;
  /** Executions that had FAILED, were REJECTED or TIMED_OUT by then. */
  readonly harmed: number;
}

/** One job as a finished simulation leaves it. Times are simulated instants. */
export interface SimulatedJob {
  readonly jobId: string;
  /** As DescribeJob would tell it; DELETED when it is gone. */
  readonly status: string;
  readonly jobArn: string;
  readonly reasonCode: string | undefined;
  readonly comment: string | undefined;
  readonly createdAt: Millis;
  readonly overSince: Millis | undefined;
  readonly observation: JobObservation;
  /** Those in force at the end. */
  readonly abortCriteria: readonly AbortCriterion[];
  /** When each thing got its first execution, in order. */
  readonly releases: readonly Millis[];
  /** Executions in the service's own records, by status, and the things they are of. */
  readonly listed: Readonly<Record<string, number>>;
  readonly thingsListed: number;
  /** Things whose last attempt ended FAILED, REJECTED or TIMED_OUT. */
  readonly thingsHarmed: number;
  readonly trip: TripPoint | undefined;
}

/** One attempt of one thing, as the service holds it. Times are simulated instants. */
export interface SimulatedAttempt
  extends Pick<Execution, 'executionNumber' | 'status' | 'queuedAt' | 'startedAt'> {
  readonly thingName: string;
  /** When the device or a timeout ended it; undefined for one that is pending, cancelled or removed. */
  readonly endedAt: Millis | undefined;
}

interface Watched {
  readonly job: Job;
  status: string;
  /** When it was last looked at. */
  executed: number;
  notified: number;
  counts: JobTally['counts'];
  trip: TripPoint | undefined;
  overSince: Millis | undefined;
  /** Taken before it is deleted. */
  kept: SimulatedJob | undefined;
}

/** Watches the jobs of an engine, after every single thing that it does. */
export class JobLedger {
  readonly #view: EngineView;
  readonly #onChange: (job: SimulatedJobChange) => void;
  readonly #referee: Pick<Referee<unknown>, 'judge' | 'isIdle'>;
  /** In the order they were created; few. */
  readonly #watched: Watched[] = [];

  constructor(
    view: EngineView,
    onChange: (change: SimulatedJobChange) => void,
    referee: Pick<Referee<unknown>, 'judge' | 'isIdle'>,
  ) {
    this.#view = view;
    this.#onChange = onChange;
    this.#referee = referee;
  }

  /** Whether there are jobs and all are over, each without pending executions or for `settleMs` already. */
  isSettled(now: Millis, settleMs: Millis): boolean {
    for (const { overSince, job, status } of this.#watched) {
      if (overSince === undefined) return false;
      const isPending = status !== 'DELETED' && job.counts.QUEUED + job.counts.IN_PROGRESS > 0;
      if (isPending && now - overSince < settleMs) return false;
    }
    return this.#watched.length > 0;
  }

  add(jobId: string): void {
    const job = this.#view.jobs.get(jobId);
    if (job === undefined) return;
    this.#watched.push({
      job,
      status: 'IN_PROGRESS',
      executed: 0,
      notified: 0,
      counts: { ...job.counts },
      trip: undefined,
      overSince: undefined,
      kept: undefined,
    });
  }

  /** Remembers what deleting a job takes from the records. */
  keep(jobId: string, now: Millis): void {
    const watched = this.#watched.findLast(({ job }) => job.jobId === jobId);
    if (watched !== undefined) watched.kept = this.#finish(watched, now);
  }

  /**
   * Looks at what the engine has just done. `touched` are the things it told of a change of their
   * list, in order, since the last look: of those that ended, one tripped the criterion.
   */
  look(touched: readonly string[], now: Millis): void {
    for (const watched of this.#watched) {
      const { job } = watched;
      if (executedOf(job.counts) !== watched.executed) this.#lookAtEnded(watched, touched, now);
      watched.notified = job.rollout.notified;
      const status = this.#view.jobs.get(job.jobId) === job ? job.status : 'DELETED';
      if (status !== watched.status) this.#change(watched, status, now);
    }
  }

  /** In the order they were created; none of a job that is gone. */
  *attempts(jobId: string): Generator<SimulatedAttempt> {
    for (const execution of this.#view.jobs.get(jobId)?.executions.after(-1) ?? []) {
      const { executionNumber, status, queuedAt, startedAt, lastUpdatedAt, worklist } = execution;
      const endedAt = hasExecuted(execution) ? lastUpdatedAt : undefined;
      const { thingName } = worklist;
      yield { thingName, executionNumber, status, queuedAt, startedAt, endedAt };
    }
  }

  /** How far every job is, in the order they were created; or was, before it was deleted. */
  standings(): JobStanding[] {
    return this.#watched.map(({ job, kept, status }) => {
      const isGone = status === 'DELETED' || status === 'DELETION_IN_PROGRESS';
      return {
        jobId: job.jobId,
        notified: job.rollout.notified,
        targeted: job.rollout.targeted,
        executions: {
          ...(isGone && kept !== undefined ? kept.observation.executions : job.counts),
        },
      };
    });
  }

  jobs(now: Millis): SimulatedJob[] {
    return this.#watched.map((watched) =>
      watched.status === 'DELETED' && watched.kept !== undefined
        ? { ...watched.kept, status: 'DELETED', overSince: watched.overSince }
        : this.#finish(watched, now),
    );
  }

  /** Executions have ended. An end that comes after the job's own decides nothing. */
  #lookAtEnded(watched: Watched, touched: readonly string[], now: Millis): void {
    const { job, counts, notified } = watched;
    const mayTrip = watched.status === 'IN_PROGRESS' && job.settings.abortConfig !== undefined;
    if (mayTrip) {
      const things = [...new Set(touched)];
      const ended = things.flatMap((thingName) => endedAt(job, thingName, now) ?? []);
      if (job.trip !== undefined) {
        watched.trip = tripPointOf(job, job.trip, ended[job.trip.executed - watched.executed - 1]);
      }
      if (!this.#referee.isIdle) {
        const before = { counts, notified };
        this.#referee.judge({ job, before, ended: ended.map(({ status }) => status) }, now);
        watched.counts = { ...job.counts };
      }
    }
    watched.executed = executedOf(job.counts);
  }

  #change(watched: Watched, status: string, now: Millis): void {
    watched.status = status;
    if (status === 'COMPLETED' || status === 'CANCELED' || status === 'DELETED') {
      watched.overSince ??= now;
    }
    this.#onChange({ jobId: watched.job.jobId, status, trip: watched.trip });
  }

  #finish({ job, trip, overSince }: Watched, now: Millis): SimulatedJob {
    const described = describeJob(this.#view, job.jobId, now);
    const observed = observeJob(this.#view, job.jobId);
    if (!described.ok || !observed.ok) throw new RangeError(`job ${job.jobId} is gone`);
    const { jobArn, status, reasonCode, comment, createdAt } = described.value.job;
    const { releases, listed } = readLog(job);
    return {
      jobId: job.jobId,
      status,
      jobArn,
      reasonCode,
      comment,
      createdAt,
      overSince,
      observation: observed.value,
      abortCriteria: job.settings.abortConfig?.criteriaList ?? [],
      releases,
      listed,
      thingsListed: job.latest.size,
      thingsHarmed: countHarmed(job),
      trip,
    };
  }
}

export interface JobStanding {
  readonly jobId: string;
  readonly notified: number;
  readonly targeted: number;
  readonly executions: Readonly<Record<string, number>>;
}

export interface SimulatedJobChange {
  readonly jobId: string;
  readonly status: string;
  readonly trip: TripPoint | undefined;
}

function tripPointOf(job: Job, trip: Trip, last: Execution | undefined): TripPoint {
  return {
    ...trip,
    thingName: last?.worklist.thingName ?? '',
    executionNumber: last?.executionNumber ?? 0,
    harmed: trip.executed - job.counts.SUCCEEDED,
  };
}

/** The attempt of a thing that ended by itself at that instant. */
function endedAt(job: Job, thingName: string, at: Millis): Execution | undefined {
  let execution = job.latest.get(thingName);
  while (execution !== undefined && !(hasExecuted(execution) && execution.lastUpdatedAt === at)) {
    execution = execution.previous;
  }
  return execution;
}

function hasExecuted({ status }: Execution): boolean {
  return status === 'SUCCEEDED' || isHarm(status);
}

function isHarm(status: ExecutionStatus): boolean {
  return status === 'FAILED' || status === 'REJECTED' || status === 'TIMED_OUT';
}

function readLog(job: Job): Pick<SimulatedJob, 'releases' | 'listed'> {
  const releases: Millis[] = [];
  const listed: Record<string, number> = {};
  for (const { status, executionNumber, queuedAt } of job.executions.after(-1)) {
    listed[status] = (listed[status] ?? 0) + 1;
    if (executionNumber === 1) releases.push(queuedAt);
  }
  return { releases, listed };
}

function countHarmed(job: Job): number {
  let harmed = 0;
  for (const { status } of job.latest.values()) if (isHarm(status)) harmed++;
  return harmed;
}
