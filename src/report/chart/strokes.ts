import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolTriangle,
} from 'd3-shape';
import type { Dash, Mark, Series } from './chart.ts';
import { paint } from './palette.ts';
import { type Place, tenth } from './svg.ts';

const dashes: Readonly<Record<Dash, string>> = {
  solid: '',
  dashed: ' stroke-dasharray="6 4"',
  'dash-dot': ' stroke-dasharray="9 3 1 3"',
};

export function dashOf(dash: Dash = 'solid'): string {
  return dashes[dash];
}

/** How the line of a series is drawn, wherever it is: in the plot, beside a label, in the legend. */
export function strokeOf({ color, dash, isThin }: Series): string {
  return `${paint({ stroke: color })} stroke-width="${isThin ? 1.25 : 2}" stroke-linejoin="round" stroke-linecap="round"${dashOf(dash)}`;
}

const shapes = {
  circle: [symbolCircle, 36],
  square: [symbolSquare, 34],
  diamond: [symbolDiamond, 40],
  triangle: [symbolTriangle, 38],
  cross: [symbolCross, 44],
} as const;

/** One mark of a line, with an edge in the colour of paper. */
export function markAt(mark: Mark, { x, y }: Place, { color }: Pick<Series, 'color'>): string {
  const [type, area] = shapes[mark];
  const outline = symbol(type, area).digits(1)() ?? '';
  return `<path transform="translate(${tenth(x)},${tenth(y)})" d="${outline}" ${paint({ fill: color, stroke: 'paper' })}/>`;
}
