import { classicOf } from './classic-histogram.ts';
import { metricLabels, otherValue } from './metric-labels.ts';
import type { ClassicHistogram, MetricTable, Sample } from './metric-table.ts';
import { type LatencyOrigin, operations, requestOperations } from './recorder.ts';
import {
  type CohortFacts,
  executionBounds,
  type OutcomeFacts,
  type RunFacts,
  reportedStatuses,
} from './run-facts.ts';

/** How a request ends. */
const outcomes = ['accepted', 'rejected', 'lost'] as const;
const lostCode = 'LOST';

/** Of the devices: what they do, how long it takes, and how it ends. */
export const fleetMetrics = {
  fleetrig_things: {
    kind: 'gauge',
    help: 'Things of the fleet by the state of their link; the states add up to all things.',
    labels: ['state'],
    example: 'fleetrig_things{state="connected"}',
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
  fleetrig_connects_total: {
    kind: 'counter',
    help: 'Connection attempts of devices that came to an end, by how.',
    labels: ['outcome'],
    example: 'rate(fleetrig_connects_total{outcome="failed"}[30s])',
    samples: ({ metrics }) => [
      [['accepted'], metrics.counter('connects/ok')],
      [['failed'], metrics.counter('connects/failed')],
    ],
  },
  fleetrig_reconnects_total: {
    kind: 'counter',
    help: 'Connections made after the first one of a thing.',
    labels: [],
    example: 'increase(fleetrig_reconnects_total[1m])',
    samples: ({ metrics }) => [[[], metrics.counter('reconnects')]],
  },
  fleetrig_mqtt_messages_total: {
    kind: 'counter',
    help: 'MQTT messages, as seen from the devices.',
    labels: ['direction'],
    example: 'rate(fleetrig_mqtt_messages_total[30s])',
    samples: (facts) => byDirection(facts, 'messages'),
  },
  fleetrig_mqtt_bytes_total: {
    kind: 'counter',
    help: 'Payload bytes of those messages.',
    labels: ['direction'],
    example: 'rate(fleetrig_mqtt_bytes_total[30s])',
    samples: (facts) => byDirection(facts, 'bytes'),
  },
  fleetrig_operation_duration_seconds: {
    kind: 'histogram',
    help: 'Wall time of answered operations from when they were due.',
    labels: ['operation'],
    example:
      'histogram_quantile(0.99, sum by (operation, le) (rate(fleetrig_operation_duration_seconds_bucket[30s])))',
    samples: (facts) => durations(facts, 'corrected'),
  },
  fleetrig_operation_service_duration_seconds: {
    kind: 'histogram',
    help: 'Wall time of answered operations from when they were sent.',
    labels: ['operation'],
    example:
      'histogram_quantile(0.5, sum by (operation, le) (rate(fleetrig_operation_service_duration_seconds_bucket[30s])))',
    samples: (facts) => durations(facts, 'fromSend'),
  },
  fleetrig_operation_errors_total: {
    kind: 'counter',
    help: 'Operations refused or lost, by code; LOST for requests that were never answered.',
    labels: ['operation', 'code'],
    example: 'sum by (code) (rate(fleetrig_operation_errors_total[30s]))',
    samples: errors,
  },
  fleetrig_requests_total: {
    kind: 'counter',
    help: 'Requests that came to an end, by how.',
    labels: ['operation', 'outcome'],
    example: 'sum by (operation) (rate(fleetrig_requests_total[30s]))',
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
    example: 'sum(fleetrig_requests_in_flight)',
    *samples({ metrics }) {
      for (const operation of requestOperations) {
        const count = (outcome: string) => metrics.counter(`requests/${operation}/${outcome}`);
        const over = outcomes.reduce((sum, outcome) => sum + count(outcome), 0);
        yield [[operation], Math.max(0, count('sent') - over)];
      }
    },
  },
  fleetrig_execution_outcomes_total: {
    kind: 'counter',
    help: 'Executions that are over for their device, by the last status it told; NONE where it told none.',
    labels: ['cohort', 'status'],
    example: 'sum by (status) (increase(fleetrig_execution_outcomes_total[1m]))',
    samples: (facts) => ofCohorts(facts, ({ count }) => count),
  },
  fleetrig_execution_duration_seconds: {
    kind: 'histogram',
    help: 'Simulated time of executions from the first notice to the end, as their device saw it.',
    labels: ['cohort', 'status'],
    example:
      'histogram_quantile(0.9, sum by (cohort, le) (fleetrig_execution_duration_seconds_bucket))',
    samples: (facts) => ofCohorts(facts, ({ duration }) => duration),
  },
} as const satisfies MetricTable<RunFacts>;

function byDirection({ metrics }: RunFacts, what: 'messages' | 'bytes'): Sample<number>[] {
  return [
    [['received'], metrics.counter(`${what}/in`)],
    [['sent'], metrics.counter(`${what}/out`)],
  ];
}

function durations({ metrics }: RunFacts, origin: LatencyOrigin): Sample<ClassicHistogram>[] {
  return operations.map((operation) => [
    [operation],
    classicOf(metrics.histogram(operation, origin)),
  ]);
}

/** Every operation and code from the start, so that `rate()` sees the first error. */
function* errors({ metrics, errorCodes }: RunFacts): Generator<Sample<number>> {
  const own = errorCodes.filter((code) => code !== lostCode).slice(0, metricLabels.code.max - 2);
  const codes = new Set([...own, lostCode]);
  const counts = new Map<string, number>();
  for (const operation of operations) {
    for (const code of [...codes, otherValue]) counts.set(`${operation}/${code}`, 0);
  }
  for (const [key, count] of metrics.counters()) {
    const [family, operation, code = ''] = key.split('/');
    if (family !== 'errors') continue;
    const series = `${operation}/${codes.has(code) ? code : otherValue}`;
    const seen = counts.get(series);
    if (seen !== undefined) counts.set(series, seen + count);
  }
  for (const operation of requestOperations) {
    counts.set(`${operation}/${lostCode}`, metrics.counter(`requests/${operation}/lost`));
  }
  for (const [series, count] of counts) yield [series.split('/'), count];
}

const nothing: OutcomeFacts = {
  count: 0,
  duration: { bounds: executionBounds, counts: executionBounds.map(() => 0), sum: 0, count: 0 },
};

/** Every cohort and status from the start. */
function* ofCohorts<V>(
  { cohorts }: RunFacts,
  value: (outcome: OutcomeFacts) => V,
): Generator<Sample<V>> {
  for (const { cohort, outcomes: told } of cappedCohorts(cohorts)) {
    for (const status of reportedStatuses) {
      yield [[cohort, status], value(told[status] ?? nothing)];
    }
  }
}

function cappedCohorts(cohorts: readonly CohortFacts[]): readonly CohortFacts[] {
  const own = cohorts.slice(0, metricLabels.cohort.max - 1);
  const rest = cohorts.slice(own.length);
  if (rest.length === 0) return own;
  const outcomes = reportedStatuses.map((status) => [
    status,
    rest.map((cohort) => cohort.outcomes[status] ?? nothing).reduce(sumOf),
  ]);
  return [...own, { cohort: otherValue, outcomes: Object.fromEntries(outcomes) }];
}

function sumOf(a: OutcomeFacts, b: OutcomeFacts): OutcomeFacts {
  return {
    count: a.count + b.count,
    duration: {
      bounds: a.duration.bounds,
      counts: a.duration.counts.map((count, index) => count + (b.duration.counts[index] ?? 0)),
      sum: a.duration.sum + b.duration.sum,
      count: a.duration.count + b.duration.count,
    },
  };
}
