import { fitsPattern } from './compare-pattern.ts';

/** Which way a figure should go; a figure of neither kind is neither better nor worse, only different. */
export type Direction = 'less is better' | 'more is better';

/** As {@link fitsPattern} takes them. */
export const directions: Readonly<Record<Direction, readonly string[]>> = {
  'less is better': [
    'jobs.*.executions.FAILED',
    'jobs.*.executions.REJECTED',
    'jobs.*.executions.TIMED_OUT',
    'jobs.*.abort.notifiedAfterTrip',
    'jobs.*.rollout.deviation',
    'cohorts.*.reported.FAILED',
    'cohorts.*.reported.REJECTED',
    'cohorts.*.reported.NONE',
    'cohorts.*.misreported',
    'cohorts.*.unfinished',
    'cohorts.*.workSeconds.*',
    'latency.**',
    'operations.*.errors',
    'operations.*.errors.*',
    'operations.*.lost',
    'fleet.reconnects',
    'harness.scheduleDelay.*',
    'harness.eventLoopDelay.*',
    'invariants.broken',
    'run.wallDuration',
  ],
  'more is better': [
    'jobs.*.executions.SUCCEEDED',
    'cohorts.*.reported.SUCCEEDED',
    'cohorts.*.updated',
    'fleet.connectedMax',
    'harness.trusted',
  ],
};

/**
 * How a job ends, when and after how many is what a rollout is set to do, so it has no direction: an
 * abort is good news where the firmware is bad.
 */
export function directionOf(name: string): Direction | undefined {
  return directionNames.find((direction) =>
    directions[direction].some((pattern) => fitsPattern(name, pattern)),
  );
}

const directionNames = ['less is better', 'more is better'] as const;
