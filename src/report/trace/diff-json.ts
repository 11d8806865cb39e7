import type { TraceDiff } from './trace-diff.ts';

/** Bump on any incompatible change. */
const diffVersion = 1;

/** The whole comparison for a program to read; times are simulated milliseconds from the run's zero. */
export function renderDiffJson(diff: TraceDiff): string {
  const { first, a, b, ...rest } = diff;
  const told = { diffVersion, same: first === undefined, first: first ?? null, a, b, ...rest };
  return `${JSON.stringify(told, undefined, 2)}\n`;
}
