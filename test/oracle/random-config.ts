import fc from 'fast-check';
import type {
  AbortCriterion,
  RetryCriterion,
  RolloutConfig,
} from '../../src/protocol/job-config.ts';
import type { DevicePlan, Readings, Story, Target, Update } from './script.ts';

/*
 * Random stories for oracle and engine. Most instants are drawn to the millisecond, so that what the
 * text leaves open (the order of a timer and another appointment of the service in the same one)
 * stays rare; where it matters the oracle's verdict is `undecided`. Left out are also the stories of
 * "credit at the new level", where engine and text differ (see `oracle.ts`), and what the text does
 * not spell out at all: rateSpread `burst`, UpdateJob to another exponential rate, nested groups.
 */

const minute = 60_000;

const ratePerMinute = fc.oneof(
  fc.integer({ min: 1, max: 60 }),
  fc.integer({ min: 61, max: 600 }),
  fc.integer({ min: 601, max: 1000 }),
);

const criterion = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 20 }));

const tenths = fc.oneof(fc.integer({ min: 11, max: 13 }), fc.integer({ min: 11, max: 50 }));

const exponential: fc.Arbitrary<RolloutConfig> = fc
  .record({
    baseRatePerMinute: fc.oneof(fc.integer({ min: 1, max: 20 }), ratePerMinute),
    incrementFactor: tenths.map((count) => count / 10),
    rateIncreaseCriteria: fc.oneof(
      fc.record({ numberOfNotifiedThings: criterion }),
      fc.record({ numberOfSucceededThings: criterion }),
      fc.record({ numberOfNotifiedThings: criterion, numberOfSucceededThings: criterion }),
    ),
    maximumPerMinute: fc.option(ratePerMinute, { nil: undefined }),
  })
  .map(({ maximumPerMinute, ...exponentialRate }) => ({
    exponentialRate,
    ...(maximumPerMinute === undefined ? {} : { maximumPerMinute }),
  }));

const rollout = fc.oneof(
  fc.constant(undefined),
  fc.record({ maximumPerMinute: ratePerMinute }),
  exponential,
);

const abort: fc.Arbitrary<AbortCriterion[]> = fc.uniqueArray(
  fc.record({
    failureType: fc.constantFrom('FAILED', 'REJECTED', 'TIMED_OUT', 'ALL'),
    action: fc.constant('CANCEL' as const),
    thresholdPercentage: fc.oneof(
      fc.constantFrom(5, 10, 20, 25, 33.33, 50, 66.67, 100),
      fc.integer({ min: 1, max: 10_000 }).map((hundredths) => hundredths / 100),
    ),
    minNumberOfExecutedThings: fc.integer({ min: 1, max: 30 }),
  }),
  { maxLength: 3, selector: ({ failureType }) => failureType },
);

const retries: fc.Arbitrary<RetryCriterion[]> = fc.oneof<fc.Arbitrary<RetryCriterion[]>[]>(
  fc.constant([]),
  fc
    .integer({ min: 0, max: 10 })
    .map((numberOfRetries) => [{ failureType: 'ALL' as const, numberOfRetries }]),
  fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }))
    .map(([failed, timedOut]) => [
      { failureType: 'FAILED' as const, numberOfRetries: failed },
      { failureType: 'TIMED_OUT' as const, numberOfRetries: timedOut },
    ]),
);

const delayMs = fc.oneof(
  fc.integer({ min: 0, max: 2000 }),
  fc.integer({ min: 0, max: minute }),
  fc.integer({ min: 0, max: 8 * minute }),
);

const stepMinutes = fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined });

const plan: fc.Arbitrary<DevicePlan> = fc.record({
  reactMs: fc.option(delayMs, { nil: undefined, freq: 20 }),
  begins: fc.integer({ min: 0, max: 5 }).map((draw) => draw > 0),
  workMs: delayMs,
  outcome: fc.oneof(
    { weight: 4, arbitrary: fc.constant('SUCCEEDED' as const) },
    { weight: 3, arbitrary: fc.constantFrom('FAILED' as const, 'REJECTED' as const) },
    { weight: 1, arbitrary: fc.constant('silent' as const) },
  ),
  stepMinutes,
  reports: fc.array(
    fc.record({ afterMs: delayMs, stepMinutes: fc.oneof(stepMinutes, fc.constant(-1)) }),
    { maxLength: 2 },
  ),
});

const thing = fc.integer({ min: 0, max: 59 });

const targets: fc.Arbitrary<Target[]> = fc.oneof(
  fc
    .integer({ min: 1, max: 60 })
    .map((count) => [{ group: Array.from({ length: count }, (_, index) => index) }]),
  fc.array(
    fc.oneof(
      fc.record({ thing }),
      fc.record({ group: fc.uniqueArray(thing, { minLength: 1, maxLength: 30 }) }),
    ),
    { minLength: 1, maxLength: 12 },
  ),
);

const readings: fc.Arbitrary<Readings> = fc.record({
  abortGate: fc.constantFrom('completed', 'notified'),
  abortComparison: fc.constantFrom('at-or-above', 'above'),
  abortDenominator: fc.constantFrom('completed', 'notified'),
  rateLevel: fc.constantFrom('cumulative', 'per-level'),
  retryDelayMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 * minute })),
  firstReleaseDelayMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5000 })),
});

const cancels = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.record({ afterMs: fc.integer({ min: 0, max: 15 * minute }), force: fc.boolean() }),
      { minLength: 1, maxLength: 2 },
    ),
  },
);

const update: fc.Arbitrary<Update> = fc.record({
  afterMs: fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 15 * minute })),
  maximumPerMinute: fc.option(ratePerMinute, { nil: undefined }),
  abort: fc.option(
    abort.filter(({ length }) => length > 0),
    { nil: undefined },
  ),
  inProgressMinutes: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
});

export const anyStory: fc.Arbitrary<Story> = fc.record({
  targets,
  rollout,
  abort,
  retries,
  inProgressMinutes: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined, freq: 2 }),
  plans: fc.array(plan, { minLength: 1, maxLength: 12 }),
  cancels,
  update: fc.option(update, { nil: undefined, freq: 2 }),
  readings,
});
