import type { Rule } from './chart.ts';
import { measureText } from './measure-text.ts';

const lanesMax = 4;
const fontSize = 12;
/** From the line to its text, and from text to text. */
const gap = 5;

/** A label above the plot: beside the line it belongs to, or above its end where there is no room. */
export interface PlacedLabel {
  readonly rule: Rule;
  /** Of its line. */
  readonly x: number;
  /** What the text covers. */
  readonly from: number;
  readonly to: number;
  /** 0 is the lane next to the plot. */
  readonly lane: number;
}

/**
 * Labels that cover neither each other nor a line that goes up to another label. Where there is no
 * room for all, those of the later rules are left out.
 */
export function placeLabels(
  rules: readonly Rule[],
  toX: (value: number) => number,
  room: { readonly from: number; readonly to: number },
): PlacedLabel[] {
  let placed: PlacedLabel[] = [];
  const shown: Rule[] = [];
  for (const rule of rules) {
    const tried = assignLanes([...shown, rule], toX, room);
    if (tried === undefined) continue;
    shown.push(rule);
    placed = tried;
  }
  return placed;
}

/** From right to left, so that a label is above all those whose line it would cross. */
function assignLanes(
  rules: readonly Rule[],
  toX: (value: number) => number,
  room: { readonly from: number; readonly to: number },
): PlacedLabel[] | undefined {
  const placed: PlacedLabel[] = [];
  const ordered = rules.map((rule) => ({ rule, x: toX(rule.at) })).sort((a, b) => b.x - a.x);
  for (const { rule, x } of ordered) {
    const width = measureText(rule.label, fontSize);
    if (width > room.to - room.from) return undefined;
    const from = Math.min(x + gap, room.to - width);
    const to = from + width;
    const lane = placed
      .filter((other) => touches({ x, from, to }, other))
      .reduce((above, other) => Math.max(above, other.lane + 1), 0);
    if (lane >= lanesMax) return undefined;
    placed.push({ rule, x, from, to, lane });
  }
  return placed;
}

type Extent = Pick<PlacedLabel, 'x' | 'from' | 'to'>;

/** Whether they would be in each other's way in one lane: text and line are one. */
function touches(a: Extent, b: Extent): boolean {
  const [fromA, toA] = [Math.min(a.x, a.from), Math.max(a.x, a.to)];
  const [fromB, toB] = [Math.min(b.x, b.from), Math.max(b.x, b.to)];
  return fromA - gap < toB && fromB - gap < toA;
}
