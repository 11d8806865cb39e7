import { z } from 'zod';
import { Distribution } from '../device/distribution.ts';
import { Profile } from '../device/profile.ts';
import { Duration, Percent } from '../device/quantity.ts';
import { Dialect } from '../protocol/dialect.ts';
import { limits } from '../protocol/limits.ts';
import { isThingName } from '../protocol/names.ts';
import { Limits, Target } from './target-schema.ts';

export const thingsMax = 1_000_000;
const cohortsMax = 20;

/** What stands where a scenario says nothing; also needed to check scenarios that are half wrong. */
export const defaults = {
  thingName: 'thing-{index:05}',
  cohort: 'all',
  stopAfter: '1h',
} as const;

const count = z.int().min(1).max(thingsMax);
const index = z.int().min(0).max(thingsMax);
const Name = z
  .string()
  .refine(isThingName, '1 to 128 letters, digits, ":", "_" and "-" (reference §0.5)');
/** Cohort names are parts of figure names and metric labels. */
const CohortName = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, 'letters, digits, "_" and "-"');
const JobId = z.string().min(1).describe('Of a job that this scenario creates.');

const Cohort = z.strictObject({
  name: CohortName.describe('Part of figure names: cohorts.<name>.updated.'),
  share: Percent.describe('Of the fleet. All shares add up to 100 %.'),
  profile: Profile.prefault({}).describe('How its things behave.'),
});

const Group = z.strictObject({
  name: Name.describe('Of the thing group.'),
  parent: Name.optional().describe('The group it is nested in; must be in this scenario too.'),
});

const keepAliveLimits = `${limits.keepAliveSecondsMin}s to ${limits.keepAliveSecondsMax}s`;

const Fleet = z.strictObject({
  things: count.describe('How many things there are at the start.'),
  thingName: z
    .string()
    .refine(
      (pattern) => (pattern.match(/\{index(:0?\d+)?\}/g) ?? []).length === 1,
      'must hold {index} once; {index:05} pads it to five digits',
    )
    .default(defaults.thingName)
    .describe('Pattern of thing names.'),
  group: z
    .union([Name, Group])
    .optional()
    .describe('Thing group the fleet is in; jobs without targets are for it.'),
  connect: z
    .strictObject({
      perSecond: z.int().min(1).max(100_000).default(500).describe('Connects per wall second.'),
      inFlight: z.int().min(1).max(10_000).default(200).describe('Connects under way at once.'),
    })
    .prefault({})
    .describe('How fast the fleet comes online.'),
  keepAlive: Duration.refine(
    (ms) =>
      ms % 1000 === 0 &&
      ms >= limits.keepAliveSecondsMin * 1000 &&
      ms <= limits.keepAliveSecondsMax * 1000,
    `must be whole seconds, ${keepAliveLimits}`,
  )
    .prefault('20m')
    .describe(`MQTT keep-alive in wall time, ${keepAliveLimits}.`),
  client: z
    .enum(['mqttjs', 'packet'])
    .default('mqttjs')
    .describe(
      'MQTT client of the things: MQTT.js, or one of our own that takes a fraction of its memory and time and behaves the same.',
    ),
  tls: z
    .boolean()
    .default(false)
    .describe(
      'Things connect over mutual TLS, with one certificate for all. Only to our own emulator.',
    ),
  workers: z.int().min(1).max(64).default(2).describe('Threads that run the things.'),
  profile: Profile.optional().describe('How all things behave, if there are no cohorts.'),
  cohorts: z
    .array(Cohort)
    .min(1)
    .max(cohortsMax)
    .optional()
    .describe('Parts of the fleet that behave differently.'),
});

const createHelp =
  'AWS’s CreateJob request. Targets may also be { group: … }, { thing: … } or their names, and are the fleet’s group if left out; document may be a mapping. { file: job.json } takes the request from a file as `aws iot create-job --cli-input-json` does; members beside it win.';

/** Checked against the service's own model: see `job-request.ts`. */
const CreateJob = z.record(z.string(), z.unknown()).describe(createHelp);

const Job = z.strictObject({
  at: Duration.prefault('0s').describe('When it is created, in simulated time from the start.'),
  create: CreateJob,
});

const force = z.boolean().default(false);

/** One action and its time. The members are checked to be exactly one by `cross-check.ts`. */
const TimelineEntry = z
  .strictObject({
    at: Duration.describe('In simulated time from the start.'),
    cancelJob: z
      .strictObject({
        jobId: JobId,
        force: force.describe('Whether executions in progress are cancelled too.'),
        reasonCode: z
          .string()
          .regex(/^[\p{Lu}\d_]{1,128}$/u, 'capital letters, digits and "_", at most 128')
          .optional()
          .describe('Stored with the job.'),
        comment: z.string().max(2028).optional().describe('Stored with the job.'),
      })
      .optional()
      .describe('CancelJob.'),
    cancelExecution: z
      .strictObject({
        jobId: JobId,
        things: z.array(z.string()).min(1).max(1000).describe('Names of things of the fleet.'),
        force: force.describe('Whether one in progress is cancelled too.'),
      })
      .optional()
      .describe('CancelJobExecution for each of the things.'),
    deleteJob: z
      .strictObject({
        jobId: JobId,
        force: force.describe('Needed for a job that is not over.'),
      })
      .optional()
      .describe('DeleteJob.'),
    updateJob: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('AWS’s UpdateJob request: jobId and the settings to replace.'),
    addThings: z
      .strictObject({
        count: count.describe('How many. They are numbered on from the last thing.'),
        group: Name.optional().describe('Group they join; the fleet’s if left out.'),
      })
      .optional()
      .describe('New things, dealt to the same cohorts, are registered and switched on.'),
    removeThings: z
      .strictObject({
        from: index.describe('Index of the first one.'),
        count: count.describe('How many, in order of index.'),
        group: Name.optional().describe('They leave only this group and go on living.'),
      })
      .optional()
      .describe('Things are deleted from the registry and switched off for good.'),
    disconnect: z
      .strictObject({
        share: Percent.describe('Of the whole fleet, drawn by the seed.'),
        for: Duration.describe('How long, in simulated time.'),
      })
      .optional()
      .describe('Things lose their network.'),
  })
  .meta({ minProperties: 2, maxProperties: 2 });

export const timelineActions = Object.keys(TimelineEntry.shape).filter((key) => key !== 'at');

/** What users write, and the one source of its types, checks and editor support. */
export const Scenario = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/, 'letters, digits, ".", "_" and "-", at most 64')
      .describe('Also names the run folder.'),
    description: z.string().optional().describe('For the reader.'),
    seed: z
      .union([z.string().min(1), z.int()])
      .transform(String)
      .prefault('1')
      .describe('The same seed draws the same outcome for every thing.'),
    target: Target,
    limits: Limits.prefault({}).describe('Hard caps of a run.'),
    clock: z
      .strictObject({
        scale: z
          .union([z.number().min(0.1).max(10_000), z.literal('max')])
          .default(1)
          .describe(
            'Simulated seconds per wall second, or max: once the things are up, time jumps to the next event whenever all is still. Only our own emulator can do other than 1.',
          ),
      })
      .prefault({})
      .describe('How fast simulated time goes.'),
    stop: z
      .strictObject({
        after: Duration.refine((ms) => ms > 0, 'must be above 0s')
          .prefault(defaults.stopAfter)
          .describe('Simulated time at which the run ends whatever happens.'),
        settle: Duration.prefault('2m').describe(
          'Once all jobs are over, things have this much simulated time to end what they are at.',
        ),
      })
      .prefault({})
      .describe('When the run ends, if not before because all jobs are over.'),
    fleet: Fleet.describe('The simulated things.'),
    groups: z.array(Group).max(100).default([]).describe('More thing groups, such as parents.'),
    jobs: z.array(Job).min(1).max(50).describe('Jobs to create.'),
    timeline: z
      .array(TimelineEntry)
      .max(1000)
      .default([])
      .describe('What operators and the world do meanwhile.'),
    emulator: z
      .strictObject({
        dialect: Dialect.prefault({}).describe('Other readings of what AWS leaves open.'),
      })
      .prefault({})
      .describe('Settings of our own emulator.'),
    predict: z
      .strictObject({
        network: z
          .strictObject({
            latency: Distribution.prefault('20ms').describe('One way, of each message.'),
            loss: Percent.prefault('0%').describe(
              'Share of messages, either way, that never arrive on a connection that stands.',
            ),
          })
          .prefault({})
          .describe('What lies between the things and the service in virtual time.'),
        healthy: CohortName.optional().describe(
          'Cohort of the fleet as it should be: with --seeds and --sweep, how often a fleet of nothing else is aborted (falsely).',
        ),
      })
      .prefault({})
      .describe('Assumptions of fleetrig predict; a run measures instead.'),
    harness: z
      .strictObject({
        scheduleDelayP99Max: Duration.prefault('250ms').describe(
          'Later than this at p99 (wall time), the run is inconclusive.',
        ),
        eventLoopDelayP99Max: Duration.prefault('200ms').describe(
          'The same for the event loops of the workers and of our own emulator.',
        ),
        roundTripP99Max: Duration.prefault('30s').describe(
          'The same for the round trip of an update in simulated time: too high a scale for this machine shows here.',
        ),
      })
      .prefault({})
      .describe('How late the harness itself may be.'),
    expect: z
      .array(z.string())
      .max(1000)
      .default([])
      .describe('The verdict: one claim a line, such as `jobs.fw-1.status == COMPLETED`.'),
  })
  .meta({ title: 'fleetrig scenario' });

export type Scenario = z.output<typeof Scenario>;
export type TimelineEntry = z.output<typeof TimelineEntry>;

/** For editors: YAML language servers read draft 7. */
export function scenarioJsonSchema(): unknown {
  return z.toJSONSchema(Scenario, { io: 'input', target: 'draft-7' });
}
