import { z } from 'zod';
import { Prediction } from './prediction.ts';

/** The result of a run: the source of every other file in its folder. Bump on any incompatible change. */
export const schemaVersion = 1;

const count = z.int().nonnegative();
const simulatedSeconds = z.number().describe('Simulated seconds since the start of the run.');
/** Percentiles of one HDR histogram, in whole microseconds of wall time. */
const percentiles = z.strictObject({
  p50: count,
  p90: count,
  p99: count,
  p999: count,
  max: count,
  mean: z.number().nonnegative(),
});

export const statusCounts = z.strictObject({
  QUEUED: count,
  IN_PROGRESS: count,
  SUCCEEDED: count,
  FAILED: count,
  REJECTED: count,
  TIMED_OUT: count,
  REMOVED: count,
  CANCELED: count,
});

const abortBasis = z.enum(['completed', 'notified']);

const criterion = z.strictObject({
  failureType: z.string(),
  thresholdPercentage: z.number(),
  minNumberOfExecutedThings: count,
  gate: abortBasis.describe(
    'What has to reach that minimum, as the service reads it: executions completed, or things notified.',
  ),
  denominator: abortBasis.describe('What the percentage is of.'),
  armedAt: simulatedSeconds
    .optional()
    .describe(
      'When the minimum was reached; absent where it never was, or nobody can tell exactly.',
    ),
  tripped: z
    .boolean()
    .optional()
    .describe('Absent where the job was cancelled and nobody can tell whether this did it.'),
  derived: z
    .boolean()
    .optional()
    .describe(
      'True where the service does not tell of the trip: what follows is what was over when it cancelled the job.',
    ),
  at: simulatedSeconds.optional(),
  executed: count.optional().describe('Completed executions when it tripped.'),
  failed: count.optional().describe('Those of them that count for the criterion.'),
  percentage: z.number().optional().describe('Of the denominator.'),
  notifiedBeforeTrip: count.optional(),
  notifiedAfterTrip: count.optional().describe('Things notified after the trip: the overshoot.'),
});

/** Figures over time: one row an instant, its members named once. */
const series = z.strictObject({
  columns: z.array(z.string()).describe('The first is t, simulated seconds since the start.'),
  rows: z.array(z.array(z.number())),
});

const predictedJob = z.strictObject({
  status: z.string(),
  notified: count,
  executions: statusCounts,
  abort: z.strictObject({
    tripped: z.boolean(),
    failureType: z.string().optional(),
    at: simulatedSeconds.optional(),
    executed: count.optional(),
    failed: count.optional(),
    percentage: z.number().optional(),
  }),
  durationSeconds: z.number().optional().describe('From creation to its end; none without an end.'),
  things: z
    .strictObject({
      same: count.describe('Ended in the status that was predicted, whatever the timing.'),
      timingDependent: count.describe('A message that is late may change how they end.'),
      timingDependentSame: count.describe('Those of them that ended as predicted all the same.'),
      differing: count.describe('Ended otherwise, and no message was late enough to explain it.'),
      examples: z.array(z.string()).describe('Some of those that differ.'),
    })
    .optional()
    .describe('The things of the job one by one; absent in a large fleet or for a deleted job.'),
});

const job = z.strictObject({
  jobId: z.string(),
  jobArn: z.string().optional(),
  status: z
    .string()
    .describe('As DescribeJob told last; NOT_CREATED or DELETED when there is none.'),
  config: z.record(z.string(), z.unknown()).describe('The CreateJob request as sent.'),
  targeted: count.optional(),
  notified: count.optional(),
  executions: statusCounts.describe('By status, retries counted (as AWS does).'),
  reasonCode: z.string().optional(),
  comment: z.string().optional(),
  createdAt: simulatedSeconds.optional(),
  endedAt: simulatedSeconds.optional(),
  rollout: z.strictObject({
    observed: z
      .array(z.tuple([z.number(), count]))
      .describe('[simulated seconds, things notified so far]'),
    predicted: z
      .array(z.tuple([z.number(), count]))
      .optional()
      .describe('The same curve as the prediction has it.'),
    deviation: z
      .number()
      .optional()
      .describe(
        'The most the two curves differ by, in % of the things targeted: looked at whenever either releases a thing, each on its own time since the job was created.',
      ),
    steps: z
      .array(z.strictObject({ at: simulatedSeconds, ratePerMinute: z.number() }))
      .optional()
      .describe('Rates in force, one after the other; absent where the service does not tell.'),
    ratePerMinuteMax: z.number().optional().describe('Most things notified in any 60 s.'),
  }),
  abort: z.strictObject({ criteria: z.array(criterion) }),
  events: z
    .strictObject({
      received: count,
      duplicates: count.describe('Told once more: AWS promises each at least once.'),
      ended: z.record(z.string(), count).describe('Execution attempts by how they ended.'),
      canceledAt: simulatedSeconds.optional(),
      completedAt: simulatedSeconds.optional(),
    })
    .optional()
    .describe('What AWS told of the job in events; absent where nobody listened.'),
  devices: z
    .strictObject({
      heard: z
        .array(z.tuple([z.number(), count]))
        .describe('[simulated seconds, things that have heard of it so far]'),
      ended: count.describe('Executions that devices have ended.'),
      firstEndAt: simulatedSeconds.optional(),
      lastEndAt: simulatedSeconds.optional(),
    })
    .optional()
    .describe(
      'What the devices saw themselves, to the millisecond; of targets that do not tell times so exactly.',
    ),
  progress: series.describe('Things notified and executions by status, at every look at the job.'),
  predicted: predictedJob
    .optional()
    .describe('What the same plan came to in virtual time; in a run, unless it was skipped.'),
});

const cohort = z.strictObject({
  name: z.string(),
  things: count,
  executed: count.describe('Executions the devices worked on.'),
  reported: z
    .record(z.string(), count)
    .describe('Last status the devices told, by status; NONE for those that never did.'),
  updated: count.describe('Executions after which the device really runs the new version.'),
  misreported: count.describe('Told SUCCEEDED without being updated, or FAILED although updated.'),
  unfinished: count,
  workSeconds: z
    .strictObject({ p50: z.number(), p90: z.number(), p99: z.number(), max: z.number() })
    .optional()
    .describe('Simulated seconds from first notice to the end.'),
});

const operation = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z-]*$/)
    .describe('Also the name of its file under latency/.'),
  count,
  errors: z
    .record(z.string(), count)
    .describe('By code; LOST for requests that were never answered.'),
  unit: z.literal('us'),
  corrected: percentiles.describe('From when the operation was due.'),
  fromSend: percentiles.describe('From when it was sent.'),
  hdrBase64: z.string().describe('The corrected histogram: HDR V2, compressed.'),
  fromSendHdrBase64: z.string().describe('The same from when it was sent.'),
  overTime: series.describe(
    'Corrected, in whole microseconds: columns t, count, p50, p99, max; instants without any are left out.',
  ),
});

const assertion = z.strictObject({
  id: z.string(),
  expr: z.string(),
  expected: z.string(),
  actual: z.string(),
  result: z
    .enum(['passed', 'failed', 'error', 'skipped'])
    .describe('skipped: a figure that only a real run has, in a prediction.'),
  file: z.string(),
  line: z.int(),
});

const invariant = z.strictObject({
  name: z.string(),
  holds: z.boolean(),
  checked: z
    .boolean()
    .describe('False where there was nothing to check it with: that it holds says nothing then.'),
  detail: z.string(),
});

const event = z.strictObject({
  t: simulatedSeconds,
  kind: z.string(),
  message: z.string(),
  data: z.record(z.string(), z.unknown()).optional(),
});

const observation = z.strictObject({
  lookSeconds: z.number().describe('Wall seconds between two looks at one job.'),
  resolutionSeconds: z
    .number()
    .describe('Of the times that the service told: 1 where all were whole seconds.'),
  events: z
    .enum(['off', 'heard', 'unavailable'])
    .describe('Job events of AWS: not wanted; listened to; wanted, but off in the account.'),
  unknown: z
    .array(z.strictObject({ figure: z.string(), reason: z.string() }))
    .describe('Figures that this target does not tell, or not as they are meant.'),
});

const cloud = z.strictObject({
  prefix: z.string().describe('Of the names of everything that the run made.'),
  apiCalls: z
    .array(
      z.strictObject({
        operation: z.string(),
        calls: count,
        attempts: count,
        throttled: count.describe('Attempts refused because a rate was exceeded.'),
        failed: count.describe('Calls that failed in the end.'),
        waitedSeconds: z
          .number()
          .describe('All calls together, for their turn within the rate and after refusals.'),
      }),
    )
    .describe('Of the control plane, by operation.'),
  things: z
    .strictObject({
      connectsWaitedSeconds: z.number(),
      readsWaitedSeconds: z.number(),
      writesWaitedSeconds: z.number(),
      givenUp: count.describe('Requests given up in line: neither sent nor lost.'),
    })
    .optional()
    .describe(
      'How long things waited, all together, for their turn within the rates of the account.',
    ),
  isKept: z.boolean().describe('Whether all was left where it is, because that was asked for.'),
  removed: z.record(z.string(), count).describe('Taken away again, by kind.'),
  left: z.array(z.string()).describe('Could not be taken away, with the reason.'),
});

const slowThing = z.strictObject({
  thing: z.string(),
  cohort: z.string(),
  jobId: z.string(),
  status: z.string(),
  seconds: z.number().describe('Simulated seconds from first notice to the end.'),
  phases: z.strictObject({
    waiting: z.number(),
    /** Absent without a download. */
    downloading: z.number().optional(),
    working: z.number(),
  }),
});

export const Summary = z
  .strictObject({
    schemaVersion: z.literal(schemaVersion),
    tool: z.strictObject({ name: z.literal('fleetrig'), version: z.string() }),
    run: z.strictObject({
      id: z.string(),
      startedAt: z.string().describe('Wall clock, ISO 8601.'),
      endedAt: z.string(),
      durationSeconds: z.number().describe('Wall seconds.'),
      simulatedSeconds: z.number(),
      verdict: z.enum(['passed', 'failed', 'inconclusive', 'interrupted', 'error']),
      exitCode: z.int(),
      seed: z.string(),
      error: z.string().optional(),
    }),
    environment: z.strictObject({
      node: z.string(),
      os: z.string(),
      cpus: z.int(),
      target: z
        .enum(['emulator', 'endpoint', 'aws', 'simulation'])
        .describe('simulation: predicted in virtual time, without a socket.'),
      endpoint: z.string().optional(),
      region: z.string().optional(),
      workers: z.int(),
      agents: z.int(),
      clockScale: z
        .union([z.number(), z.literal('max')])
        .describe('max: time jumped from event to event.'),
    }),
    cloud: cloud
      .optional()
      .describe('Of a run on AWS: what it asked of the account, made and left.'),
    observation: observation
      .optional()
      .describe(
        'How a target was observed that is no emulator of this run, and what it does not tell.',
      ),
    trace: z
      .strictObject({
        file: z.string(),
        messages: count,
        gap: z.string().optional().describe('Why it does not hold everything.'),
      })
      .optional()
      .describe('What the things said and heard, in a file beside this one: run --record.'),
    scenario: z.strictObject({
      name: z.string(),
      file: z.string(),
      sha256: z.string(),
      resolved: z.record(z.string(), z.unknown()),
    }),
    fleet: z.strictObject({
      things: count,
      connectedMax: count,
      reconnects: count,
      cohorts: z.array(cohort),
    }),
    jobs: z.array(job),
    operations: z.array(operation),
    assertions: z.array(assertion),
    invariants: z.array(invariant),
    timeseries: z.strictObject({
      stepSeconds: z
        .number()
        .describe(
          'Wall seconds between rows; where time jumps, as in a prediction, simulated ones.',
        ),
      columns: z.array(z.string()),
      rows: z.array(z.array(z.number())),
    }),
    errorsOverTime: series.describe(
      'Operations refused or lost so far, one column a code; only codes that came up.',
    ),
    events: z.array(event),
    slowest: z.array(slowThing),
    prediction: Prediction.optional().describe('Of fleetrig predict.'),
    harness: z.strictObject({
      scheduleDelayMs: z.strictObject({ p99: z.number(), max: z.number() }),
      eventLoopDelayMs: z.strictObject({ p99: z.number(), max: z.number() }),
      emulatorLoopDelayMs: z
        .strictObject({ medianP99: z.number(), worstP99: z.number() })
        .optional()
        .describe('Of the emulator: the p99 of the median and of the worst second of the run.'),
      eventLoopUtilization: z.strictObject({ max: z.number() }),
      workers: z
        .array(
          z.strictObject({
            worker: z.string(),
            eventLoopUtilizationMax: z.number().describe('Of its busiest second, 0 to 1.'),
            eventLoopDelayMaxMs: z.number(),
            scheduleDelayP99Ms: z.number(),
            scheduleDelayMaxMs: z.number(),
          }),
        )
        .describe('The worker threads one by one; empty where there are none.'),
      cpuSeconds: z.strictObject({ agents: z.number(), emulator: z.number().optional() }),
      rssBytes: z.strictObject({ agents: count, emulator: count.optional() }),
      trusted: z.boolean(),
      reasons: z.array(z.string()),
    }),
  })
  .meta({ id: 'Summary', title: 'fleetrig run summary' });

export type Summary = z.output<typeof Summary>;
export type PredictedJobSummary = z.output<typeof predictedJob>;
export type JobSummary = Summary['jobs'][number];
export type CriterionSummary = JobSummary['abort']['criteria'][number];
export type CohortSummary = Summary['fleet']['cohorts'][number];
export type OperationSummary = Summary['operations'][number];
export type InvariantSummary = Summary['invariants'][number];
export type AssertionSummary = Summary['assertions'][number];
export type SeriesSummary = JobSummary['progress'];
export type Percentiles = OperationSummary['corrected'];

/** What `report.json` is published as. */
export function summaryJsonSchema(): unknown {
  return z.toJSONSchema(Summary, { target: 'draft-7' });
}
