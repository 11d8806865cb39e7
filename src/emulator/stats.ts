import type { EngineView } from '../engine/state.ts';
import type { EmulatorStats } from '../metrics/prometheus-emulator.ts';
import { executionStatuses, jobStatuses } from '../protocol/status.ts';
import type { Broker } from './broker.ts';
import type { RequestTally } from './request-tally.ts';

/** The figures behind `/metrics` and `GET /_fleetrig/stats`; every status is named, also at 0. */
export function emulatorStats(
  view: EngineView,
  broker: Pick<Broker, 'stats'>,
  tally: RequestTally,
): EmulatorStats {
  const jobs = zeroes(jobStatuses);
  const executions = zeroes(executionStatuses);
  for (const job of view.jobs.values()) {
    jobs[job.status] += 1;
    for (const status of executionStatuses) executions[status] += job.counts[status];
  }
  const { connections, packetsIn, packetsOut } = broker.stats();
  const packets = { received: packetsIn, sent: packetsOut };
  return { connections, packets, requests: tally.read(), jobs, executions };
}

function zeroes<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}
