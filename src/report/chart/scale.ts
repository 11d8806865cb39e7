import { scaleLinear, scaleLog } from 'd3-scale';
import type { Axis, Chart } from './chart.ts';
import { stackOf } from './stack.ts';
import { stepFor } from './ticks.ts';

/** Values of an axis to where they lie along it. */
export interface Scale {
  readonly domain: readonly [number, number];
  /** 0 at the low end to 1 at the high end; what lies outside is moved to the end. */
  fraction(value: number): number;
}

const tolerance = 1e-9;

/** Below this a logarithmic axis says nothing more. */
const logMin = 1e-6;

/** So fine that nobody misses what lies above it. */
const percentileMax = 99.999_999;

export function scaleX({ x, series, rules = [] }: Chart): Scale {
  const values = series.flatMap(({ points, span = 0 }) =>
    points.flatMap(([at]) => (span === 0 || x.domain !== undefined ? [at] : [at, at + span])),
  );
  return scaleOf(x, [...values, ...rules.map(({ at }) => at)], (low, high) => [low, high]);
}

/** A whole number of steps high, with zero in it. */
export function scaleY(chart: Chart, ticksMax: number): Scale {
  const { y, series } = chart;
  const stacked = stackOf(chart).flatMap(({ upper }) => upper);
  const plain = series
    .filter(({ shape }) => shape !== 'area')
    .flatMap(({ points }) => points.flatMap(([, value]) => (value === undefined ? [] : [value])));
  const values = [...plain, ...stacked];
  return scaleOf(y, values, (low, high) => {
    const [from, to] = [Math.min(0, low), high > 0 ? high : 1];
    const step = stepFor(to - from, ticksMax - 1, y.unit);
    return [Math.floor(from / step) * step, Math.ceil(to / step - tolerance) * step];
  });
}

function scaleOf(
  axis: Axis,
  values: readonly number[],
  widen: (low: number, high: number) => [number, number],
): Scale {
  const { scale, domain = [], max = Number.POSITIVE_INFINITY } = axis;
  const all = [...values, ...domain].map((value) => Math.min(value, max));
  const [low, high] = extentOf(scale === 'log' ? all.filter((value) => value >= logMin) : all);
  switch (scale) {
    case 'linear': {
      const [from, to] = widen(low, high);
      return linear(from, to > from ? to : from + 1);
    }
    case 'log':
      return logarithmic(floor125(Math.max(low, logMin)), ceil125(Math.max(high, logMin)));
    case 'percentile':
      return percentile(Math.min(Math.max(high, 90), percentileMax));
  }
}

function linear(low: number, high: number): Scale {
  const scale = scaleLinear().domain([low, high]).range([0, 1]).clamp(true);
  return { domain: [low, high], fraction: (value) => scale(value) };
}

function logarithmic(low: number, high: number): Scale {
  const top = high > low ? high : low * 10;
  const scale = scaleLog().domain([low, top]).range([0, 1]).clamp(true);
  return { domain: [low, top], fraction: (value) => (value > 0 ? scale(value) : 0) };
}

function percentile(high: number): Scale {
  const odds = (value: number) => 1 / (1 - Math.min(value, high) / 100);
  const scale = scaleLog()
    .domain([1, odds(high)])
    .range([0, 1])
    .clamp(true);
  return { domain: [0, high], fraction: (value) => scale(odds(value)) };
}

function extentOf(values: readonly number[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** The next of 1, 2, 5, 10, … downwards, and upwards. */
function floor125(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value) + tolerance);
  return [5, 2].map((step) => step * decade).find((step) => step <= value) ?? decade;
}

function ceil125(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value) - tolerance);
  return [2, 5].map((step) => step * decade).find((step) => step >= value) ?? 10 * decade;
}
