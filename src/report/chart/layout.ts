import type { Chart, ChartSize } from './chart.ts';
import { measureText } from './measure-text.ts';
import { type PlacedLabel, placeLabels } from './rule-labels.ts';
import { type Scale, scaleX, scaleY } from './scale.ts';
import { ticksOf } from './ticks.ts';
import { tellTick } from './units.ts';

export const fontSize = 12;
/** Of one line of labels above the plot. */
export const laneHeight = 17;

const sizes = {
  wide: {
    width: 720,
    tall: 250,
    short: 120,
    left: 52,
    right: 18,
    endLabels: 150,
    ticksX: 9,
    pointsMax: 400,
  },
  narrow: {
    width: 400,
    tall: 220,
    short: 110,
    left: 46,
    right: 14,
    endLabels: 0,
    ticksX: 5,
    pointsMax: 160,
  },
} as const;
const axisHeight = 40;
const labelHeight = 20;

/** Where everything lies, in units of the viewBox. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly plot: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  /** Room for labels at the ends of lines, right of the plot; 0 without. */
  readonly endLabelRoom: number;
  readonly ticksX: readonly number[];
  readonly ticksY: readonly number[];
  readonly ruleLabels: readonly PlacedLabel[];
  /** Of each series. */
  readonly pointsMax: number;
  toX(value: number): number;
  toY(value: number): number;
}

export function layOut(chart: Chart, size: ChartSize): Layout {
  const {
    width,
    left: leftMin,
    right: margin,
    endLabels,
    ticksX,
    pointsMax,
    ...heights
  } = sizes[size];
  const { x, y, height: kind = 'tall', rules = [] } = chart;
  const ticksMax = kind === 'tall' ? 7 : 5;
  const [scaleAcross, scaleUp] = [scaleX(chart), scaleY(chart, ticksMax)];
  const plotHeight = heights[kind];
  const ticksY = ticksOf(y, scaleUp.domain, ticksMax);
  const widest = Math.max(
    0,
    ...ticksY.map((tick) => measureText(tellTick(tick, y.unit), fontSize)),
  );
  const left = Math.max(leftMin, Math.ceil(widest) + 10);
  const endLabelRoom = chart.series.some(({ endLabel }) => endLabel !== '') ? endLabels : 0;
  const right = width - Math.max(margin, endLabelRoom);
  const toX = (value: number) => along(scaleAcross, value, left, right);
  const ruleLabels = placeLabels(rules, toX, { from: left, to: width - 4 });
  const lanes = ruleLabels.reduce((most, { lane }) => Math.max(most, lane + 1), 0);
  const top = labelHeight + lanes * laneHeight + 6;
  const bottom = top + plotHeight;
  return {
    width,
    height: bottom + axisHeight,
    plot: { left, right, top, bottom },
    endLabelRoom,
    ticksX: ticksOf(x, scaleAcross.domain, ticksX),
    ticksY,
    ruleLabels,
    pointsMax,
    toX,
    toY: (value) => along(scaleUp, value, bottom, top),
  };
}

function along(scale: Scale, value: number, from: number, to: number): number {
  return from + scale.fraction(value) * (to - from);
}
