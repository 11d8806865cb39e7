import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { lines } from '../panels.ts';
import { ofCoordinator, ofRun, quantileOverTime, rate } from '../selectors.ts';

/** Whether the harness itself kept up: when it did not, the other panels tell of it, not of the service. */
export const harness: readonly cog.Builder<Panel>[] = [
  lines(
    {
      title: 'Schedule delay',
      description: 'How late the timers of the simulated devices fired.',
      unit: 's',
      span: 6,
    },
    [quantileOverTime(0.5, ofRun('fleetrig_schedule_delay_seconds_bucket'), []), 'p50'],
    [quantileOverTime(0.99, ofRun('fleetrig_schedule_delay_seconds_bucket'), []), 'p99'],
  ),
  lines(
    {
      title: 'Event loop utilization',
      description: 'Share of the last second in which each worker thread was busy.',
      unit: 'percentunit',
      span: 6,
    },
    [`max by (worker) (${ofRun('fleetrig_worker_event_loop_utilization_ratio')})`, '{{worker}}'],
  ).max(1),
  lines(
    {
      title: 'Longest event loop delay',
      description: 'The longest each worker thread kept its event loop waiting since its start.',
      unit: 's',
      span: 6,
    },
    [`max by (worker) (${ofRun('fleetrig_worker_event_loop_delay_max_seconds')})`, '{{worker}}'],
  ),
  lines(
    {
      title: 'CPU',
      description:
        'Processors kept busy: by the agents that run the devices, and by the coordinator.',
      unit: 'short',
      span: 6,
    },
    [`sum(${rate(ofRun('fleetrig_agents_cpu_seconds_total'))})`, 'agents'],
    [`sum(${ofCoordinator(rate(ofRun('process_cpu_seconds_total')))})`, 'coordinator'],
  ),
  lines(
    {
      title: 'Memory',
      description: 'Resident memory of the agents and of the coordinator.',
      unit: 'bytes',
      span: 12,
    },
    [`sum(${ofRun('fleetrig_agents_resident_memory_bytes')})`, 'agents'],
    [`sum(${ofCoordinator(ofRun('process_resident_memory_bytes'))})`, 'coordinator'],
  ),
  lines(
    {
      title: 'Events of the run',
      description: 'What the timeline of the report lists, by kind, so far.',
      unit: 'short',
      span: 12,
    },
    [`sum by (kind) (${ofRun('fleetrig_events_total')})`, '{{kind}}'],
  ),
];
