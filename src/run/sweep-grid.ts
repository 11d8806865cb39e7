import { AppError } from '../base/errors.ts';
import type { Override } from '../scenario/overrides.ts';
import type { Plan } from '../scenario/plan.ts';
import type { SweepAxis } from '../scenario/sweep-axis.ts';

/** Simulations of one command, all points and seeds together. */
export const simulationsMax = 10_000;

/** A scenario with one value of each axis. */
interface SweepPoint {
  readonly values: readonly string[];
  readonly plan: Plan;
}

export interface SweepRequest {
  readonly axes: readonly SweepAxis[];
  readonly points: readonly SweepPoint[];
  /** Of each point. */
  readonly seeds: number;
}

/**
 * Every combination of the axes' values, the last axis changing first. `load` makes a plan of the
 * scenario with these values in place, and throws when one of them is wrong.
 */
export function planSweep(
  axes: readonly SweepAxis[],
  seeds: number,
  load: (overrides: readonly Override[]) => Plan,
): SweepRequest {
  const count = axes.reduce((product, { overrides }) => product * overrides.length, 1);
  if (count * seeds > simulationsMax) {
    throw new AppError(
      'usage',
      `this sweep has ${count} points of ${seeds} seeds each: ${count * seeds} simulations, more than ${simulationsMax}`,
      { hint: 'take fewer values, larger steps, or fewer --seeds' },
    );
  }
  let combinations: Override[][] = [[]];
  for (const { overrides } of axes) {
    combinations = combinations.flatMap((before) =>
      overrides.map((override) => [...before, override]),
    );
  }
  const points = combinations.map((overrides) => ({
    values: overrides.map(({ value }) => value),
    plan: load(overrides),
  }));
  return { axes, points, seeds };
}
