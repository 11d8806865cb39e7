import { AnnotationQueryBuilder, type Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { palette } from '../../src/report/chart/palette.ts';
import { compose } from '../compose.ts';
import { ofJob } from '../selectors.ts';
import { labelVariable } from '../variables.ts';
import { devices } from './devices.ts';
import { harness } from './harness.ts';
import { latency } from './latency.ts';
import { overview, verdict } from './overview.ts';
import { rollout } from './rollout.ts';

export function runDashboard(): Dashboard {
  return compose({
    uid: 'fleetrig-run',
    title: 'fleetrig / Run',
    description:
      'A rehearsed AWS IoT Jobs rollout: how far it is, how near it is to aborting itself, and whether the figures can be trusted.',
    variables: [
      labelVariable({
        name: 'job',
        label: 'Job',
        description: 'Jobs of Prometheus that scrape a run.',
        query: 'label_values(fleetrig_run_info, job)',
        all: '.+',
      }),
      labelVariable({
        name: 'run_id',
        label: 'Run',
        description: 'Runs; tells back-filled ones apart. Scraped ones are chosen by time.',
        query: 'label_values(fleetrig_run_info{job=~"$job"}, run_id)',
        all: '.*',
      }),
      labelVariable({
        name: 'job_id',
        label: 'IoT job',
        description: 'AWS IoT jobs of those runs.',
        query:
          'label_values(fleetrig_rollout_notified_things_total{job=~"$job", run_id=~"$run_id|"}, job_id)',
        all: '.+',
      }),
    ],
    annotations: [
      timestamp(
        'Job aborted',
        ofJob('fleetrig_job_abort_timestamp_seconds'),
        palette.alarm.dark,
        '{{job_id}} aborted itself: {{failure_type}}',
      ),
      timestamp(
        'Rollout rate changed',
        ofJob('fleetrig_rollout_step_timestamp_seconds'),
        palette.notified.dark,
        '{{job_id}}: rollout step {{step}}',
      ),
    ],
    rows: {
      Run: overview,
      Rollout: rollout,
      Latency: latency,
      Devices: devices,
      'Harness health': harness,
      Verdict: verdict,
    },
  });
}

/** A mark where the value of a series says, however late its sample was taken. */
function timestamp(
  name: string,
  series: string,
  color: string,
  titleFormat: string,
): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .enable(true)
    .iconColor(color)
    .expr(`${series} * 1000`)
    .step('1s')
    .useValueForTime(true)
    .titleFormat(titleFormat);
}
