import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import { MappingType, type Panel, type ValueMap } from '@grafana/grafana-foundation-sdk/dashboard';
import { statusColors } from '../palette.ts';
import { figure, lastFigures, nearness } from '../panels.ts';
import { lastOf, ofJob, ofRun, quantileSoFar } from '../selectors.ts';

const ended = 'status=~"SUCCEEDED|FAILED|REJECTED|TIMED_OUT"';
const unsuccessful = 'status=~"FAILED|REJECTED|TIMED_OUT"';
/** Requests a device waits for. */
const requests = 'operation=~"get|describe|start-next|update"';

/** The six figures a glance is for. */
export const overview: readonly cog.Builder<Panel>[] = [
  figure(
    {
      title: 'Connected',
      description: 'Things of the fleet that are connected; none once the run is over.',
      unit: 'short',
      span: 4,
    },
    [`sum(${ofRun('fleetrig_things', 'state="connected"')})`, 'connected'],
  ),
  figure(
    {
      title: 'Notified',
      description: 'Things the rollout has notified of the job.',
      unit: 'short',
      span: 4,
    },
    [`sum(${ofJob('fleetrig_rollout_notified_things_total')})`, 'notified'],
  ),
  figure(
    {
      title: 'Succeeded',
      description: 'Job executions that ended as SUCCEEDED.',
      unit: 'short',
      span: 4,
    },
    [`sum(${ofJob('fleetrig_executions', 'status="SUCCEEDED"')})`, 'succeeded'],
    [[statusColors.SUCCEEDED, 0]],
  ),
  figure(
    {
      title: 'Unsuccessful',
      description: 'Share of the executions that ended as FAILED, REJECTED or TIMED_OUT.',
      unit: 'percentunit',
      span: 4,
    },
    [
      `sum(${ofJob('fleetrig_executions', unsuccessful)}) / sum(${ofJob('fleetrig_executions', ended)})`,
      'unsuccessful',
    ],
  ).decimals(1),
  nearness(
    {
      title: 'Nearest abort criterion',
      description:
        'Failed share divided by the threshold of the criterion that is nearest to it: at 100 % the job cancels itself. Only criteria count for which enough things have executed.',
      unit: 'percentunit',
      span: 4,
    },
    [
      `max(${ofJob('fleetrig_abort_criterion_failed_ratio')} / ${ofJob('fleetrig_abort_criterion_threshold_ratio')} and ${ofJob('fleetrig_abort_criterion_executed_things')} >= ${ofJob('fleetrig_abort_criterion_min_executed_things')})`,
      'of the threshold',
    ],
    [
      ['green', 0],
      ['orange', 0.8],
      ['red', 1],
    ],
  ).noValue('not armed'),
  figure(
    {
      title: 'Slowest request, p99',
      description:
        'The 99th percentile of the slowest kind of request over the whole run so far, from when it was due.',
      unit: 's',
      span: 4,
    },
    [
      `max(${quantileSoFar(0.99, ofRun('fleetrig_operation_duration_seconds_bucket', requests), ['operation'])})`,
      'p99',
    ],
  ),
];

const heldOrNot: ValueMap = {
  type: MappingType.ValueToText,
  options: {
    0: { text: '✗ not held', color: 'red', index: 0 },
    1: { text: '✓ held', color: 'green', index: 1 },
  },
};

/** What stood when it was over. */
export const verdict: readonly cog.Builder<Panel>[] = [
  figure(
    {
      title: 'Verdict',
      description: 'How the run was judged; nothing before it is.',
      unit: 'none',
      span: 4,
    },
    [`max by (verdict) (${ofRun('fleetrig_run_verdict')} == 1)`, '{{verdict}}'],
  )
    .textMode(BigValueTextMode.Name)
    .height(8)
    .noValue('not judged'),
  lastFigures(
    {
      title: 'Expectations',
      description:
        'The lines of the scenario’s expect, once the run is judged. A scraped run tells them only with --metrics-linger; metrics.om always has them.',
      unit: 'short',
      span: 10,
    },
    { assertion: 'Expectation' },
    [['Result', `max by (assertion) (${lastOf(ofRun('fleetrig_assertion_passed'))})`]],
  ).mappings([heldOrNot]),
  lastFigures(
    {
      title: 'Runs',
      description: 'The runs of the chosen time.',
      unit: 'dateTimeAsIso',
      span: 10,
    },
    { run_id: 'Run', scenario: 'Scenario', target: 'Target' },
    [
      [
        'Last seen',
        `max by (run_id, scenario, target) (last_over_time(timestamp(${ofRun('fleetrig_run_info')})[$__range:$step])) * 1000`,
      ],
    ],
  ),
];
