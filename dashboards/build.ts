// Writes the committed JSON of every dashboard. A test fails when it lags behind.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards, renderDashboard } from './dashboards.ts';

const folder = join(import.meta.dirname, '../deploy/grafana/dashboards');
mkdirSync(folder, { recursive: true });
for (const [file, build] of Object.entries(dashboards)) {
  writeFileSync(join(folder, file), renderDashboard(build()));
}
