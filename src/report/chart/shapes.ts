import { area, line } from 'd3-shape';
import { escapeXml } from '../junit.ts';
import type { Series } from './chart.ts';
import type { Layout } from './layout.ts';
import { paint } from './palette.ts';
import { simplify } from './simplify.ts';
import type { StackedArea } from './stack.ts';
import { markAt, strokeOf } from './strokes.ts';
import { type Place, tenth } from './svg.ts';
import { thin } from './thin.ts';

/** A point of the plot; without y it is a gap. */
interface Spot {
  readonly x: number;
  readonly y: number | undefined;
}

/** One series in the plot; areas are drawn by {@link drawArea}. */
export function drawSeries(series: Series, index: number, layout: Layout): string {
  switch (series.shape) {
    case 'line':
    case 'step':
      return drawLine(series, index, layout);
    case 'bar':
      return drawBars(series, layout);
    case 'dots':
      return drawDots(series, layout);
    case 'area':
      return '';
  }
}

function spotsOf({ points, shape }: Series, layout: Layout): Spot[] {
  const spots: Spot[] = thin(points, layout.pointsMax).map(([x, y]) => ({
    x: tenth(layout.toX(x)),
    y: y === undefined ? undefined : tenth(layout.toY(y)),
  }));
  return partsOf(shape === 'step' ? held(spots) : spots).flatMap(simplifyPart);
}

/** The corners of a line that keeps each value until the next. */
function held<S extends Spot>(spots: readonly S[]): (S | Spot)[] {
  return spots.flatMap((spot, at) => {
    const before = spots[at - 1];
    return before?.y === undefined ? [spot] : [{ x: spot.x, y: before.y }, spot];
  });
}

/** A line falls into parts at its gaps, each gap a part of its own. */
function partsOf(spots: readonly Spot[]): Spot[][] {
  const parts: Spot[][] = [];
  for (const spot of spots) {
    const part = parts.at(-1);
    const isSame = part?.[0] !== undefined && (part[0].y === undefined) === (spot.y === undefined);
    if (isSame) part.push(spot);
    else parts.push([spot]);
  }
  return parts;
}

function simplifyPart(part: readonly Spot[]): Spot[] {
  const line = part.flatMap(({ x, y }) => (y === undefined ? [] : [{ x, y }]));
  return line.length === 0 ? part.slice(0, 1) : simplify(line);
}

function drawLine(series: Series, index: number, layout: Layout): string {
  const spots = spotsOf(series, layout);
  const path = line<Spot>()
    .defined(({ y }) => y !== undefined)
    .x(({ x }) => x)
    .y(({ y }) => y ?? 0)
    .digits(1);
  const tint = series.isTinted
    ? `<path d="${tintBelow(spots, layout)}" ${paint({ fill: series.color })} fill-opacity="0.08"/>`
    : '';
  return `${tint}<path d="${path(spots) ?? ''}" ${strokeOf(series)}/>${drawMarks(series, index, spots, layout)}`;
}

function tintBelow(spots: readonly Spot[], { plot }: Layout): string {
  const shape = area<Spot>()
    .defined(({ y }) => y !== undefined)
    .x(({ x }) => x)
    .y0(plot.bottom)
    .y1(({ y }) => y ?? plot.bottom)
    .digits(1);
  return shape([...spots]) ?? '';
}

const marksPerLine = 6;

/** Evenly across the plot, on points of the line; each series a little further on, so that they do not cover each other. */
function drawMarks(
  { mark, color }: Series,
  index: number,
  spots: readonly Spot[],
  { plot }: Layout,
): string {
  if (mark === undefined) return '';
  const every = (plot.right - plot.left) / marksPerLine;
  const shift = ((index * 0.37) % 1) * every;
  const places = new Map<number, Place>();
  for (const { x, y } of spots) {
    const nth = Math.floor((x - plot.left - shift) / every);
    if (y !== undefined && !places.has(nth)) places.set(nth, { x, y });
  }
  return [...places.values()].map((place) => markAt(mark, place, { color })).join('');
}

/** All bars as one path, a pixel apart where they are wide enough. */
function drawBars({ points, span = 0, color }: Series, { toX, toY, plot }: Layout): string {
  const bars = points.flatMap(([at, value]) => {
    if (value === undefined) return [];
    const [from, to, top] = [tenth(toX(at)), tenth(toX(at + span)), tenth(toY(value))];
    const width = Math.max(0.5, to - from - (to - from > 4 ? 1 : 0));
    const height = plot.bottom - top;
    return height < 0.05
      ? []
      : [`M${from},${top}h${tenth(width)}v${tenth(height)}h${tenth(-width)}z`];
  });
  return `<path d="${bars.join('')}" ${paint({ fill: color })} fill-opacity="0.55"/>`;
}

function drawDots({ points, tips = [], color, isThin }: Series, layout: Layout): string {
  return points
    .flatMap(([x, y], index) => {
      if (y === undefined) return [];
      const tip = tips[index];
      const inside = tip === undefined ? '' : `<title>${escapeXml(tip)}</title>`;
      return `<circle cx="${tenth(layout.toX(x))}" cy="${tenth(layout.toY(y))}" r="${isThin ? 3.5 : 5}" ${paint({ fill: color, stroke: 'paper' })}>${inside}</circle>`;
    })
    .join('');
}

/** One area of the stack, parted from its neighbours by a thin line of paper. */
export function drawArea(
  { xs, lower, upper }: StackedArea,
  series: Series,
  layout: Layout,
): string {
  const edge = (values: readonly number[]) => {
    const spots = values.map((value, at) => ({
      x: tenth(layout.toX(xs[at] ?? 0)),
      y: tenth(layout.toY(value)),
    }));
    // Neighbours share an edge: it is simplified alike for both, so no paper shows between them.
    return simplifyPart(held(spots));
  };
  const outline = [...edge(upper), ...edge(lower).reverse()];
  const path = line<Spot>()
    .x(({ x }) => x)
    .y(({ y }) => y ?? 0)
    .digits(1);
  return `<path d="${path(outline) ?? ''}Z" ${paint({ fill: series.color, stroke: 'paper' })} stroke-width="0.4" stroke-linejoin="round"/>`;
}
