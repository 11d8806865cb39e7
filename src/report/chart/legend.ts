import { type Chart, type Series, seriesKey } from './chart.ts';
import { paint } from './palette.ts';
import { markAt, strokeOf } from './strokes.ts';

export interface LegendEntry {
  /** As the SVG has it in `data-series`. */
  readonly key: string;
  readonly name: string;
  /** A small `<svg>`, hidden from screen readers: the name stands beside it. */
  readonly swatch: string;
}

export function legendOf({ series }: Chart): LegendEntry[] {
  return series.map((one, index) => ({
    key: seriesKey(index),
    name: one.name,
    swatch: `<svg viewBox="0 0 28 12" width="28" height="12" aria-hidden="true" focusable="false">${sampleOf(one)}</svg>`,
  }));
}

function sampleOf(series: Series): string {
  const { shape, color, mark } = series;
  switch (shape) {
    case 'area':
      return `<rect x="8" y="0.5" width="12" height="11" ${paint({ fill: color, stroke: 'axis' })} stroke-width="0.75"/>`;
    case 'bar':
      return `<rect x="8" y="0.5" width="12" height="11" ${paint({ fill: color })} fill-opacity="0.55"/>`;
    case 'dots':
      return `<circle cx="14" cy="6" r="4.5" ${paint({ fill: color })}/>`;
    case 'line':
    case 'step':
      return `<path d="M2,6L26,6" ${strokeOf(series)}/>${mark === undefined ? '' : markAt(mark, { x: 14, y: 6 }, series)}`;
  }
}
