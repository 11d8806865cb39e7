import type { Chart, Series } from './chart.ts';
import { fontSize, type Layout } from './layout.ts';
import { fitText } from './measure-text.ts';
import { paint } from './palette.ts';
import { spread } from './spread.ts';
import type { StackedArea } from './stack.ts';
import { markAt, strokeOf } from './strokes.ts';
import { tenth, text } from './svg.ts';

const lineGap = 16;
const indent = 22;

interface Ending {
  readonly index: number;
  readonly series: Series;
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

/** The labels at the ends of lines and areas, by the index of their series; pushed apart. */
export function drawEndLabels(
  { series }: Chart,
  areas: readonly StackedArea[],
  layout: Layout,
): ReadonlyMap<number, string> {
  const { plot, endLabelRoom } = layout;
  if (endLabelRoom === 0) return new Map();
  const endings = series.flatMap((one, index) => endingOf(one, index, areas, layout));
  const places = spread(
    endings.map(({ y }) => y),
    lineGap,
    plot.top + 4,
    plot.bottom - 2,
  );
  return new Map(
    endings.flatMap((ending, at) => {
      const y = places[at];
      return y === undefined ? [] : [[ending.index, drawLabel(ending, y, layout)] as const];
    }),
  );
}

function endingOf(
  series: Series,
  index: number,
  areas: readonly StackedArea[],
  { toX, toY, plot }: Layout,
): Ending[] {
  const label = series.endLabel ?? series.name;
  if (label === '') return [];
  if (series.shape === 'area') {
    const area = areas.find((one) => one.index === index);
    const [low, high] = [area?.lower.at(-1) ?? 0, area?.upper.at(-1) ?? 0];
    if (high <= low) return [];
    return [{ index, series, label, x: plot.right, y: (toY(low) + toY(high)) / 2 }];
  }
  const last = series.points.findLast(([, y]) => y !== undefined);
  if (last?.[1] === undefined) return [];
  return [{ index, series, label, x: toX(last[0]), y: toY(last[1]) }];
}

/** The text with a sample of its line that leads to the line's end, or of its area. */
function drawLabel(
  { series, label, x, y: endsAt }: Ending,
  y: number,
  { plot, endLabelRoom }: Layout,
): string {
  const shown = fitText(label, fontSize, endLabelRoom - indent - 4);
  const written = text({ x: plot.right + indent, y: y + 4 }, shown);
  const [from, to] = [tenth(plot.right + 4), tenth(plot.right + indent - 5)];
  if (series.shape === 'area') {
    const lead = `<path d="M${tenth(plot.right + 1)},${tenth(endsAt)}L${from + 3},${tenth(y)}" ${paint({ stroke: 'axis' })}/>`;
    const key = `<rect x="${from + 3}" y="${tenth(y - 5)}" width="10" height="10" ${paint({ fill: series.color, stroke: 'axis' })} stroke-width="0.75"/>`;
    return `${lead}${key}${written}`;
  }
  // A line that ends early is not led across the plot: the sample beside the text tells which it is.
  const isAtEdge = plot.right - x < 1;
  const lead = isAtEdge
    ? `M${tenth(x)},${tenth(endsAt)}L${from},${tenth(y)}L${to},${tenth(y)}`
    : `M${from},${tenth(y)}L${to},${tenth(y)}`;
  const mark = series.mark && markAt(series.mark, { x: (from + to) / 2, y }, series);
  return `<path d="${lead}" ${strokeOf(series)}/>${mark ?? ''}${written}`;
}
