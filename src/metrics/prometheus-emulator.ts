import { exporterOf, type MetricTable, type Sample } from './exposition.ts';

type Counts = Readonly<Record<string, number>>;

/** What the emulator's `/metrics` is answered from. Name every key from the start, at 0. */
export interface EmulatorStats {
  readonly connections: number;
  /** MQTT control packets by type. */
  readonly packets: { readonly received: Counts; readonly sent: Counts };
  /** By operation, then by code: `OK`, or the rejection. */
  readonly requests: Readonly<Record<string, Counts>>;
  readonly jobs: Counts;
  readonly executions: Counts;
}

export const emulatorMetrics: MetricTable<EmulatorStats> = {
  fleetrig_emulator_connections: {
    kind: 'gauge',
    help: 'MQTT clients connected now.',
    labels: [],
    samples: ({ connections }) => [[[], connections]],
  },
  fleetrig_emulator_mqtt_packets_total: {
    kind: 'counter',
    help: 'MQTT control packets, as seen from the emulator.',
    labels: ['direction', 'type'],
    samples: ({ packets }) => byKeys(packets),
  },
  fleetrig_emulator_requests_total: {
    kind: 'counter',
    help: 'Requests of devices and operators, by how they were answered.',
    labels: ['operation', 'code'],
    samples: ({ requests }) => byKeys(requests),
  },
  fleetrig_emulator_jobs: {
    kind: 'gauge',
    help: 'Jobs by status.',
    labels: ['status'],
    samples: ({ jobs }) => byKey(jobs),
  },
  fleetrig_emulator_executions: {
    kind: 'gauge',
    help: 'Job executions by status, retries included.',
    labels: ['status'],
    samples: ({ executions }) => byKey(executions),
  },
};

export function emulatorExposition(stats: EmulatorStats): Promise<string> {
  return exporterOf(emulatorMetrics, () => stats).exposition();
}

function byKey(counts: Counts): Sample<number>[] {
  return Object.entries(counts).map(([key, count]) => [[key], count]);
}

function byKeys(counts: Readonly<Record<string, Counts>>): Sample<number>[] {
  return Object.entries(counts).flatMap(([outer, inner]) =>
    Object.entries(inner).map(([key, count]): Sample<number> => [[outer, key], count]),
  );
}
