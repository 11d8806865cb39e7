import { type Exporter, exporterOf } from './exposition.ts';
import type { MetricTable } from './metric-table.ts';
import { fleetMetrics } from './prometheus-fleet.ts';
import { harnessMetrics } from './prometheus-harness.ts';
import { jobMetrics } from './prometheus-jobs.ts';
import type { RunFacts } from './run-facts.ts';

/** Everything a run exports: when scraped, in `metrics.om`, and when pushed. */
export const runMetrics = { ...harnessMetrics, ...jobMetrics, ...fleetMetrics };

export function openRunExporter(read: () => RunFacts): Exporter {
  return exporterOf<RunFacts>(runMetrics, read);
}

const endFigures: readonly (keyof typeof runMetrics)[] = [
  'fleetrig_build_info',
  'fleetrig_run_info',
  'fleetrig_run_start_timestamp_seconds',
  'fleetrig_simulated_seconds_total',
  'fleetrig_run_verdict',
  'fleetrig_assertion_passed',
  'fleetrig_executions',
  'fleetrig_rollout_targeted_things',
  'fleetrig_rollout_notified_things_total',
  'fleetrig_job_aborted',
  'fleetrig_job_abort_timestamp_seconds',
  'fleetrig_requests_total',
  'fleetrig_execution_outcomes_total',
  'fleetrig_reconnects_total',
];

/** Those that say how a run came out: what a Pushgateway keeps when all is over. */
export const endMetrics: MetricTable<RunFacts> = Object.fromEntries(
  endFigures.map((name) => [name, runMetrics[name]]),
);
