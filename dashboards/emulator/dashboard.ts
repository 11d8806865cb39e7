import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { compose } from '../compose.ts';
import { labelVariable } from '../variables.ts';
import { broker, health } from './process.ts';
import { jobs, now, requests } from './service.ts';

export function emulatorDashboard(): Dashboard {
  return compose({
    uid: 'fleetrig-emulator',
    title: 'fleetrig / Emulator',
    description:
      'The AWS IoT Jobs emulator: who is connected, what it is asked, how long answers take.',
    variables: [
      labelVariable({
        name: 'job',
        label: 'Job',
        description: 'Jobs of Prometheus that scrape an emulator.',
        query: 'label_values(fleetrig_emulator_connections, job)',
        all: '.+',
      }),
    ],
    annotations: [],
    rows: {
      Now: now,
      Requests: requests,
      Jobs: jobs,
      Broker: broker,
      Health: health,
    },
  });
}
