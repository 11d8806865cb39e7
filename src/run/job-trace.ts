import type { Millis } from '../base/clock.ts';
import type { JobLine, TripFacts } from '../report/trace/trace-line.ts';
import { completedStatuses } from './armings.ts';
import type { RunEvent } from './collector.ts';
import type { ListedExecution, ObservedJob } from './job-watch.ts';

interface TracedRun {
  readonly events: readonly RunEvent[];
  readonly watches: ReadonlyMap<string, ObservedJob>;
  readonly listings: ReadonlyMap<string, readonly ListedExecution[]>;
  /** Simulated instants. */
  readonly zeroAt: Millis;
  readonly endAt: Millis;
}

/** The course of every job of a run, for its trace: in order of time, the end of all last. */
export function traceJobs(run: TracedRun): JobLine[] {
  const states = run.events.flatMap((event) => stateOf(event, run));
  const ends = Array.from(run.watches.values(), (watch) => endOf(watch, run));
  return [...states.sort((a, b) => a.t - b.t), ...ends];
}

function stateOf(event: RunEvent, run: TracedRun): JobLine[] {
  const { at, kind, data } = event;
  const job = data?.['jobId'];
  if (typeof job !== 'string') return [];
  const line = { type: 'job', t: at - run.zeroAt, job } as const;
  switch (kind) {
    case 'job-created':
      return [{ ...line, what: 'created' }];
    case 'job-aborted':
      return [{ ...line, what: 'state', status: 'CANCELED', ...standingOf(job, at, run) }];
    case 'job-status': {
      const status = String(data?.['status']);
      const standing = status === 'CANCELED' ? standingOf(job, at, run) : {};
      return [{ ...line, what: 'state', status, ...standing }];
    }
    default:
      return [];
  }
}

/** How far the job was when it was cancelled. */
function standingOf(
  job: string,
  at: Millis,
  { watches, listings }: TracedRun,
): Pick<JobLine, 'trip' | 'completed'> {
  const trip = watches.get(job)?.observation?.trip;
  const completed = listings
    .get(job)
    ?.filter(({ status, updatedAt }) => completedStatuses.has(status) && updatedAt <= at).length;
  return {
    ...(trip === undefined ? {} : { trip: factsOf(trip) }),
    ...(completed === undefined ? {} : { completed }),
  };
}

function factsOf({ failureType, executed, failed, notified }: TripFacts): TripFacts {
  return { failureType, executed, failed, notified };
}

function endOf(watch: ObservedJob, { zeroAt, endAt }: TracedRun): JobLine {
  const { jobId: job, status, reasonCode, executions } = watch;
  return {
    type: 'job',
    t: endAt - zeroAt,
    job,
    what: 'end',
    status,
    ...(reasonCode === undefined ? {} : { reasonCode }),
    executions,
  };
}
