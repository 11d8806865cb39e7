import type { Millis } from '../base/clock.ts';
import type { JobSummary, Summary } from '../report/summary.ts';
import type { Plan } from '../scenario/plan.ts';
import type { Collector } from './collector.ts';
import { hasAborted } from './has-aborted.ts';
import type { JobWatch, ListedExecution } from './job-watch.ts';
import { lookPaceMs } from './look-pace.ts';

type Listings = ReadonlyMap<string, readonly ListedExecution[]>;

/** Milliseconds between two times that the service can tell apart. */
function resolutionMsOf(listings: Listings): Millis {
  for (const listed of listings.values()) {
    for (const { queuedAt, updatedAt } of listed) {
      if (queuedAt % 1000 !== 0 || updatedAt % 1000 !== 0) return 1;
    }
  }
  return 1000;
}

/** Whether it can be told how long notices took: not from whole seconds. */
export function tellsNotices({ target }: Pick<Plan, 'target'>, listings: Listings): boolean {
  return target.kind === 'emulator' || resolutionMsOf(listings) === 1;
}

export interface ObservationSources {
  readonly plan: Plan;
  readonly watches: readonly JobWatch[];
  readonly listings: Listings;
  readonly looksPerSecond: number | undefined;
  /** Whether there was somebody to hear job events. */
  readonly isListening: boolean;
}

/** How a target was observed that tells no more than AWS does; undefined of an emulator of our own. */
export function observationFacts(sources: ObservationSources): Summary['observation'] {
  const { plan, watches, listings, looksPerSecond, isListening } = sources;
  const { target } = plan;
  if (target.kind === 'emulator') return undefined;
  const isWanted = target.kind === 'aws' && target.events !== 'off';
  return {
    lookSeconds: lookPaceMs(watches.length, looksPerSecond) / 1000,
    resolutionSeconds: resolutionMsOf(listings) / 1000,
    events: isWanted ? (isListening ? 'heard' : 'unavailable') : 'off',
    unknown: [
      { figure: 'jobs.<job>.targeted', reason: 'AWS tells no such figure' },
      {
        figure: 'jobs.<job>.rollout.steps, lastRatePerMinute',
        reason: 'AWS does not tell which rate is in force',
      },
      { figure: 'harness: emulator', reason: 'the service is on no machine of the run' },
      ...latencyUnknown(plan, listings),
      ...watches.flatMap(jobUnknown(listings)),
    ],
  };
}

type Unknown = NonNullable<Summary['observation']>['unknown'];

function latencyUnknown(plan: Plan, listings: Listings): Unknown {
  const reason = tellsNotices(plan, listings)
    ? 'it is off by as much as the clocks of service and harness differ'
    : 'the service tells times in whole seconds';
  return [{ figure: 'latency.notify', reason }];
}

const jobUnknown =
  (listings: Listings) =>
  (watch: JobWatch): Unknown => {
    const { jobId } = watch;
    return [
      ...(watch.isKnown && !listings.has(jobId)
        ? [{ figure: `jobs.${jobId}.notified`, reason: 'its executions could not be listed' }]
        : []),
      ...(watch.isNotifiedKnown
        ? []
        : [
            {
              figure: `jobs.${jobId}.progress: notified`,
              reason: 'while it went on, AWS counted executions, retries included',
            },
          ]),
      ...(hasAborted(watch) === undefined
        ? [
            {
              figure: `jobs.${jobId}.abort.tripped`,
              reason: 'it was cancelled, not by this run, and gives no reason',
            },
          ]
        : []),
    ];
  };

const pointsMax = 400;

/** What the devices saw of a job themselves. */
export function devicesOf(
  jobId: string,
  { notices, executions }: Pick<Collector, 'notices' | 'executions'>,
  zeroAt: Millis,
): NonNullable<JobSummary['devices']> {
  const since = (at: Millis) => (at - zeroAt) / 1000;
  const firstByThing = new Map<number, Millis>();
  for (const { thing, receivedAt, jobId: ofJob } of notices) {
    if (ofJob !== jobId) continue;
    firstByThing.set(thing, Math.min(firstByThing.get(thing) ?? receivedAt, receivedAt));
  }
  const heard = [...firstByThing.values()].sort((a, b) => a - b);
  const step = Math.max(1, Math.ceil(heard.length / pointsMax));
  const ends = executions
    .flatMap(({ jobId: ofJob, endedAt }) =>
      ofJob === jobId && endedAt !== undefined ? [endedAt] : [],
    )
    .sort((a, b) => a - b);
  const [first] = ends;
  const last = ends.at(-1);
  return {
    heard: heard.flatMap((at, index): [number, number][] =>
      index % step === 0 || index === heard.length - 1 ? [[since(at), index + 1]] : [],
    ),
    ended: ends.length,
    ...(first === undefined ? {} : { firstEndAt: since(first) }),
    ...(last === undefined ? {} : { lastEndAt: since(last) }),
  };
}
