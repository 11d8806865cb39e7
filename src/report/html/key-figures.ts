import { formatDuration } from '../../base/duration.ts';
import { hasSamples } from '../percentiles.ts';
import type { JobSummary, Summary } from '../summary.ts';
import { tellPercent } from '../uncertainty-text.ts';
import { formatCount, formatPercentage, formatSeconds, isJumping } from '../wording.ts';

export interface KeyFigure {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
}

/** What is asked first, over all jobs. Latency only where there was a wire to measure it on. */
export function keyFigures(summary: Summary): KeyFigure[] {
  const { jobs, operations, fleet } = summary;
  const notified = sum(jobs, ({ notified }) => notified ?? 0);
  const targeted = sum(jobs, ({ targeted }) => targeted ?? 0);
  const of = (status: keyof JobSummary['executions']) =>
    sum(jobs, ({ executions }) => executions[status]);
  const executed = of('SUCCEEDED') + of('FAILED') + of('REJECTED') + of('TIMED_OUT');
  const trip = jobs.flatMap(({ abort }) => abort.criteria).find(({ tripped }) => tripped);
  const slowest = operations
    // An execution takes as long as the device works; the others are answers of the service.
    .filter(({ name, corrected }) => name !== 'execution' && hasSamples(corrected))
    .reduce<(typeof operations)[number] | undefined>(
      (worst, each) => (worst && worst.corrected.p99 >= each.corrected.p99 ? worst : each),
      undefined,
    );
  return [
    {
      name: 'Notified',
      value: formatCount(notified),
      note: `of ${formatCount(targeted || fleet.things)} things`,
    },
    {
      name: 'Succeeded',
      value: formatCount(of('SUCCEEDED')),
      note: shareOf(of('SUCCEEDED'), executed),
    },
    { name: 'Failed', value: formatCount(of('FAILED')), note: shareOf(of('FAILED'), executed) },
    { name: 'Canceled', value: formatCount(of('CANCELED')), note: 'executions' },
    trip === undefined
      ? { name: 'Abort', value: 'none', note: 'no criterion tripped' }
      : {
          name: 'Aborted at',
          value: trip.at === undefined ? 'unknown' : formatSeconds(trip.at),
          note:
            trip.percentage === undefined
              ? trip.failureType
              : `${trip.failureType} ${formatPercentage(trip.percentage)}`,
        },
    ...(slowest === undefined
      ? []
      : [
          {
            name: isJumping(summary) ? 'Worst p99, from send' : 'Worst p99',
            value: formatDuration(slowest.corrected.p99 / 1000),
            note: slowest.name,
          },
        ]),
  ];
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

function sum(jobs: readonly JobSummary[], figure: (job: JobSummary) => number): number {
  return jobs.reduce((total, job) => total + figure(job), 0);
}
