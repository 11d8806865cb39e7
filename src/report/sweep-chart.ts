import { renderChartFile } from './chart/render-chart.ts';
import { sweepChart } from './chart/sweep.ts';
import type { Sweep } from './uncertainty.ts';

/** The trade-off of a sweep as a picture of its own: `sweep.svg`. */
export function renderSweepSvg(sweep: Sweep): string {
  return renderChartFile(sweepChart(sweep));
}
