import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { figure, lines, spread, stackedByStatus } from '../panels.ts';
import { ofEmulator, quantileOverTime, rate } from '../selectors.ts';

const asked = ofEmulator('fleetrig_emulator_requests_total');
const refused = ofEmulator('fleetrig_emulator_requests_total', 'code!="OK"');
const durations = ofEmulator('fleetrig_emulator_request_duration_seconds_bucket');
const ticks = ofEmulator('fleetrig_emulator_tick_duration_seconds_bucket');

export const now: readonly cog.Builder<Panel>[] = [
  figure(
    {
      title: 'Connections',
      description: 'MQTT clients connected.',
      unit: 'short',
      span: 6,
    },
    [`sum(${ofEmulator('fleetrig_emulator_connections')})`, 'connections'],
  ),
  figure(
    {
      title: 'Jobs in progress',
      description: 'Jobs with the status IN_PROGRESS.',
      unit: 'short',
      span: 6,
    },
    [`sum(${ofEmulator('fleetrig_emulator_jobs', 'status="IN_PROGRESS"')})`, 'jobs'],
  ),
  figure(
    {
      title: 'Executions pending',
      description: 'Job executions that are QUEUED or IN_PROGRESS.',
      unit: 'short',
      span: 6,
    },
    [
      `sum(${ofEmulator('fleetrig_emulator_executions', 'status=~"QUEUED|IN_PROGRESS"')})`,
      'executions',
    ],
  ),
  figure(
    {
      title: 'Requests refused',
      description: 'Share of the requests of the last seconds that were not answered with OK.',
      unit: 'percentunit',
      span: 6,
    },
    [`sum(${rate(refused)}) / (sum(${rate(asked)}) > 0)`, 'refused'],
    [
      ['green', 0],
      ['orange', 0.01],
      ['red', 0.1],
    ],
  ),
];

export const requests: readonly cog.Builder<Panel>[] = [
  lines(
    {
      title: 'Requests per second',
      description: 'Requests of devices and operators, over MQTT and HTTP, by operation.',
      unit: 'reqps',
      span: 12,
    },
    [`sum by (operation) (${rate(asked)})`, '{{operation}}'],
  ),
  lines(
    {
      title: 'Refusals per second',
      description: 'Requests that were refused, by code.',
      unit: 'reqps',
      span: 12,
    },
    [`sum by (code) (${rate(refused)})`, '{{code}}'],
  ),
  lines(
    {
      title: 'Time to answer, p99',
      description: 'Wall time from a request’s arrival to its answer, by operation.',
      unit: 's',
      span: 12,
    },
    [quantileOverTime(0.99, durations, ['operation']), '{{operation}}'],
  ),
  spread(
    {
      title: 'Requests by time to answer',
      description: 'How many requests took how long to answer.',
      unit: 's',
      span: 12,
    },
    durations,
  ),
];

export const jobs: readonly cog.Builder<Panel>[] = [
  stackedByStatus(
    {
      title: 'Executions by status',
      description: 'Job executions the emulator holds, retries included.',
      unit: 'short',
      span: 8,
    },
    [`sum by (status) (${ofEmulator('fleetrig_emulator_executions')})`, '{{status}}'],
  ),
  lines(
    {
      title: 'Jobs by status',
      description: 'Jobs the emulator holds.',
      unit: 'short',
      span: 8,
    },
    [`sum by (status) (${ofEmulator('fleetrig_emulator_jobs')})`, '{{status}}'],
  ),
  lines(
    {
      title: 'What was due',
      description:
        'Wall time the service took for all that was due at a moment: rollout releases, timeouts, schedules.',
      unit: 's',
      span: 8,
    },
    [quantileOverTime(0.5, ticks, []), 'p50'],
    [quantileOverTime(0.99, ticks, []), 'p99'],
  ),
];
