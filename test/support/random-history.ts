import fc from 'fast-check';
import type { Command } from '../../src/engine/commands.ts';
import type { Dialect } from '../../src/protocol/dialect.ts';
import type { CreateJobRequest } from '../../src/protocol/job-config.ts';
import type { SchedulingConfig } from '../../src/protocol/schedule.ts';
import { groupArn, thingArn } from './engine-rig.ts';

/** A command, or some time that passes. */
type Step = Command | { readonly type: 'wait'; readonly ms: number };

/** What happened to a small account: few names, so that the steps meet each other. */
export interface History {
  readonly dialect: Partial<Dialect>;
  readonly steps: readonly Step[];
}

const thing = fc.constantFrom('t1', 't2', 't3', 't4');
/** `s` is a child of `g`; `h` stands alone. */
const group = fc.constantFrom('g', 's', 'h');
const jobId = fc.constantFrom('j1', 'j2', 'j3');
const force = fc.boolean();

/** The account every history begins with. */
const opening: readonly Step[] = [
  { type: 'create-group', groupName: 'g', attributes: {} },
  { type: 'create-group', groupName: 's', parentGroupName: 'g', attributes: {} },
  { type: 'create-group', groupName: 'h', attributes: {} },
  { type: 'provision', thingNames: ['t1', 't2'], groupName: 'g' },
  { type: 'provision', thingNames: ['t3'], groupName: 's' },
  { type: 'provision', thingNames: ['t2', 't4'], groupName: 'h' },
  { type: 'configure-events', enabled: { JOB: true, JOB_EXECUTION: true } },
];

const dialect: fc.Arbitrary<Partial<Dialect>> = fc.record(
  {
    firstReleaseDelayMs: fc.constantFrom(0, 3000),
    retryDelayMs: fc.constantFrom(0, 7000),
    deletionMs: fc.constantFrom(0, 10_000),
    timeoutLatenessMs: fc.constantFrom(0, 30_000),
    rateSpread: fc.constantFrom('even', 'burst'),
    rateLevel: fc.constantFrom('cumulative', 'per-level'),
    statusDetailsUpdate: fc.constantFrom('replace', 'merge'),
    deletedThing: fc.constantFrom('removed', 'kept'),
    snapshotLeave: fc.constantFrom('unaffected', 'removed'),
    abortGate: fc.constantFrom('completed', 'notified'),
    hiddenUpdate: fc.constantFrom('InvalidStateTransition', 'accepted'),
    namespaceNext: fc.constantFrom('all', 'own'),
  },
  { requiredKeys: [] },
);

const settings = fc.record(
  {
    jobExecutionsRolloutConfig: fc.oneof(
      fc.record({ maximumPerMinute: fc.constantFrom(1, 2, 60) }),
      fc.record({
        exponentialRate: fc.record({
          baseRatePerMinute: fc.constantFrom(1, 2),
          incrementFactor: fc.constantFrom(1.5, 4),
          rateIncreaseCriteria: fc.oneof(
            fc.record({ numberOfNotifiedThings: fc.constantFrom(1, 2) }),
            fc.record({ numberOfSucceededThings: fc.constantFrom(1, 2) }),
          ),
        }),
      }),
    ),
    abortConfig: fc.record({
      criteriaList: fc.constantFrom(
        [criterion('FAILED', 50, 2)],
        [criterion('REJECTED', 100, 1), criterion('ALL', 34, 2)],
        [criterion('TIMED_OUT', 20, 1)],
      ),
    }),
    timeoutConfig: fc.record({ inProgressTimeoutInMinutes: fc.constantFrom(1, 3) }),
    jobExecutionsRetryConfig: fc.record({
      criteriaList: fc.constantFrom(
        [retries('FAILED', 2)],
        [retries('ALL', 1)],
        [retries('FAILED', 1), retries('TIMED_OUT', 2)],
        [retries('FAILED', 0)],
      ),
    }),
    description: fc.constantFrom('one', 'two'),
  },
  { requiredKeys: [] },
);

function criterion(
  failureType: 'FAILED' | 'REJECTED' | 'TIMED_OUT' | 'ALL',
  thresholdPercentage: number,
  minNumberOfExecutedThings: number,
) {
  return { failureType, action: 'CANCEL' as const, thresholdPercentage, minNumberOfExecutedThings };
}

function retries(failureType: 'FAILED' | 'TIMED_OUT' | 'ALL', numberOfRetries: number) {
  return { failureType, numberOfRetries };
}

const targets = fc.uniqueArray(fc.oneof(group.map(groupArn), thing.map(thingArn)), {
  minLength: 1,
  maxLength: 3,
});

/** Times within minutes of the rig's beginning; windows that open every other minute. */
const schedule = fc.record(
  {
    startTime: fc.constantFrom(undefined, undefined, '1000030'),
    end: fc.record({
      endTime: fc.constantFrom('1000200', '1000240', '1000330'),
      endBehavior: fc.constantFrom(
        'STOP_ROLLOUT' as const,
        'CANCEL' as const,
        'FORCE_CANCEL' as const,
      ),
    }),
    windows: fc.constantFrom(
      [{ startTime: '1/2 * * * ? *', durationInMinutes: 1 }],
      [
        { startTime: '1/3 * * * ? *', durationInMinutes: 1 },
        { startTime: '2/6 * * * ? *', durationInMinutes: 2 },
      ],
    ),
  },
  { requiredKeys: [] },
);

const createJob: fc.Arbitrary<Step> = fc
  .record({
    id: jobId,
    arns: targets,
    targetSelection: fc.constantFrom('SNAPSHOT' as const, 'CONTINUOUS' as const),
    rest: settings,
    when: fc.oneof(
      { arbitrary: fc.constant(undefined), weight: 3 },
      { arbitrary: schedule, weight: 2 },
    ),
    namespaceId: fc.constantFrom(undefined, undefined, 'ns'),
  })
  .map(({ id, arns, targetSelection, rest, when, namespaceId }) => ({
    type: 'create-job',
    request: {
      jobId: id,
      targets: arns,
      targetSelection,
      document: `{"job":"${id}"}`,
      ...rest,
      ...(when === undefined ? {} : { schedulingConfig: schedulingConfig(when, targetSelection) }),
      ...(namespaceId === undefined ? {} : { namespaceId }),
    } satisfies CreateJobRequest,
  }));

/** Windows are for CONTINUOUS jobs only. */
function schedulingConfig(
  { startTime, end, windows }: typeof schedule extends fc.Arbitrary<infer T> ? T : never,
  targetSelection: 'SNAPSHOT' | 'CONTINUOUS',
): SchedulingConfig {
  return {
    ...(startTime === undefined ? {} : { startTime }),
    ...end,
    ...(windows === undefined || targetSelection === 'SNAPSHOT'
      ? {}
      : { maintenanceWindows: windows }),
  };
}

const stepTimeout = fc.record(
  { stepTimeoutInMinutes: fc.constantFrom(-1, 1, 2) },
  { requiredKeys: [] },
);
const details = fc.record(
  { statusDetails: fc.constantFrom({}, { a: '1' }, { b: '2' }) },
  { requiredKeys: [] },
);

const update: fc.Arbitrary<Step> = fc
  .tuple(
    thing,
    jobId,
    fc.constantFrom('IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'REJECTED', 'FAILED', 'CANCELED'),
    details,
    stepTimeout,
    fc.record(
      {
        expectedVersion: fc.constantFrom(1, 2, 3),
        executionNumber: fc.constantFrom(1, 2),
        includeJobExecutionState: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([thingName, id, status, withDetails, withStep, rest]) => ({
    type: 'update-execution',
    thingName,
    jobId: id,
    request: { status, ...withDetails, ...withStep, ...rest },
  }));

const startNext: fc.Arbitrary<Step> = fc
  .tuple(thing, details, stepTimeout)
  .map(([thingName, withDetails, withStep]) => ({
    type: 'start-next',
    thingName,
    request: { ...withDetails, ...withStep },
  }));

const wait: fc.Arbitrary<Step> = fc
  .oneof(fc.constantFrom(500, 1000, 20_000, 60_000, 180_000), fc.integer({ min: 1, max: 70_000 }))
  .map((ms) => ({ type: 'wait', ms }));

const operator: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant('cancel-job' as const), jobId, force }),
  fc.record({ type: fc.constant('delete-job' as const), jobId, force }),
  fc.record({ type: fc.constant('update-job' as const), jobId, settings }),
  fc.record({
    type: fc.constant('associate-targets' as const),
    jobId,
    targets: fc.uniqueArray(group.map(groupArn), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ type: fc.constant('cancel-execution' as const), thingName: thing, jobId, force }),
  fc.record({
    type: fc.constant('delete-execution' as const),
    thingName: thing,
    jobId,
    executionNumber: fc.constantFrom(1, 2),
    force,
  }),
);

const registry: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant('join-group' as const), thingName: thing, groupName: group }),
  fc.record({ type: fc.constant('leave-group' as const), thingName: thing, groupName: group }),
  fc.record({ type: fc.constant('delete-thing' as const), thingName: thing }),
  fc.record({
    type: fc.constant('provision' as const),
    thingNames: fc.uniqueArray(thing, { minLength: 1, maxLength: 2 }),
    groupName: group,
  }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: createJob, weight: 3 },
  { arbitrary: update, weight: 8 },
  { arbitrary: startNext, weight: 4 },
  { arbitrary: wait, weight: 4 },
  { arbitrary: operator, weight: 2 },
  { arbitrary: registry, weight: 2 },
);

/** Histories of up to `lengthMax` steps after the account was set up and the first job created. */
export function anyHistory(lengthMax = 40): fc.Arbitrary<History> {
  return fc
    .tuple(dialect, createJob, fc.array(step, { maxLength: lengthMax, size: 'max' }))
    .map(([chosen, first, rest]) => ({
      dialect: { schedulingMinLeadMinutes: 0, ...chosen },
      steps: [...opening, first, ...rest],
    }));
}
