import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { lines, planned, stackedByStatus } from '../panels.ts';
import { ofJob, ofRun, rate } from '../selectors.ts';

const notified = ofJob('fleetrig_rollout_notified_things_total');
const simulatedSeconds = ofRun('fleetrig_simulated_seconds_total');

export const rollout: readonly cog.Builder<Panel>[] = [
  planned(
    lines(
      {
        title: 'Rollout curve',
        description:
          'Things notified, how many the job is for, and, where there is a prediction, how many were to be notified by then.',
        unit: 'short',
        span: 12,
      },
      [`sum by (job_id) (${notified})`, '{{job_id}}'],
      [
        `sum by (job_id) (${ofJob('fleetrig_rollout_predicted_notified_things')})`,
        '{{job_id}} predicted',
      ],
      [`sum by (job_id) (${ofJob('fleetrig_rollout_targeted_things')})`, '{{job_id}} targeted'],
    ),
    '/ (predicted|targeted)$/',
  ),
  planned(
    lines(
      {
        title: 'Rollout rate',
        description:
          'Things notified in a simulated minute, beside the rate that the job’s configuration allows at that time.',
        unit: 'short',
        span: 12,
      },
      [
        `60 * sum by (job_id) (${rate(notified)}) / on () group_left () max(${rate(simulatedSeconds)})`,
        '{{job_id}}',
      ],
      [
        `60 * max by (job_id) (${ofJob('fleetrig_rollout_configured_things_per_second')})`,
        '{{job_id}} set',
      ],
    ),
    '/ set$/',
  ).axisLabel('things per minute'),
  stackedByStatus(
    {
      title: 'Executions by status',
      description: 'Job executions by status, retries included, as DescribeJob counts them.',
      unit: 'short',
      span: 12,
    },
    [`sum by (status) (${ofJob('fleetrig_executions')})`, '{{status}}'],
  ),
  planned(
    lines(
      {
        title: 'Abort criteria',
        description:
          'Share of the completed executions that count for each abort criterion, and the threshold at which the job cancels itself.',
        unit: 'percentunit',
        span: 6,
      },
      [
        `max by (job_id, criterion, failure_type) (${ofJob('fleetrig_abort_criterion_failed_ratio')})`,
        '{{job_id}} {{criterion}} {{failure_type}}',
      ],
      [
        `max by (job_id, criterion, failure_type) (${ofJob('fleetrig_abort_criterion_threshold_ratio')})`,
        '{{job_id}} {{criterion}} {{failure_type}} threshold',
      ],
    ),
    '/ threshold$/',
  ),
  planned(
    lines(
      {
        title: 'Executed, of the minimum',
        description:
          'Executions completed, and how many it takes before an abort criterion can trip.',
        unit: 'short',
        span: 6,
      },
      [`max by (job_id) (${ofJob('fleetrig_abort_criterion_executed_things')})`, '{{job_id}}'],
      [
        `max by (job_id, criterion, failure_type) (${ofJob('fleetrig_abort_criterion_min_executed_things')})`,
        '{{job_id}} {{criterion}} {{failure_type}} minimum',
      ],
    ),
    '/ minimum$/',
  ),
];
