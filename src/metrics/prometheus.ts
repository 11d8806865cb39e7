import { type Exporter, exporterOf, type MetricTable, type Sample } from './exposition.ts';
import {
  type LatencyOrigin,
  type MergedMetrics,
  operations,
  requestOperations,
} from './recorder.ts';

/** What `/metrics` of a run is answered from. The owner renews it when deltas come in. */
export interface RunFacts {
  readonly version: string;
  readonly node: string;
  readonly runId: string;
  readonly scenario: string;
  readonly target: string;
  /** Wall milliseconds since the epoch. */
  readonly startedAt: number;
  readonly metrics: Pick<MergedMetrics, 'counter' | 'counters' | 'gauge' | 'histogram'>;
  /** Codes worth a series of their own, the first {@link labelCaps}.code of them; the rest fold into `other`. */
  readonly errorCodes: readonly string[];
  readonly jobs: readonly JobFacts[];
  /** Timeline events so far, by kind. */
  readonly events: Readonly<Record<string, number>>;
  /** Judged expectations; empty until the end. */
  readonly assertions: readonly { readonly id: string; readonly passed: boolean }[];
}

export interface JobFacts {
  readonly jobId: string;
  readonly notified: number;
  readonly executions: Readonly<Record<string, number>>;
  /** The rollout rate in force, if one is known. */
  readonly ratePerMinute?: number;
  /** Wall milliseconds since the epoch at which each rate came into force. */
  readonly rateStepsAt: readonly number[];
  readonly criteria: readonly {
    readonly failureType: string;
    readonly thresholdPercentage: number;
    readonly minNumberOfExecutedThings: number;
    /** Completed executions, and those that count for the criterion. */
    readonly executed: number;
    readonly failed: number;
    /** Wall milliseconds since the epoch. */
    readonly trippedAt?: number;
  }[];
}

/**
 * Most values of each label whose values come from outside. A thing's name is never one, so the
 * number of series does not grow with the fleet: {@link seriesBudget} holds for every run.
 */
export const labelCaps = { job: 10, code: 12, criterion: 4, step: 20, kind: 12, assertion: 100 };
export const seriesBudget = 4000;

/** How a request ends. */
const outcomes = ['accepted', 'rejected', 'lost'] as const;
const lostCode = 'LOST';

export const runMetrics: MetricTable<RunFacts> = {
  fleetrig_build_info: {
    kind: 'gauge',
    help: 'Always 1; what is running.',
    labels: ['version', 'node'],
    samples: ({ version, node }) => [[[version, node], 1]],
  },
  fleetrig_run_info: {
    kind: 'gauge',
    help: 'Always 1; which run this is.',
    labels: ['run_id', 'scenario', 'target'],
    samples: ({ runId, scenario, target }) => [[[runId, scenario, target], 1]],
  },
  fleetrig_run_start_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the run started, since the Unix epoch.',
    labels: [],
    samples: ({ startedAt }) => [[[], startedAt / 1000]],
  },
  fleetrig_things: {
    kind: 'gauge',
    help: 'Things of the fleet by the state of their link; the states add up to all things.',
    labels: ['state'],
    samples: ({ metrics }) => {
      const connected = metrics.gauge('connected');
      const connecting = metrics.gauge('connecting');
      return [
        [['connected'], connected],
        [['connecting'], connecting],
        [['offline'], Math.max(0, metrics.gauge('things') - connected - connecting)],
      ];
    },
  },
  fleetrig_operation_duration_seconds: {
    kind: 'histogram',
    help: 'Wall time of operations from when they were due.',
    labels: ['operation'],
    samples: (facts) => durations(facts, 'corrected'),
  },
  fleetrig_operation_service_duration_seconds: {
    kind: 'histogram',
    help: 'Wall time of operations from when they were sent.',
    labels: ['operation'],
    samples: (facts) => durations(facts, 'fromSend'),
  },
  fleetrig_schedule_delay_seconds: {
    kind: 'histogram',
    help: 'How late timers of the harness fired.',
    labels: [],
    samples: ({ metrics }) => [[[], metrics.histogram('schedule', 'corrected')]],
  },
  fleetrig_connects_total: {
    kind: 'counter',
    help: 'Connection attempts of devices that came to an end, by how.',
    labels: ['outcome'],
    samples: ({ metrics }) => [
      [['accepted'], metrics.counter('connects/ok')],
      [['failed'], metrics.counter('connects/failed')],
    ],
  },
  fleetrig_mqtt_messages_total: {
    kind: 'counter',
    help: 'MQTT messages, as seen from the devices.',
    labels: ['direction'],
    samples: (facts) => byDirection(facts, 'messages'),
  },
  fleetrig_mqtt_bytes_total: {
    kind: 'counter',
    help: 'Payload bytes of those messages.',
    labels: ['direction'],
    samples: (facts) => byDirection(facts, 'bytes'),
  },
  fleetrig_requests_total: {
    kind: 'counter',
    help: 'Requests that came to an end, by how.',
    labels: ['operation', 'outcome'],
    *samples({ metrics }) {
      for (const operation of requestOperations) {
        for (const outcome of outcomes) {
          yield [[operation, outcome], metrics.counter(`requests/${operation}/${outcome}`)];
        }
      }
    },
  },
  fleetrig_requests_in_flight: {
    kind: 'gauge',
    help: 'Requests sent and not yet answered or given up.',
    labels: ['operation'],
    *samples({ metrics }) {
      for (const operation of requestOperations) {
        const count = (outcome: string) => metrics.counter(`requests/${operation}/${outcome}`);
        const over = outcomes.reduce((sum, outcome) => sum + count(outcome), 0);
        yield [[operation], Math.max(0, count('sent') - over)];
      }
    },
  },
  fleetrig_operation_errors_total: {
    kind: 'counter',
    help: 'Operations refused or lost, by code; LOST for requests that were never answered.',
    labels: ['operation', 'code'],
    samples: errors,
  },
  fleetrig_executions: {
    kind: 'gauge',
    help: 'Job executions by status, retries included.',
    labels: ['job_id', 'status'],
    samples: (facts) =>
      ofJobs(facts, ({ executions }) =>
        Object.entries(executions).map(([status, count]) => [[status], count]),
      ),
  },
  fleetrig_rollout_notified_things_total: {
    kind: 'counter',
    help: 'Things the rollout has notified.',
    labels: ['job_id'],
    samples: (facts) => ofJobs(facts, ({ notified }) => [[[], notified]]),
  },
  fleetrig_rollout_configured_things_per_second: {
    kind: 'gauge',
    help: 'The rollout rate in force; AWS states it per minute of simulated time.',
    labels: ['job_id'],
    samples: (facts) =>
      ofJobs(facts, ({ ratePerMinute }) =>
        ratePerMinute === undefined ? [] : [[[], ratePerMinute / 60]],
      ),
  },
  fleetrig_rollout_step_timestamp_seconds: {
    kind: 'gauge',
    help: 'When each rollout rate came into force, since the Unix epoch.',
    labels: ['job_id', 'step'],
    samples: (facts) =>
      ofJobs(facts, ({ rateStepsAt }) =>
        rateStepsAt.slice(0, labelCaps.step).map((at, index) => [[String(index + 1)], at / 1000]),
      ),
  },
  fleetrig_abort_criterion_failed_ratio: {
    kind: 'gauge',
    help: 'Share of completed executions that count for the criterion, 0 to 1.',
    labels: ['job_id', 'failure_type'],
    samples: (facts) =>
      ofCriteria(facts, ({ failed, executed }) => (executed === 0 ? 0 : failed / executed)),
  },
  fleetrig_abort_criterion_threshold_ratio: {
    kind: 'gauge',
    help: 'The share at which the job cancels itself, 0 to 1.',
    labels: ['job_id', 'failure_type'],
    samples: (facts) => ofCriteria(facts, ({ thresholdPercentage }) => thresholdPercentage / 100),
  },
  fleetrig_abort_criterion_executed_things: {
    kind: 'gauge',
    help: 'Completed executions the criterion looks at.',
    labels: ['job_id', 'failure_type'],
    samples: (facts) => ofCriteria(facts, ({ executed }) => executed),
  },
  fleetrig_abort_criterion_min_executed_things: {
    kind: 'gauge',
    help: 'Completed executions from which on the criterion can trip.',
    labels: ['job_id', 'failure_type'],
    samples: (facts) =>
      ofCriteria(facts, ({ minNumberOfExecutedThings }) => minNumberOfExecutedThings),
  },
  fleetrig_job_aborted: {
    kind: 'gauge',
    help: '1 once the job was cancelled by one of its own abort criteria.',
    labels: ['job_id'],
    samples: (facts) =>
      ofJobs(facts, ({ criteria }) => [
        [[], criteria.some(({ trippedAt }) => trippedAt !== undefined) ? 1 : 0],
      ]),
  },
  fleetrig_job_abort_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the abort criterion tripped, since the Unix epoch.',
    labels: ['job_id', 'failure_type'],
    samples: (facts) =>
      ofCriteria(facts, ({ trippedAt }) =>
        trippedAt === undefined ? undefined : trippedAt / 1000,
      ),
  },
  fleetrig_events_total: {
    kind: 'counter',
    help: 'Events of the timeline by kind.',
    labels: ['kind'],
    samples: ({ events }) =>
      Object.entries(events)
        .slice(0, labelCaps.kind)
        .map(([kind, count]) => [[kind], count]),
  },
  fleetrig_worker_event_loop_utilization_ratio: {
    kind: 'gauge',
    help: 'Share of the last second in which the busiest worker was busy, 0 to 1.',
    labels: [],
    samples: ({ metrics }) => [[[], metrics.gauge('loop.utilization')]],
  },
  fleetrig_worker_event_loop_delay_max_seconds: {
    kind: 'gauge',
    help: 'The longest a worker kept its event loop waiting since the start.',
    labels: [],
    samples: ({ metrics }) => [[[], metrics.gauge('loop.delayMaxMs') / 1000]],
  },
  fleetrig_agents_cpu_seconds_total: {
    kind: 'counter',
    help: 'CPU time of all agent processes.',
    labels: [],
    samples: ({ metrics }) => [[[], metrics.gauge('cpuSeconds')]],
  },
  fleetrig_agents_resident_memory_bytes: {
    kind: 'gauge',
    help: 'Resident memory of all agent processes.',
    labels: [],
    samples: ({ metrics }) => [[[], metrics.gauge('rssBytes')]],
  },
  fleetrig_assertion_passed: {
    kind: 'gauge',
    help: '1 for an expectation that held, 0 for one that did not; there once the run is judged.',
    labels: ['assertion'],
    samples: ({ assertions }) =>
      assertions.slice(0, labelCaps.assertion).map(({ id, passed }) => [[id], passed ? 1 : 0]),
  },
};

export function openRunExporter(read: () => RunFacts): Exporter {
  return exporterOf(runMetrics, read);
}

function byDirection({ metrics }: RunFacts, what: 'messages' | 'bytes'): Sample<number>[] {
  return [
    [['received'], metrics.counter(`${what}/in`)],
    [['sent'], metrics.counter(`${what}/out`)],
  ];
}

function durations({ metrics }: RunFacts, origin: LatencyOrigin) {
  return operations.map(
    (operation) => [[operation], metrics.histogram(operation, origin)] as const,
  );
}

/** Every operation and code from the start, so that `rate()` sees the first error. */
function* errors({ metrics, errorCodes }: RunFacts): Generator<Sample<number>> {
  const codes = new Set([...errorCodes.slice(0, labelCaps.code), lostCode]);
  const counts = new Map<string, number>();
  for (const operation of operations) {
    for (const code of [...codes, 'other']) counts.set(`${operation}/${code}`, 0);
  }
  for (const [key, count] of metrics.counters()) {
    const [family, operation, code = ''] = key.split('/');
    if (family !== 'errors') continue;
    const series = `${operation}/${codes.has(code) ? code : 'other'}`;
    const seen = counts.get(series);
    if (seen !== undefined) counts.set(series, seen + count);
  }
  for (const operation of requestOperations) {
    counts.set(`${operation}/${lostCode}`, metrics.counter(`requests/${operation}/lost`));
  }
  for (const [series, count] of counts) yield [series.split('/'), count];
}

function* ofJobs(
  { jobs }: RunFacts,
  samples: (job: JobFacts) => readonly Sample<number>[],
): Generator<Sample<number>> {
  for (const job of jobs.slice(0, labelCaps.job)) {
    for (const [labels, value] of samples(job)) yield [[job.jobId, ...labels], value];
  }
}

function ofCriteria(
  facts: RunFacts,
  value: (criterion: JobFacts['criteria'][number]) => number | undefined,
): Iterable<Sample<number>> {
  return ofJobs(facts, ({ criteria }) =>
    criteria.slice(0, labelCaps.criterion).flatMap((criterion): Sample<number>[] => {
      const sample = value(criterion);
      return sample === undefined ? [] : [[[criterion.failureType], sample]];
    }),
  );
}
