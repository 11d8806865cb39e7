import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { emulatorDashboard } from './emulator/dashboard.ts';
import { runDashboard } from './run/dashboard.ts';

/** By the name of its file under `deploy/grafana/dashboards`. */
export const dashboards: Readonly<Record<string, () => Dashboard>> = {
  'fleetrig-run.json': runDashboard,
  'fleetrig-emulator.json': emulatorDashboard,
};

export function renderDashboard(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}
