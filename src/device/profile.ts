import { z } from 'zod';
import { limits } from '../protocol/limits.ts';
import { Backoff } from './backoff.ts';
import { type Behaviour, behaviourNames } from './behaviours.ts';
import { Distribution, RateDistribution } from './distribution.ts';
import { addsUpToWhole, Duration, Percent, Size } from './quantity.ts';

const BehaviourName = z.enum(behaviourNames);

const Mixture = z
  .partialRecord(BehaviourName, Percent)
  .refine(
    (shares) => addsUpToWhole(Object.values(shares)),
    'the shares of a mixture must add up to 100 %',
  );

/** One behaviour, or a weighted mixture; inside, `[behaviour, ratio]` pairs in the order written. */
const Outcome = z
  .union([BehaviourName, Mixture])
  .transform((outcome) =>
    typeof outcome === 'string'
      ? [[outcome, 1] as [Behaviour, number]]
      : (Object.entries(outcome) as [Behaviour, number][]),
  );

const OutcomeOverTime = z
  .array(
    z.strictObject({
      from: Duration.describe('Simulated time from the start at which it takes over.'),
      outcome: Outcome.describe('As above, for executions that start from then on.'),
    }),
  )
  .max(100)
  .refine(
    (phases) => phases.every(({ from }, index) => from > (phases[index - 1]?.from ?? -1)),
    'the times must ascend',
  );

const Correlated = z.strictObject({
  by: z
    .string()
    .regex(/^[a-zA-Z0-9:_-]{1,64}$/)
    .default('site')
    .describe(
      'What the groups are, such as site or batch. Cohorts that name the same groups share their draws.',
    ),
  size: z
    .int()
    .min(2)
    .max(1_000_000)
    .describe('Things in a group: neighbours by index, 0 to size − 1 and so on.'),
  correlation: Percent.refine((ratio) => ratio > 0, 'must be above 0%')
    .prefault('100%')
    .describe(
      'Between two things of a group (intra-class ρ): at 100 % the whole group has one outcome, at every attempt.',
    ),
});

const Download = z.strictObject({
  size: Size.describe('Of the image, such as 8MB.'),
  rate: RateDistribution.describe(
    'How fast it comes, such as 200kB/s or a distribution of rates; never below 1kB/s.',
  ),
  steps: z
    .int()
    .min(0)
    .max(100)
    .default(10)
    .describe('IN_PROGRESS updates with statusDetails step=download and percent, spread evenly.'),
});

/** Reference §0.5. One pair is kept free for `reason`. */
const pairsMax = limits.statusDetailsPairsMax - 1;
const DetailText = z
  .string()
  .min(1)
  .max(limits.statusDetailsValueMax)
  .regex(/^\P{C}+$/u, 'must not hold control characters');
const StatusDetails = z
  .record(z.string().regex(/^[a-zA-Z0-9:_-]{1,128}$/), DetailText)
  .refine((details) => Object.keys(details).length <= pairsMax, `at most ${pairsMax} pairs`);

const minuteMs = 60_000;
const StepTimeout = Duration.refine(
  (ms) =>
    ms % minuteMs === 0 &&
    ms >= limits.timeoutMinutesMin * minuteMs &&
    ms <= limits.timeoutMinutesMax * minuteMs,
  `must be whole minutes, 1m to ${limits.timeoutMinutesMax}m`,
);

const Link = z.strictObject({
  late: Distribution.prefault('0s').describe('From power-on to the first connect.'),
  offline: z
    .strictObject({
      every: Distribution.describe('From coming back (at first: power-on) to going offline.'),
      for: Distribution.describe('How long it stays offline.'),
    })
    .optional()
    .describe('Goes offline again and again.'),
  flapping: z
    .strictObject({
      up: Distribution.prefault({ exponential: { mean: '30s' } }).describe(
        'From coming back (at first: power-on) to the next break.',
      ),
      down: Distribution.prefault({ exponential: { mean: '2s' } }).describe(
        'How long a break lasts, 100ms or more.',
      ),
    })
    .optional()
    .describe('Bad reception: many short breaks, independent of offline.'),
  dropMidJob: Percent.prefault('0%').describe(
    'Share of executions during which the network drops once.',
  ),
  reconnect: Backoff.prefault({}).describe('Waits between attempts to connect.'),
});

/** How a device behaves. Times are simulated time; times inside are milliseconds, shares are ratios. */
export const Profile = z
  .strictObject({
    outcome: Outcome.prefault('succeed').describe(
      'What becomes of an execution: one behaviour, or a mixture such as { succeed: 90%, fail: 10% }.',
    ),
    outcomeOverTime: OutcomeOverTime.default([]).describe(
      'Outcomes that change in the course of the run; until the first of them, outcome holds.',
    ),
    correlated: Correlated.optional().describe(
      'Neighbours fail together: the outcome is drawn for groups of things. How much fails on average stays the same.',
    ),
    download: Download.optional().describe(
      'Comes before the work and takes size / rate. It is only waited for: nothing is fetched.',
    ),
    work: Distribution.prefault('30s').describe('From starting an execution to its final status.'),
    react: Distribution.prefault('0s').describe('From hearing of an execution to acting on it.'),
    reboot: Distribution.prefault({ uniform: ['10s', '60s'] }).describe(
      'How long the device is off when it loses power.',
    ),
    progress: z
      .strictObject({
        steps: z
          .int()
          .min(0)
          .max(1000)
          .default(0)
          .describe('IN_PROGRESS updates with statusDetails step and percent, spread evenly.'),
      })
      .prefault({})
      .describe('What the device reports while it works.'),
    reason: DetailText.default('simulated').describe(
      'statusDetails.reason of a failure or a rejection.',
    ),
    statusDetails: StatusDetails.default({}).describe('Sent with the final update.'),
    client: z
      .enum(['describe-next', 'start-next', 'pick'])
      .default('describe-next')
      .describe(
        'How it asks: describe $next and update; start-next; or get the list, pick, describe, update.',
      ),
    mqtt: z
      .literal(['3.1.1', 5])
      .transform((version): 4 | 5 => (version === 5 ? 5 : 4))
      .prefault('3.1.1')
      .describe('MQTT version: 3.1.1 or 5 (inside, the protocol level: 4 or 5).'),
    session: z
      .enum(['clean', 'persistent'])
      .default('clean')
      .describe('Whether the broker keeps subscriptions and messages while it is offline.'),
    stepTimeout: StepTimeout.optional().describe(
      'Step timer set when starting and at each progress step, in whole minutes.',
    ),
    link: Link.prefault({}).describe('How well the device is connected.'),
  })
  .refine(
    ({ client, outcome, outcomeOverTime }) =>
      client !== 'start-next' ||
      ![outcome, ...outcomeOverTime.map((phase) => phase.outcome)].some((mixture) =>
        mixture.some(([behaviour]) => behaviour === 'ignore'),
      ),
    {
      path: ['outcome'],
      message:
        'ignore needs another client than start-next, which starts whatever execution comes next',
    },
  )
  .meta({ id: 'Profile' });

export type ProfileInput = z.input<typeof Profile>;
export type Profile = z.output<typeof Profile>;
