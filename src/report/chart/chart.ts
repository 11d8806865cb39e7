import type { ColorName } from './palette.ts';

/** What a number stands for: how it is told, and where ticks fall. */
export type Unit =
  | 'count'
  | 'seconds'
  | 'microseconds'
  | 'percent'
  | 'percentile'
  | 'perMinute'
  | 'perSecond';

export interface Axis {
  readonly label: string;
  readonly unit: Unit;
  /** `percentile` spreads the tail, as HdrHistogram's plots do: by the logarithm of 1 / (1 - p). */
  readonly scale: 'linear' | 'log' | 'percentile';
  /** Shows at least this; what lies outside widens it. Charts below one another share it to line up. */
  readonly domain?: readonly [number, number];
  /** Shows no more than this: what lies above is drawn at the upper edge. */
  readonly max?: number;
}

/** Undefined is a gap: nothing was measured there. */
export type Point = readonly [x: number, y: number | undefined];

export type Dash = 'solid' | 'dashed' | 'dash-dot';
export type Mark = 'circle' | 'square' | 'diamond' | 'triangle' | 'cross';

export interface Series {
  readonly name: string;
  /** Areas are stacked in the order given, have the same x and hold their values until the next. A bar begins at its x and is `span` wide. */
  readonly shape: 'line' | 'step' | 'area' | 'bar' | 'dots';
  readonly color: ColorName;
  readonly dash?: Dash;
  /** Repeated along a line, so that lines differ by more than colour. */
  readonly mark?: Mark;
  readonly isThin?: boolean;
  /** Whether what lies below the line is tinted, for the one a chart is about. */
  readonly isTinted?: boolean;
  /** In order of x. */
  readonly points: readonly Point[];
  /** Width of a bar in units of x. */
  readonly span?: number;
  /** Stands at the end of the line; its name unless told, nothing when empty. */
  readonly endLabel?: string;
  /** Of dots: one text a point, shown on hovering, and one printed beside it where there is room. */
  readonly tips?: readonly string[];
  readonly labels?: readonly string[];
}

/** A vertical line at something that happened. The first of several are labelled first. */
export interface Rule {
  readonly at: number;
  readonly label: string;
  readonly color: ColorName;
  readonly dash?: Dash;
}

/** A shaded span of x, from edge to edge of the plot when open. */
export interface Band {
  readonly from?: number;
  readonly to?: number;
}

/**
 * One drawing as data: what it shows, for eyes and for screen readers.
 *
 * `renderChart` draws it, `legendOf` names its series, `tabulate` is the same in rows.
 */
export interface Chart {
  /** Unique in the page, of `[a-z0-9-]`. */
  readonly id: string;
  readonly title: string;
  /** What a screen reader says in place of the picture: one or two sentences. */
  readonly description: string;
  /** Stands below the picture for everybody: what to see in it, the exact figures. */
  readonly caption?: string;
  readonly height?: 'tall' | 'short';
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly rules?: readonly Rule[];
  readonly bands?: readonly Band[];
}

/** `narrow` is for screens below 560 px: fewer ticks, no labels at the ends of lines (the legend has them). */
export type ChartSize = 'wide' | 'narrow';

/** How the SVG calls a series, in `data-series`. */
export function seriesKey(index: number): string {
  return `s${index}`;
}
