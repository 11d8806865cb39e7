import type { Axis, Unit } from './chart.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const timeSteps = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((step) => step * minute),
  ...[1, 2, 3, 6, 12].map((step) => step * hour),
  ...[1, 2, 7, 14, 28].map((step) => step * day),
];

/** Where ticks stand within the domain: at most `most` of them, at values people count in. */
export function ticksOf(
  { unit, scale }: Axis,
  domain: readonly [number, number],
  most: number,
): number[] {
  const [low, high] = domain;
  if (scale === 'percentile') return percentileTicks(high);
  if (scale === 'log') return logTicks(low, high, most);
  if (unit === 'seconds' && high - low >= 3) return timeTicks(low, high, most);
  return evenTicks(low, high, stepFor(high - low, most - 1, unit));
}

function timeTicks(low: number, high: number, most: number): number[] {
  const fits = (step: number) => rangeOf(low, high, step).count <= most;
  let step = timeSteps.find(fits) ?? 56 * day;
  while (!fits(step)) step *= 2;
  return evenTicks(low, high, step);
}

const tolerance = 1e-9;

function evenTicks(low: number, high: number, step: number): number[] {
  const { first, count } = rangeOf(low, high, step);
  // A step of 0.1 has no exact binary: without rounding the third tick would be 0.30000000000000004.
  return Array.from({ length: count }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** How many multiples of `step` lie within, and which is the first. */
function rangeOf(low: number, high: number, step: number): { first: number; count: number } {
  const first = Math.ceil(low / step - tolerance);
  return { first, count: Math.floor(high / step + tolerance) - first + 1 };
}

/** The least step of 1, 2, 2.5 or 5 times a power of ten by which `span` takes `most` steps at most. */
export function stepFor(span: number, most: number, unit: Unit): number {
  const least = unit === 'count' ? Math.max(1, span / most) : span / most;
  const decade = 10 ** Math.floor(Math.log10(least));
  const steps = [1, 2, 2.5, 5, 10].map((factor) => Number((factor * decade).toPrecision(3)));
  const usable = unit === 'count' ? steps.filter(Number.isInteger) : steps;
  return usable.find((step) => step >= least * (1 - tolerance)) ?? 10 * decade;
}

/** 1, 2 and 5 of each decade where there is room, else the decades, else every so many of them. */
function logTicks(low: number, high: number, most: number): number[] {
  const decades = Array.from(
    { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, index) => 10 ** (Math.floor(Math.log10(low)) + index),
  );
  const within = (ticks: readonly number[]) =>
    ticks.filter((tick) => tick >= low * 0.999_999 && tick <= high * 1.000_001);
  const fine = within(decades.flatMap((decade) => [decade, 2 * decade, 5 * decade]));
  if (fine.length <= most) return fine;
  const coarse = within(decades);
  const step = Math.ceil(coarse.length / most);
  return coarse.filter((_, index) => index % step === 0);
}

/** 0, 50, 90, 99, 99.9, … as far as `high`. */
function percentileTicks(high: number): number[] {
  const nines = [1, 2, 3, 4, 5, 6, 7, 8].map((digits) => 100 - 10 ** (2 - digits));
  return [0, 50, ...nines].filter((tick) => tick <= high);
}
