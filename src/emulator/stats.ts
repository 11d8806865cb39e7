import type { EngineView } from '../engine/state.ts';
import type { BucketTally } from '../metrics/classic-histogram.ts';
import type { EmulatorStats } from '../metrics/prometheus-emulator.ts';
import { executionStatuses, jobStatuses } from '../protocol/status.ts';
import type { Broker } from './broker.ts';
import { dropReasons } from './broker-tally.ts';
import type { ProcessMeter } from './process-meter.ts';
import type { RequestTally } from './request-tally.ts';
import { refusalsAtZero, type Throttle } from './throttle.ts';

/** Where the figures behind `/metrics` are kept. */
export interface StatsSources {
  readonly view: EngineView;
  readonly broker: Pick<Broker, 'stats'>;
  readonly tally: RequestTally;
  readonly throttle: Throttle | undefined;
  readonly ticks: BucketTally;
  readonly meter: Pick<ProcessMeter, 'scrape'>;
}

/** The figures behind `/metrics`; every status and reason is named, also at 0. */
export function emulatorStats(sources: StatsSources): EmulatorStats {
  const { view, broker, tally, throttle, ticks, meter } = sources;
  const jobs = zeroes(jobStatuses);
  const executions = zeroes(executionStatuses);
  for (const job of view.jobs.values()) {
    jobs[job.status] += 1;
    for (const status of executionStatuses) executions[status] += job.counts[status];
  }
  const { packetsIn, packetsOut, dropped, ...held } = broker.stats();
  return {
    connections: held.connections,
    subscriptions: held.subscriptions,
    queuedBytes: held.queuedBytes,
    retainedBytes: held.retainedBytes,
    packets: { received: packetsIn, sent: packetsOut },
    dropped: { ...zeroes(dropReasons), ...dropped },
    requests: tally.read(),
    durations: tally.durations(),
    throttled: throttle?.refused() ?? Object.fromEntries(refusalsAtZero()),
    jobs,
    executions,
    ticks: ticks.read(),
    process: meter.scrape(),
  };
}

function zeroes<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}
