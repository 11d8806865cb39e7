import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { lastFigures, lines, spread } from '../panels.ts';
import { lastOf, ofRun, quantileOverTime, quantileSoFar, rate } from '../selectors.ts';

/** An execution is an operation too, but takes as long as the device's work does. */
const exchanges = 'operation!="execution"';
const requests = 'operation=~"get|describe|start-next|update"';

const fromDue = ofRun('fleetrig_operation_duration_seconds_bucket', exchanges);
const fromSend = ofRun('fleetrig_operation_service_duration_seconds_bucket', exchanges);
const counts = ofRun('fleetrig_operation_duration_seconds_count', exchanges);
const errors = ofRun('fleetrig_operation_errors_total', exchanges);

/** Without the operations that never came up: their quantile is no number. */
function wholeRun(quantile: number, buckets: string): string {
  return `${quantileSoFar(quantile, lastOf(buckets), ['operation'])} >= 0`;
}

export const latency: readonly cog.Builder<Panel>[] = [
  lines(
    {
      title: 'Median by operation',
      description: 'Wall time from when an operation was due to when it was answered, p50.',
      unit: 's',
      span: 12,
    },
    [quantileOverTime(0.5, fromDue, ['operation']), '{{operation}}'],
  ),
  lines(
    {
      title: 'p99 by operation',
      description:
        'The same at p99. From when it was due: a request that had to wait for its turn has waited, and that is counted.',
      unit: 's',
      span: 12,
    },
    [quantileOverTime(0.99, fromDue, ['operation']), '{{operation}}'],
  ),
  spread(
    {
      title: 'Requests by duration',
      description: 'How many requests took how long, from when they were due.',
      unit: 's',
      span: 12,
    },
    ofRun('fleetrig_operation_duration_seconds_bucket', requests),
  ),
  lastFigures(
    {
      title: 'Whole run by operation',
      description:
        'Count, errors and percentiles of the whole run. Percentiles are interpolated within the buckets of the histogram; report.json has the exact ones.',
      unit: 's',
      span: 12,
    },
    { operation: 'Operation' },
    [
      ['Count', `sum by (operation) (${lastOf(counts)})`, 'short'],
      ['Errors', `sum by (operation) (${lastOf(errors)})`, 'short'],
      ['p50', wholeRun(0.5, fromDue)],
      ['p90', wholeRun(0.9, fromDue)],
      ['p99', wholeRun(0.99, fromDue)],
      ['p99 from send', wholeRun(0.99, fromSend)],
    ],
  ),
  lines(
    {
      title: 'Operations per second',
      description: 'Operations that were answered, by kind.',
      unit: 'ops',
      span: 8,
    },
    [`sum by (operation) (${rate(counts)})`, '{{operation}}'],
  ),
  lines(
    {
      title: 'Errors per second',
      description: 'Operations refused or never answered, by code. LOST had no answer at all.',
      unit: 'ops',
      span: 8,
    },
    [`sum by (code) (${rate(errors)})`, '{{code}}'],
  ),
  lines(
    {
      title: 'Requests in flight',
      description: 'Requests sent and neither answered nor given up.',
      unit: 'short',
      span: 8,
    },
    [`sum by (operation) (${ofRun('fleetrig_requests_in_flight')})`, '{{operation}}'],
  ),
];
