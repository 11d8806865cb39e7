import { escapeXml } from '../junit.ts';
import type { Band, Chart, Rule } from './chart.ts';
import { fontSize, type Layout, laneHeight } from './layout.ts';
import { fitText, measureText } from './measure-text.ts';
import { dashOf } from './strokes.ts';
import { box, line, text } from './svg.ts';
import { tellTick, tellValue } from './units.ts';

/** What lies below the series: shaded spans, the grid, the axes with their ticks and labels. */
export function drawFrame(chart: Chart, layout: Layout): string {
  return [
    ...(chart.bands ?? []).map((band) => drawBand(band, layout)),
    ...layout.ticksY.map((tick) => drawTickY(tick, chart, layout)),
    ...drawTicksX(chart, layout),
    drawBaseline(layout),
    ...drawAxisLabels(chart, layout),
  ].join('');
}

function drawAxisLabels({ x, y }: Chart, { plot, width }: Layout): string[] {
  const below = { x: plot.right, y: plot.bottom + 35 };
  const style = { color: 'muted', anchor: 'end' } as const;
  return [
    text({ x: 4, y: 14 }, fitText(y.label, fontSize, width - 8), { color: 'muted' }),
    text(below, fitText(x.label, fontSize, plot.right - 4), style),
  ];
}

function drawBand({ from, to }: Band, { plot, toX }: Layout): string {
  const left = from === undefined ? plot.left : toX(from);
  const right = to === undefined ? plot.right : toX(to);
  return right - left < 0.1
    ? ''
    : box({ x: left, y: plot.top }, { x: right, y: plot.bottom }, 'shade');
}

function drawTickY(tick: number, { y }: Chart, { plot, toY }: Layout): string {
  const at = toY(tick);
  const label = text({ x: plot.left - 8, y: at + 4 }, tellTick(tick, y.unit), {
    color: 'muted',
    anchor: 'end',
  });
  return `${line({ x: plot.left, y: at }, { x: plot.right, y: at }, 'grid')}${label}`;
}

/** Labels that would touch the one before are left out; their ticks stay. */
function drawTicksX({ x }: Chart, { plot, toX, ticksX, width }: Layout): string[] {
  let free = Number.NEGATIVE_INFINITY;
  return ticksX.map((tick) => {
    const at = toX(tick);
    const label = tellTick(tick, x.unit);
    const half = measureText(label, fontSize) / 2;
    const middle = Math.max(half, Math.min(at, width - half));
    const stub = line({ x: at, y: plot.bottom }, { x: at, y: plot.bottom + 5 }, 'axis');
    if (middle - half < free) return stub;
    free = middle + half + 4;
    return `${stub}${text({ x: middle, y: plot.bottom + 18 }, label, { color: 'muted', anchor: 'middle' })}`;
  });
}

function drawBaseline({ plot }: Layout): string {
  return line({ x: plot.left, y: plot.bottom }, { x: plot.right, y: plot.bottom }, 'axis');
}

/** What lies above the series: the lines of what happened, each up to its label. */
export function drawRules(chart: Chart, layout: Layout): string {
  return (chart.rules ?? []).map((rule) => drawRule(rule, chart, layout)).join('');
}

function drawRule(rule: Rule, chart: Chart, { plot, toX, ruleLabels }: Layout): string {
  const x = toX(rule.at);
  const placed = ruleLabels.find((label) => label.rule === rule);
  const tip = `<title>${escapeXml(`${rule.label}, ${tellValue(rule.at, chart.x.unit)}`)}</title>`;
  const stem = (top: number) =>
    line(
      { x, y: top },
      { x, y: plot.bottom },
      rule.color,
      ` stroke-width="1.25"${dashOf(rule.dash)}`,
    );
  if (placed === undefined) return `<g>${tip}${stem(plot.top)}</g>`;
  const baseline = plot.top - 7 - placed.lane * laneHeight;
  const isBeside = placed.from > x;
  const label = text({ x: placed.from, y: baseline }, rule.label, {
    color: rule.color,
    hasHalo: true,
  });
  return `<g>${tip}${stem(isBeside ? baseline - 9 : baseline + 4)}${label}</g>`;
}
