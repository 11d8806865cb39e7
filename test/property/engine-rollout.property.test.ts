import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RateStep } from '../../src/engine/state.ts';
import type { RolloutConfig } from '../../src/protocol/job-config.ts';
import { EngineRig, groupArn, minute, thingNames } from '../support/engine-rig.ts';

interface Plan {
  readonly things: number;
  readonly config: RolloutConfig;
  readonly update: { readonly afterMs: number; readonly config: RolloutConfig };
  readonly rateSpread: 'even' | 'burst';
  readonly rateLevel: 'cumulative' | 'per-level';
  /** Every n-th released thing succeeds at once. */
  readonly succeedEvery: number;
}

const ratePerMinute = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1000 }));

const config: fc.Arbitrary<RolloutConfig> = fc.oneof(
  fc.record({ maximumPerMinute: ratePerMinute }),
  fc
    .record({
      baseRatePerMinute: fc.integer({ min: 1, max: 60 }),
      incrementFactor: fc.integer({ min: 11, max: 50 }).map((tenths) => tenths / 10),
      rateIncreaseCriteria: fc.record(
        {
          numberOfNotifiedThings: fc.integer({ min: 1, max: 50 }),
          numberOfSucceededThings: fc.integer({ min: 1, max: 50 }),
        },
        { requiredKeys: ['numberOfNotifiedThings'] },
      ),
      maximumPerMinute: ratePerMinute,
    })
    .map(({ maximumPerMinute, ...exponentialRate }) => ({ maximumPerMinute, exponentialRate })),
);

const plan: fc.Arbitrary<Plan> = fc.record({
  things: fc.integer({ min: 1, max: 200 }),
  config,
  update: fc.record({ afterMs: fc.integer({ min: 1, max: 5 * minute }), config }),
  rateSpread: fc.constantFrom('even', 'burst'),
  rateLevel: fc.constantFrom('cumulative', 'per-level'),
  succeedEvery: fc.integer({ min: 1, max: 10 }),
});

/** Runs the plan to its end and returns when each thing was released, and the rates. */
function run(chosen: Plan) {
  const { things, config: begun, update, rateSpread, rateLevel, succeedEvery } = chosen;
  const rig = new EngineRig({ rateSpread, rateLevel });
  rig.provision(thingNames(things), 'g');
  rig.createJob({ jobId: 'j', targets: [groupArn('g')], jobExecutionsRolloutConfig: begun });
  const updateAt = rig.now + update.afterMs;
  const releasedAt: number[] = [];
  const takeReleases = () => {
    for (const { at, effect } of rig.told.splice(0)) {
      if (effect.type !== 'notify' || effect.message.jobs.QUEUED === undefined) continue;
      releasedAt.push(at);
      if (releasedAt.length % succeedEvery === 0) rig.update(effect.thingName, 'j', 'SUCCEEDED');
    }
  };
  const advanceTo = (until: number) => {
    for (let next = rig.engine.nextDeadline(); next !== undefined && next <= until; ) {
      takeReleases();
      if (releasedAt.length === things) return;
      rig.advance(next - rig.now);
      next = rig.engine.nextDeadline();
    }
    takeReleases();
  };
  advanceTo(updateAt);
  if (rig.job('j').status === 'IN_PROGRESS') {
    const settings = { jobExecutionsRolloutConfig: update.config };
    rig.must({ type: 'update-job', jobId: 'j', settings });
    advanceTo(Number.POSITIVE_INFINITY);
  }
  return { releasedAt, steps: rig.observe('j').rateSteps };
}

/** The highest rate in effect within the 60 s before `at`. */
function highestRate(steps: readonly RateStep[], at: number): number {
  const rates = steps
    .filter((step, index) => step.at <= at && (steps[index + 1]?.at ?? Infinity) > at - minute)
    .map((step) => step.ratePerMinute);
  return Math.max(...rates);
}

it('within any 60 s no more are released than the highest rate in effect, and in the end all', () => {
  fc.assert(
    fc.property(plan, (chosen) => {
      const { releasedAt, steps } = run(chosen);

      expect(releasedAt).toHaveLength(chosen.things);
      let first = 0;
      for (const [index, at] of releasedAt.entries()) {
        while ((releasedAt[first] ?? at) <= at - minute) first += 1;
        assert(index - first + 1 <= Math.ceil(highestRate(steps, at)), `too many by ${at}`);
      }
    }),
    { numRuns: 1000 },
  );
}, 30_000);

it('a constant rate keeps its average to within one release, wherever one looks', () => {
  const rates = fc.integer({ min: 1, max: 1000 });
  fc.assert(
    fc.property(rates, (rate) => {
      const things = Math.min(300, rate * 3);
      const rig = new EngineRig();
      rig.provision(thingNames(things), 'g');
      const createdAt = rig.now;
      rig.createJob({
        jobId: 'j',
        targets: [groupArn('g')],
        jobExecutionsRolloutConfig: { maximumPerMinute: rate },
      });

      rig.advance(10 * minute);

      const times = rig.told.flatMap(({ at, effect }) =>
        effect.type === 'notify' ? [at - createdAt] : [],
      );
      expect(times).toHaveLength(things);
      for (const [index, at] of times.entries()) {
        // The first is due at once, the k-th k/rate minutes later; steps are of 100 ms.
        const dueAt = (index * minute) / rate;
        assert(at >= dueAt - 1 && at <= dueAt + 101, `release ${index} at ${at}, due ${dueAt}`);
      }
    }),
    { numRuns: 1000 },
  );
}, 30_000);
