import type { CriterionSummary, JobSummary, Summary } from '../summary.ts';
import type { Point } from './chart.ts';
import { progressOf } from './job-view.ts';

/** What the share of failures is of, and what must reach the minimum before it counts. */
export interface Reading {
  readonly denominator: 'completed' | 'notified';
  readonly gate: 'completed' | 'notified';
}

export interface Look {
  readonly at: number;
  readonly notified: number;
  readonly succeeded: number;
  readonly failures: Readonly<Record<string, number>>;
}

/** The counts of a job whenever they changed, the last held `until` then. */
export function looksAt(job: JobSummary, until: number): Look[] {
  const column = (name: string) => progressOf(job, name, until);
  const [succeeded, failed, rejected, timedOut] = [
    column('succeeded'),
    column('failed'),
    column('rejected'),
    column('timedOut'),
  ];
  return column('notified').map(([at, notified = 0], index) => {
    const value = (points: readonly Point[]) => points[index]?.[1] ?? 0;
    const failures = {
      FAILED: value(failed),
      REJECTED: value(rejected),
      TIMED_OUT: value(timedOut),
      ALL: value(failed) + value(rejected) + value(timedOut),
    };
    return { at, notified, succeeded: value(succeeded), failures };
  });
}

/** In percent over time, and when it began to count. */
export interface FailureShare {
  readonly points: readonly Point[];
  readonly armedAt: number | undefined;
}

export function shareOf(
  criterion: CriterionSummary,
  looks: readonly Look[],
  { denominator, gate }: Reading,
): FailureShare {
  const points: Point[] = [];
  let armedAt: number | undefined;
  for (const { at, notified, succeeded, failures } of looks) {
    const completed = succeeded + (failures['ALL'] ?? 0);
    const counted = { completed, notified };
    if (counted[gate] >= criterion.minNumberOfExecutedThings) armedAt ??= at;
    const failed = failures[criterion.failureType] ?? 0;
    if (counted[denominator] > 0) points.push([at, (100 * failed) / counted[denominator]]);
  }
  return { points, armedAt };
}

/** The reading of a prediction's scenario, or what the emulator was told; AWS's is not known better. */
export function readingOf({ prediction, scenario }: Summary): Reading {
  const predicted = prediction?.outcomes.find(({ isDefault }) => isDefault)?.reading;
  if (predicted !== undefined) {
    return { gate: predicted.abortGate, denominator: predicted.abortDenominator };
  }
  const dialect = memberOf(memberOf(scenario.resolved, 'emulator'), 'dialect');
  const told = (name: string) =>
    memberOf(dialect, name) === 'notified' ? 'notified' : 'completed';
  return { gate: told('abortGate'), denominator: told('abortDenominator') };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
