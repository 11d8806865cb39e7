import { exporterOf } from './exposition.ts';
import { capped } from './metric-labels.ts';
import type { ClassicHistogram, MetricTable, Sample } from './metric-table.ts';

type Counts = Readonly<Record<string, number>>;

/** What the emulator's `/metrics` is answered from. Name every key from the start, at 0. */
export interface EmulatorStats {
  readonly connections: number;
  readonly subscriptions: number;
  /** MQTT control packets by type. */
  readonly packets: { readonly received: Counts; readonly sent: Counts };
  /** Messages the broker let fall, by reason. */
  readonly dropped: Counts;
  /** What the broker holds for receivers that have not acknowledged it yet. */
  readonly queuedBytes: number;
  /** Retained messages with their topics. */
  readonly retainedBytes: number;
  /** By operation, then by code: `OK`, or the rejection. */
  readonly requests: Readonly<Record<string, Counts>>;
  /** By operation, from the request to its answer. */
  readonly durations: Readonly<Record<string, ClassicHistogram>>;
  /** Requests refused for a quota, by operation, then by limit. */
  readonly throttled: Readonly<Record<string, Counts>>;
  readonly jobs: Counts;
  readonly executions: Counts;
  /** Whenever something of the service was due. */
  readonly ticks: ClassicHistogram;
  readonly process: {
    readonly cpuSeconds: number;
    readonly rssBytes: number;
    /** Time the event loop was busy, since it began. */
    readonly loopActiveSeconds: number;
    /** How late the event loop came round since the last scrape. */
    readonly loopDelayMs: { readonly p99: number; readonly max: number };
  };
}

export const emulatorMetrics = {
  fleetrig_emulator_connections: {
    kind: 'gauge',
    help: 'MQTT clients connected now.',
    labels: [],
    example: 'fleetrig_emulator_connections',
    samples: ({ connections }) => [[[], connections]],
  },
  fleetrig_emulator_subscriptions: {
    kind: 'gauge',
    help: 'Topic filters that clients are subscribed to.',
    labels: [],
    example: 'fleetrig_emulator_subscriptions',
    samples: ({ subscriptions }) => [[[], subscriptions]],
  },
  fleetrig_emulator_mqtt_packets_total: {
    kind: 'counter',
    help: 'MQTT control packets, as seen from the emulator.',
    labels: ['direction', 'type'],
    example: 'sum by (type) (rate(fleetrig_emulator_mqtt_packets_total[30s]))',
    samples: ({ packets }) => byKeys(packets),
  },
  fleetrig_emulator_messages_dropped_total: {
    kind: 'counter',
    help: 'Messages the broker let fall, by reason.',
    labels: ['reason'],
    example: 'rate(fleetrig_emulator_messages_dropped_total[30s])',
    samples: ({ dropped }) => byKey(dropped),
  },
  fleetrig_emulator_queued_bytes: {
    kind: 'gauge',
    help: 'Messages held for receivers that have not acknowledged them yet.',
    labels: [],
    example: 'fleetrig_emulator_queued_bytes',
    samples: ({ queuedBytes }) => [[[], queuedBytes]],
  },
  fleetrig_emulator_retained_bytes: {
    kind: 'gauge',
    help: 'Retained messages with their topics.',
    labels: [],
    example: 'fleetrig_emulator_retained_bytes',
    samples: ({ retainedBytes }) => [[[], retainedBytes]],
  },
  fleetrig_emulator_requests_total: {
    kind: 'counter',
    help: 'Requests of devices and operators, by how they were answered.',
    labels: ['operation', 'code'],
    example: 'sum by (operation) (rate(fleetrig_emulator_requests_total[30s]))',
    samples: ({ requests }) => byKeys(requests),
  },
  fleetrig_emulator_request_duration_seconds: {
    kind: 'histogram',
    help: 'Wall time the emulator took from a request to its answer.',
    labels: ['operation'],
    example:
      'histogram_quantile(0.99, sum by (operation, le) (rate(fleetrig_emulator_request_duration_seconds_bucket[30s])))',
    samples: ({ durations }) => capped('operation', byKey(durations)),
  },
  fleetrig_emulator_throttled_total: {
    kind: 'counter',
    help: 'Requests refused because a quota was used up.',
    labels: ['operation', 'limit'],
    example: 'sum by (limit) (rate(fleetrig_emulator_throttled_total[30s]))',
    samples: ({ throttled }) => byKeys(throttled),
  },
  fleetrig_emulator_jobs: {
    kind: 'gauge',
    help: 'Jobs by status.',
    labels: ['status'],
    example: 'fleetrig_emulator_jobs{status="IN_PROGRESS"}',
    samples: ({ jobs }) => byKey(jobs),
  },
  fleetrig_emulator_executions: {
    kind: 'gauge',
    help: 'Job executions by status, retries included.',
    labels: ['status'],
    example: 'fleetrig_emulator_executions',
    samples: ({ executions }) => byKey(executions),
  },
  fleetrig_emulator_tick_duration_seconds: {
    kind: 'histogram',
    help: 'Wall time the service took for what was due at a moment: rollout releases, timeouts, schedules.',
    labels: [],
    example: 'histogram_quantile(0.99, rate(fleetrig_emulator_tick_duration_seconds_bucket[30s]))',
    samples: ({ ticks }) => [[[], ticks]],
  },
  fleetrig_emulator_event_loop_active_seconds_total: {
    kind: 'counter',
    help: 'Time the event loop was busy; its rate is the utilization, 0 to 1.',
    labels: [],
    example: 'rate(fleetrig_emulator_event_loop_active_seconds_total[30s])',
    samples: ({ process }) => [[[], process.loopActiveSeconds]],
  },
  fleetrig_emulator_event_loop_delay_p99_seconds: {
    kind: 'gauge',
    help: 'How late the event loop came round, 99th percentile since the last scrape.',
    labels: [],
    example: 'fleetrig_emulator_event_loop_delay_p99_seconds',
    samples: ({ process }) => [[[], process.loopDelayMs.p99 / 1000]],
  },
  fleetrig_emulator_event_loop_delay_max_seconds: {
    kind: 'gauge',
    help: 'The worst of it since the last scrape.',
    labels: [],
    example: 'max_over_time(fleetrig_emulator_event_loop_delay_max_seconds[5m])',
    samples: ({ process }) => [[[], process.loopDelayMs.max / 1000]],
  },
  process_cpu_seconds_total: {
    kind: 'counter',
    help: 'CPU time of this process: the emulator.',
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
} as const satisfies MetricTable<EmulatorStats>;

export function emulatorExposition(stats: EmulatorStats): Promise<string> {
  return exporterOf<EmulatorStats>(emulatorMetrics, () => stats).exposition();
}

function byKey<V>(values: Readonly<Record<string, V>>): Sample<V>[] {
  return Object.entries(values).map(([key, value]) => [[key], value]);
}

function byKeys(counts: Readonly<Record<string, Counts>>): Sample<number>[] {
  return capped('operation', Object.entries(counts)).flatMap(([outer, inner]) =>
    Object.entries(inner).map(([key, count]): Sample<number> => [[outer, key], count]),
  );
}
