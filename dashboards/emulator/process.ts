import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { lines } from '../panels.ts';
import { ofEmulator, ofEmulatorProcess, rate } from '../selectors.ts';

export const broker: readonly cog.Builder<Panel>[] = [
  lines(
    {
      title: 'MQTT packets received',
      description: 'Control packets a second that clients sent, by type.',
      unit: 'pps',
      span: 8,
    },
    [
      `sum by (type) (${rate(ofEmulator('fleetrig_emulator_mqtt_packets_total', 'direction="received"'))})`,
      '{{type}}',
    ],
  ),
  lines(
    {
      title: 'MQTT packets sent',
      description: 'Control packets a second to clients, by type.',
      unit: 'pps',
      span: 8,
    },
    [
      `sum by (type) (${rate(ofEmulator('fleetrig_emulator_mqtt_packets_total', 'direction="sent"'))})`,
      '{{type}}',
    ],
  ),
  lines(
    {
      title: 'Throttled per second',
      description: 'What exceeded a quota, by limit. Quotas are off unless --quotas turns them on.',
      unit: 'ops',
      span: 8,
    },
    [`sum by (limit) (${rate(ofEmulator('fleetrig_emulator_throttled_total'))})`, '{{limit}}'],
  ),
  lines(
    {
      title: 'Messages dropped per second',
      description: 'Messages the broker let fall, by reason.',
      unit: 'ops',
      span: 8,
    },
    [
      `sum by (reason) (${rate(ofEmulator('fleetrig_emulator_messages_dropped_total'))})`,
      '{{reason}}',
    ],
  ),
  lines(
    {
      title: 'Held by the broker',
      description:
        'Messages held for receivers that have not acknowledged them yet, and retained messages.',
      unit: 'bytes',
      span: 8,
    },
    [`sum(${ofEmulator('fleetrig_emulator_queued_bytes')})`, 'queued'],
    [`sum(${ofEmulator('fleetrig_emulator_retained_bytes')})`, 'retained'],
  ),
  lines(
    {
      title: 'Connections and subscriptions',
      description: 'MQTT clients connected, and topic filters they are subscribed to.',
      unit: 'short',
      span: 8,
    },
    [`sum(${ofEmulator('fleetrig_emulator_connections')})`, 'connections'],
    [`sum(${ofEmulator('fleetrig_emulator_subscriptions')})`, 'subscriptions'],
  ),
];

export const health: readonly cog.Builder<Panel>[] = [
  lines(
    {
      title: 'Event loop utilization',
      description: 'Share of the time in which the event loop was busy.',
      unit: 'percentunit',
      span: 6,
    },
    [`max(${rate(ofEmulator('fleetrig_emulator_event_loop_active_seconds_total'))})`, 'busy'],
  ).max(1),
  lines(
    {
      title: 'Event loop delay',
      description: 'How late the event loop came round since the scrape before.',
      unit: 's',
      span: 6,
    },
    [`max(${ofEmulator('fleetrig_emulator_event_loop_delay_p99_seconds')})`, 'p99'],
    [`max(${ofEmulator('fleetrig_emulator_event_loop_delay_max_seconds')})`, 'longest'],
  ),
  lines(
    {
      title: 'CPU',
      description: 'Processors the emulator keeps busy.',
      unit: 'short',
      span: 6,
    },
    [`sum(${ofEmulatorProcess(rate(ofEmulator('process_cpu_seconds_total')))})`, 'processors'],
  ),
  lines(
    {
      title: 'Memory',
      description: 'Resident memory of the emulator.',
      unit: 'bytes',
      span: 6,
    },
    [`sum(${ofEmulatorProcess(ofEmulator('process_resident_memory_bytes'))})`, 'resident'],
  ),
];
