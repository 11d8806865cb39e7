import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { lines, stackedByStatus } from '../panels.ts';
import { ofRun, quantileSoFar, rate } from '../selectors.ts';

const outcomes = ofRun('fleetrig_execution_outcomes_total');
const durations = ofRun('fleetrig_execution_duration_seconds_bucket');

export const devices: readonly cog.Builder<Panel>[] = [
  stackedByStatus(
    {
      title: 'Executions over, for their device',
      description:
        'Executions a second that are over for their device, by the last status it told; NONE where it told none.',
      unit: 'ops',
      span: 8,
    },
    [`sum by (status) (${rate(outcomes)})`, '{{status}}'],
  ),
  lines(
    {
      title: 'Unsuccessful by cohort',
      description: 'Executions that devices ended as FAILED or REJECTED, by cohort, so far.',
      unit: 'short',
      span: 8,
    },
    [
      `sum by (cohort) (${ofRun('fleetrig_execution_outcomes_total', 'status=~"FAILED|REJECTED"')})`,
      '{{cohort}}',
    ],
  ),
  lines(
    {
      title: 'Executions by duration',
      description:
        'Simulated time from the first notice to the end of an execution, by cohort, so far.',
      unit: 's',
      span: 8,
    },
    [quantileSoFar(0.5, durations, ['cohort']), '{{cohort}} p50'],
    [quantileSoFar(0.99, durations, ['cohort']), '{{cohort}} p99'],
  ),
  lines(
    {
      title: 'Things by link',
      description: 'Things of the fleet by the state of their connection.',
      unit: 'short',
      span: 6,
    },
    [`sum by (state) (${ofRun('fleetrig_things')})`, '{{state}}'],
  ),
  lines(
    {
      title: 'Connection attempts',
      description:
        'Attempts of devices to connect that came to an end, per second, by how; again for those of things that had been connected before.',
      unit: 'ops',
      span: 6,
    },
    [`sum by (outcome) (${rate(ofRun('fleetrig_connects_total'))})`, '{{outcome}}'],
    [`sum(${rate(ofRun('fleetrig_reconnects_total'))})`, 'again'],
  ),
  lines(
    {
      title: 'MQTT messages',
      description: 'Messages a second, as seen from the devices.',
      unit: 'ops',
      span: 6,
    },
    [`sum by (direction) (${rate(ofRun('fleetrig_mqtt_messages_total'))})`, '{{direction}}'],
  ),
  lines(
    {
      title: 'MQTT payload',
      description: 'Payload bytes of those messages a second.',
      unit: 'Bps',
      span: 6,
    },
    [`sum by (direction) (${rate(ofRun('fleetrig_mqtt_bytes_total'))})`, '{{direction}}'],
  ),
];
