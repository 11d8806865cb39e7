import { z } from 'zod';
import { Sweep, Uncertainty } from './uncertainty.ts';

const count = z.int().nonnegative();
const simulatedSeconds = z.number().describe('Simulated seconds since the start of the run.');

/** One of the ways to read what AWS writes about aborting; names as in the dialect. */
const reading = z.strictObject({
  abortGate: z.enum(['completed', 'notified']),
  abortComparison: z.enum(['at-or-above', 'above']),
  abortDenominator: z.enum(['completed', 'notified']),
});

const trip = z.strictObject({
  at: simulatedSeconds,
  executed: count.describe('E: completed executions, the one that tripped it included.'),
  thing: z.string().describe('Whose execution was the one too many.'),
  executionNumber: count,
  failed: count.describe('Those of E that count for the criterion.'),
  percentage: z.number().describe('Of what the reading divides by.'),
  notified: count.describe('Things notified by then.'),
  inProgress: count.describe('Executions in progress just then.'),
  harmed: count.describe('Executions that had FAILED, were REJECTED or TIMED_OUT by then.'),
  finishedAfter: count.describe('Executions that still came to their own end afterwards.'),
  harmedAfter: count.describe('Those of them that failed, were rejected or timed out.'),
});

const criterion = z.strictObject({
  failureType: z.string(),
  thresholdPercentage: z.number(),
  minNumberOfExecutedThings: count,
  trip: trip.optional().describe('Absent when it never trips.'),
});

const job = z.strictObject({
  jobId: z.string(),
  status: z.string(),
  durationSeconds: z.number().optional().describe('From creation to its end; none without an end.'),
  targeted: count,
  notified: count,
  ratePerMinuteMax: count.optional().describe('Most things notified in any 60 s.'),
  harmedThings: count.describe(
    'Blast radius: things whose last attempt FAILED, was REJECTED or TIMED_OUT.',
  ),
  criteria: z.array(criterion),
});

const load = z.strictObject({
  total: count,
  perSecondMax: count.describe('In the busiest second of simulated time.'),
  at: simulatedSeconds.optional().describe('When that second began.'),
});

const outcome = z.strictObject({
  reading,
  isDefault: z.boolean().describe('Whether it is the reading of the scenario.'),
  events: count.describe('Events simulated.'),
  simulatedSeconds: z.number(),
  jobs: z.array(job),
  load: z
    .strictObject({
      connects: load,
      updates: load,
      describes: load.describe('DescribeJobExecution and GetPendingJobExecutions.'),
      startNexts: load,
      documents: load.describe('Messages to devices that carry a job document.'),
    })
    .describe('On the service, from the first power-on.'),
});

/** What virtual time says about a scenario, once for each reading of AWS's wording. */
export const Prediction = z.strictObject({
  network: z.strictObject({
    latency: z.unknown().describe('One way, in milliseconds: a constant or a distribution.'),
    loss: z.number().describe('Ratio of messages that never arrive.'),
  }),
  outcomes: z.array(outcome).min(1).describe('That of the scenario first.'),
  uncertainty: Uncertainty.optional().describe('Of --seeds.'),
  sweep: Sweep.optional().describe('Of --sweep.'),
});

export type Prediction = z.output<typeof Prediction>;
export type PredictedOutcome = Prediction['outcomes'][number];
export type PredictedJob = PredictedOutcome['jobs'][number];
export type PredictedCriterion = PredictedJob['criteria'][number];
export type PredictedLoad = z.output<typeof load>;
