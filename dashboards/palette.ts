import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { palette } from '../src/report/chart/palette.ts';

/**
 * The report's, for Grafana's dark theme, which is its default. These colours are for areas; and colour
 * is never alone: legends and tooltips name every series.
 */
export const statusColors = {
  QUEUED: palette['area-queued'].dark,
  IN_PROGRESS: palette['area-in-progress'].dark,
  SUCCEEDED: palette['area-succeeded'].dark,
  FAILED: palette['area-failed'].dark,
  TIMED_OUT: palette['area-timed-out'].dark,
  REJECTED: palette['area-rejected'].dark,
  REMOVED: palette['area-removed'].dark,
  CANCELED: palette['area-canceled'].dark,
} as const;

export function fixedColor(color: string): DynamicConfigValue {
  return { id: 'color', value: { mode: 'fixed', fixedColor: color } };
}

/** What was planned or is a limit, beside what was observed. */
export const dashed: DynamicConfigValue = {
  id: 'custom.lineStyle',
  value: { fill: 'dash', dash: [8, 6] },
};
