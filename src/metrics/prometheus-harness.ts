import { classicOf } from './classic-histogram.ts';
import { capped } from './metric-labels.ts';
import type { MetricTable, Sample } from './metric-table.ts';
import type { GaugeName } from './recorder.ts';
import type { RunFacts } from './run-facts.ts';

const verdicts = ['passed', 'failed', 'inconclusive', 'interrupted', 'error'] as const;

/** Of the run as a whole and of the harness itself: what it is, what it costs, how it was judged. */
export const harnessMetrics = {
  fleetrig_build_info: {
    kind: 'info',
    help: 'Always 1; what is running.',
    labels: ['version', 'node'],
    example: 'fleetrig_build_info',
    samples: ({ version, node }) => [[[version, node], 1]],
  },
  fleetrig_run_info: {
    kind: 'info',
    help: 'Always 1; which run this is.',
    labels: ['run_id', 'scenario', 'target'],
    example: 'fleetrig_things * on() group_left (run_id) fleetrig_run_info',
    samples: ({ runId, scenario, target }) => [[[runId, scenario, target], 1]],
  },
  fleetrig_run_start_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the run started, since the Unix epoch.',
    labels: [],
    example: 'time() - fleetrig_run_start_timestamp_seconds',
    samples: ({ startedAt }) => [[[], startedAt / 1000]],
  },
  fleetrig_simulated_seconds_total: {
    kind: 'counter',
    help: 'Simulated time since the start of the run, as of the last look at the jobs; its rate is the clock scale.',
    labels: [],
    example: 'rate(fleetrig_simulated_seconds_total[30s])',
    samples: ({ simulatedSeconds }) => [[[], simulatedSeconds]],
  },
  fleetrig_events_total: {
    kind: 'counter',
    help: 'Events of the timeline by kind.',
    labels: ['kind'],
    example: 'increase(fleetrig_events_total[1m])',
    samples: ({ events }) =>
      capped('kind', Object.entries(events)).map(([kind, count]) => [[kind], count]),
  },
  fleetrig_assertion_passed: {
    kind: 'gauge',
    help: '1 for an expectation that held, 0 for one that did not; there once the run is judged.',
    labels: ['assertion'],
    example: 'count(fleetrig_assertion_passed == 0)',
    samples: ({ assertions }) =>
      capped('assertion', assertions).map(({ id, passed }) => [[id], passed ? 1 : 0]),
  },
  fleetrig_run_verdict: {
    kind: 'gauge',
    help: '1 for the verdict of the run, 0 for the others; all 0 until it is judged.',
    labels: ['verdict'],
    example: 'fleetrig_run_verdict == 1',
    samples: (facts) => verdicts.map((verdict) => [[verdict], facts.verdict === verdict ? 1 : 0]),
  },
  fleetrig_schedule_delay_seconds: {
    kind: 'histogram',
    help: 'How late timers of the harness fired.',
    labels: [],
    example: 'histogram_quantile(0.99, rate(fleetrig_schedule_delay_seconds_bucket[30s]))',
    samples: ({ metrics }) => [[[], classicOf(metrics.histogram('schedule', 'corrected'))]],
  },
  fleetrig_worker_event_loop_utilization_ratio: {
    kind: 'gauge',
    help: 'Share of the last second in which the worker was busy, 0 to 1.',
    labels: ['worker'],
    example: 'max(fleetrig_worker_event_loop_utilization_ratio)',
    samples: (facts) => ofWorkers(facts, 'loop.utilization'),
  },
  fleetrig_worker_event_loop_delay_max_seconds: {
    kind: 'gauge',
    help: 'The longest the worker kept its event loop waiting since the start.',
    labels: ['worker'],
    example: 'max(fleetrig_worker_event_loop_delay_max_seconds)',
    samples: (facts) => ofWorkers(facts, 'loop.delayMaxMs', 1000),
  },
  fleetrig_agents_cpu_seconds_total: {
    kind: 'counter',
    help: 'CPU time of all agent processes.',
    labels: [],
    example: 'rate(fleetrig_agents_cpu_seconds_total[30s])',
    samples: ({ metrics }) => [[[], metrics.gauge('cpuSeconds')]],
  },
  fleetrig_agents_resident_memory_bytes: {
    kind: 'gauge',
    help: 'Resident memory of all agent processes.',
    labels: [],
    example: 'fleetrig_agents_resident_memory_bytes',
    samples: ({ metrics }) => [[[], metrics.gauge('rssBytes')]],
  },
  process_cpu_seconds_total: {
    kind: 'counter',
    help: 'CPU time of this process: the coordinator.',
    labels: [],
    example: 'rate(process_cpu_seconds_total[30s])',
    samples: ({ process }) => [[[], process.cpuSeconds]],
  },
  process_resident_memory_bytes: {
    kind: 'gauge',
    help: 'Resident memory of this process.',
    labels: [],
    example: 'process_resident_memory_bytes',
    samples: ({ process }) => [[[], process.rssBytes]],
  },
} as const satisfies MetricTable<RunFacts>;

/** In units that go `perUnit` times into what is shown. */
function ofWorkers({ metrics }: RunFacts, gauge: GaugeName, perUnit = 1): Sample<number>[] {
  return capped('worker', [...metrics.gauges(gauge)]).map(([worker, value]) => [
    [worker],
    value / perUnit,
  ]);
}
