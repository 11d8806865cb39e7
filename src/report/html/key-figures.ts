import { formatDuration } from '../../base/duration.ts';
import { hasSamples } from '../percentiles.ts';
import type { JobSummary, OperationSummary, Summary } from '../summary.ts';
import { tellPercent } from '../uncertainty-text.ts';
import { wallOperations } from '../wall-operations.ts';
import {
  counted,
  formatCount,
  formatPercentage,
  formatSeconds,
  formatTally,
  isJumping,
} from '../wording.ts';

export interface KeyFigure {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
}

/** What is asked first, over all jobs. Latency only where there was a wire to measure it on. */
export function keyFigures(summary: Summary): KeyFigure[] {
  const { jobs, fleet } = summary;
  const notified = sumOf(jobs, ({ notified }) => notified);
  const targeted = sumOf(jobs, ({ targeted }) => targeted);
  const of = (status: keyof JobSummary['executions']) =>
    sum(jobs, ({ executions }) => executions[status]);
  const executed = of('SUCCEEDED') + of('FAILED') + of('REJECTED') + of('TIMED_OUT');
  const slowest = wallOperations(summary)
    .filter(({ corrected }) => hasSamples(corrected))
    .reduce<OperationSummary | undefined>(
      (worst, each) => (worst && worst.corrected.p99 >= each.corrected.p99 ? worst : each),
      undefined,
    );
  return [
    {
      name: 'Notified',
      value: notified === undefined ? 'unknown' : formatCount(notified),
      note:
        targeted === undefined
          ? `${counted(fleet.things, 'thing')} in the fleet; how many were targeted is unknown`
          : jobs.length > 1
            ? `of ${counted(targeted, 'execution')} targeted by ${formatCount(jobs.length)} jobs`
            : `of ${counted(targeted || fleet.things, 'thing')} targeted`,
    },
    {
      name: 'Succeeded',
      value: formatCount(of('SUCCEEDED')),
      note: shareOf(of('SUCCEEDED'), executed),
    },
    unsuccessfulFigure(jobs, executed),
    { name: 'Canceled', value: formatCount(of('CANCELED')), note: 'executions' },
    abortFigure(jobs),
    ...(slowest === undefined
      ? []
      : [
          {
            name: isJumping(summary) ? 'Worst p99, from send' : 'Worst p99',
            value: formatDuration(slowest.corrected.p99 / 1000),
            note: `${slowest.name}, wall time`,
          },
        ]),
  ];
}

const unsuccessful = ['FAILED', 'REJECTED', 'TIMED_OUT'] as const;

function unsuccessfulFigure(jobs: readonly JobSummary[], executed: number): KeyFigure {
  const counts = Object.fromEntries(
    unsuccessful.map((status) => [status, sum(jobs, ({ executions }) => executions[status])]),
  );
  const total = Object.values(counts).reduce((some, count) => some + count, 0);
  const share = shareOf(total, executed);
  return {
    name: 'Unsuccessful',
    value: formatCount(total),
    note: total === 0 ? share : `${share}: ${formatTally(counts)}`,
  };
}

/** The first trip of all, with its job where there are several, and how many of them tripped. */
function abortFigure(jobs: readonly JobSummary[]): KeyFigure {
  const trips = jobs.flatMap(({ jobId, abort }) => {
    const trip = abort.criteria.find(({ tripped }) => tripped);
    return trip === undefined ? [] : [{ jobId, ...trip }];
  });
  const first = trips.reduce<(typeof trips)[number] | undefined>(
    (one, other) => (one === undefined || (other.at ?? 0) < (one.at ?? 0) ? other : one),
    undefined,
  );
  const isOpen = jobs.some(({ abort }) =>
    abort.criteria.some(({ tripped }) => tripped === undefined),
  );
  if (first === undefined && isOpen) {
    return { name: 'Abort', value: 'unknown', note: 'a job was cancelled, and gives no reason' };
  }
  if (first === undefined) {
    const isGuarded = jobs.some(({ abort }) => abort.criteria.length > 0);
    const note = isGuarded ? 'no criterion tripped' : 'no job has a criterion';
    return { name: 'Abort', value: 'none', note };
  }
  const { at, failureType, jobId, percentage, thresholdPercentage: limit } = first;
  const why =
    percentage === undefined
      ? failureType
      : `${failureType} ${formatPercentage(percentage, limit)}`;
  const all = `${formatCount(trips.length)} of ${formatCount(jobs.length)} jobs aborted`;
  return {
    name: trips.length > 1 ? 'First abort at' : 'Aborted at',
    value: at === undefined ? 'unknown' : formatSeconds(at),
    note: `${jobs.length > 1 ? `${jobId}: ` : ''}${why}${trips.length > 1 ? `; ${all}` : ''}`,
  };
}

/** Where and with what it ran. */
export function environmentFacts(summary: Summary): [name: string, value: string][] {
  const { environment, fleet, run, tool, scenario } = summary;
  const isLive = environment.target !== 'simulation';
  const scale = environment.clockScale;
  return [
    ['Scenario', scenario.file],
    [
      'Target',
      [environment.target, environment.endpoint, environment.region].filter(Boolean).join(', '),
    ],
    ['Things', formatCount(fleet.things)],
    ...(isLive
      ? ([
          [
            'Clock',
            scale === 'max'
              ? 'as fast as it goes'
              : scale === 1
                ? 'real time'
                : `${scale} times real time`,
          ],
          ['Agents, workers', `${environment.agents}, ${environment.workers}`],
        ] as [string, string][])
      : []),
    ['Seed', run.seed],
    ['Started', run.startedAt],
    ['fleetrig', tool.version],
    ['Machine', `${environment.os}, ${environment.cpus} CPUs, Node ${environment.node}`],
  ];
}

function shareOf(part: number, whole: number): string {
  return whole === 0 ? 'nothing executed' : `${tellPercent(part / whole)} of executed`;
}

/** Undefined where it is of any job that was there; one that was not created has none to add. */
function sumOf(
  jobs: readonly JobSummary[],
  figure: (job: JobSummary) => number | undefined,
): number | undefined {
  const created = jobs.filter(({ status }) => status !== 'NOT_CREATED');
  return created.some((job) => figure(job) === undefined)
    ? undefined
    : sum(created, (job) => figure(job) ?? 0);
}

function sum(jobs: readonly JobSummary[], figure: (job: JobSummary) => number): number {
  return jobs.reduce((total, job) => total + figure(job), 0);
}
