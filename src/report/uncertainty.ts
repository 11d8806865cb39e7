import { z } from 'zod';

const count = z.int().nonnegative();

const Share = z
  .strictObject({
    runs: count.describe('Runs in which it happened.'),
    of: count.describe('Runs in all, each with a seed of its own.'),
    probability: z.number(),
    low: z.number().describe('95 % interval (Wilson score).'),
    high: z.number(),
  })
  .describe('A probability, told from runs.');

const Spread = z
  .strictObject({
    runs: count.describe('Runs that have the figure.'),
    mean: z.number(),
    median: z.number(),
    low: z
      .number()
      .describe('95 % interval of the median, by order statistics; the extremes below 6 runs.'),
    high: z.number(),
    p2_5: z.number().describe('Between this and p97_5 lie 95 % of the runs (nearest rank).'),
    p97_5: z.number(),
  })
  .describe('A figure over many runs.');

const falseAborts = Share.optional().describe(
  'Runs that abort although every thing is of the cohort predict.healthy.',
);

const job = z.strictObject({
  jobId: z.string(),
  aborts: Share.describe('By a criterion of its own.'),
  completes: Share,
  neither: Share.describe('Cancelled or deleted by the timeline, or not over at stop.after.'),
  falseAborts,
  durationSeconds: Spread.optional().describe('From creation to its end, where it ends.'),
  harmedThings: Spread.describe('Blast radius, as in the outcomes.'),
  notified: Spread,
  tripSeconds: Spread.optional().describe('From creation to the trip, where it aborts.'),
  tripExecuted: Spread.optional().describe('Completed executions at the trip, where it aborts.'),
});

/** What many seeds make of a scenario, under its own reading. */
export const Uncertainty = z.strictObject({
  seeds: count,
  healthy: z.string().optional().describe('The cohort of falseAborts.'),
  jobs: z.array(job),
});

const point = z.strictObject({
  values: z.array(z.string()).describe('One for each axis, as YAML.'),
  aborts: Share.describe('Runs in which any job aborts.'),
  completes: Share.describe('Runs in which all jobs complete.'),
  falseAborts,
  harmedThings: Spread.describe('Summed over the jobs.'),
  notified: Spread.describe('Summed over the jobs.'),
  tripSeconds: Spread.optional().describe(
    'From its creation to the trip of the job that trips soonest, where any does.',
  ),
  isBest: z
    .boolean()
    .describe(
      'Whether no other point has fewer (false) aborts without more things harmed, nor the other way round (Pareto).',
    ),
});

/** A grid over values of the scenario. */
export const Sweep = z.strictObject({
  seeds: count.describe('Of each point; the same ones wherever the seed is the same.'),
  healthy: z.string().optional().describe('The cohort of falseAborts.'),
  axes: z.array(z.string()).min(1).describe('Paths into the scenario.'),
  points: z.array(point).describe('The last axis changes first.'),
});

export type Share = z.output<typeof Share>;
export type Spread = z.output<typeof Spread>;
export type Uncertainty = z.output<typeof Uncertainty>;
export type JobUncertainty = Uncertainty['jobs'][number];
export type Sweep = z.output<typeof Sweep>;
export type SweptPoint = Sweep['points'][number];

/** What is traded against harm: false aborts, or any abort where nobody said what is healthy. */
export function unwantedAborts({
  falseAborts,
  aborts,
}: Pick<SweptPoint, 'falseAborts' | 'aborts'>): Share {
  return falseAborts ?? aborts;
}
