import { describe, expect, it } from 'vitest';
import type { RolloutConfig } from '../../../src/protocol/job-config.ts';
import { EngineRig, groupArn, minute, thingNames } from '../../support/engine-rig.ts';

function rollout(things: number, config: RolloutConfig | undefined, dialect = {}): EngineRig {
  const rig = new EngineRig(dialect);
  rig.provision(thingNames(things), 'g');
  rig.createJob({
    jobId: 'j',
    targets: [groupArn('g')],
    ...(config === undefined ? {} : { jobExecutionsRolloutConfig: config }),
  });
  return rig;
}

/** Release times in ms since the job was created. */
function releases(rig: EngineRig, createdAt: number): number[] {
  return rig.told.filter(({ effect }) => effect.type === 'notify').map(({ at }) => at - createdAt);
}

const exponential = (
  baseRatePerMinute: number,
  incrementFactor: number,
  rateIncreaseCriteria: { numberOfNotifiedThings?: number; numberOfSucceededThings?: number },
): RolloutConfig => ({
  exponentialRate: { baseRatePerMinute, incrementFactor, rateIncreaseCriteria },
});

describe('a constant rate', () => {
  it.each([
    [1, 4, [0, 60_000, 120_000, 180_000]],
    [7, 8, [0, 8572, 17_143, 25_715, 34_286, 42_858, 51_429, 60_000]],
    [60, 4, [0, 1000, 2000, 3000]],
    [600, 4, [0, 100, 200, 300]],
  ])('of %i a minute releases at once, then evenly', (maximumPerMinute, things, times) => {
    const rig = rollout(things, { maximumPerMinute });
    const createdAt = rig.now;

    rig.advance(10 * minute);

    expect(releases(rig, createdAt)).toEqual(times);
  });

  it('is 1000 a minute unless set, in steps of 100 ms', () => {
    const rig = rollout(2001, undefined);
    const createdAt = rig.now;

    rig.advance(2 * minute - 1);
    expect(rig.observe('j').notified).toBeGreaterThan(1990);
    expect(rig.observe('j').notified).toBeLessThanOrEqual(2000);
    rig.advance(200);

    expect(rig.observe('j').notified).toBe(2001);
    expect(releases(rig, createdAt).every((at) => at % 100 === 0)).toBe(true);
    expect(rig.observe('j').rateSteps).toEqual([{ at: createdAt, ratePerMinute: 1000 }]);
  });

  // 49.5 stands for the fractions that increments lead to.
  it.each([1, 7, 49.5, 1000])('of %d a minute is kept over half an hour', (rate) => {
    const rig = rollout(31_000, { maximumPerMinute: rate });

    rig.advance(30 * minute - 1);

    expect(Math.abs(rig.observe('j').notified - rate * 30)).toBeLessThanOrEqual(1);
  });

  it('begins after the dialect’s delay', () => {
    const rig = rollout(2, { maximumPerMinute: 60 }, { firstReleaseDelayMs: 3000 });
    const createdAt = rig.now;
    expect(rig.job('j')).toMatchObject({ status: 'IN_PROGRESS', isConcurrent: true });

    rig.advance(minute);

    expect(releases(rig, createdAt)).toEqual([3000, 4000]);
  });

  it('comes in bursts at the start of each minute in the other dialect', () => {
    const rig = rollout(5, { maximumPerMinute: 2 }, { rateSpread: 'burst' });
    const createdAt = rig.now;

    rig.advance(5 * minute);

    expect(releases(rig, createdAt)).toEqual([0, 0, minute, minute, 2 * minute]);
  });
});

describe('an exponential rate', () => {
  it('reproduces the guide’s table: 50, 100, 200, 400 as 1000 things each are notified', () => {
    const rig = rollout(
      4999,
      exponential(50, 2, { numberOfNotifiedThings: 1000, numberOfSucceededThings: 1000 }),
    );
    const startedAt = rig.now;

    rig.advance(60 * minute);

    const { rateSteps } = rig.observe('j');
    expect(rateSteps.map(({ ratePerMinute }) => ratePerMinute)).toEqual([50, 100, 200, 400, 800]);
    const minutes = rateSteps.map(({ at }) => Math.round((at - startedAt) / minute));
    expect(minutes).toEqual([0, 20, 30, 35, 37]);
  });

  it('is capped by maximumPerMinute and by the service', () => {
    const criteria = exponential(50, 5, { numberOfNotifiedThings: 10 });
    const capped = rollout(100, { ...criteria, maximumPerMinute: 120 });
    const open = rollout(100, criteria);

    capped.advance(60 * minute);
    open.advance(60 * minute);

    const rates = (rig: EngineRig) => rig.observe('j').rateSteps.map((step) => step.ratePerMinute);
    expect(rates(capped)).toEqual([50, 120]);
    expect(rates(open)).toEqual([50, 250, 1000]);
  });

  it('waits for devices when it goes by succeeded things', () => {
    const rig = rollout(300, exponential(60, 2, { numberOfSucceededThings: 2 }));
    rig.advance(30_500);
    expect(rig.observe('j').rateSteps).toHaveLength(1);

    rig.update('t001', 'j', 'SUCCEEDED');
    rig.update('t002', 'j', 'SUCCEEDED');
    rig.advance(1000);

    expect(rig.observe('j').rateSteps.at(-1)).toEqual({
      at: 1_000_031_000,
      ratePerMinute: 120,
    });
  });

  it('keeps its level when executions are deleted', () => {
    const rig = rollout(300, exponential(60, 2, { numberOfSucceededThings: 1 }));
    rig.update('t001', 'j', 'SUCCEEDED');
    rig.advance(1000);

    rig.must({
      type: 'delete-execution',
      thingName: 't001',
      jobId: 'j',
      executionNumber: 1,
      force: false,
    });
    rig.advance(2000);

    expect(rig.observe('j').rateSteps.at(-1)?.ratePerMinute).toBe(120);
  });

  it.each([
    ['cumulative', [60, 120]],
    ['per-level', [60, 120, 240]],
  ])('counts by the reading %s', (rateLevel, rates) => {
    const config = exponential(60, 2, { numberOfNotifiedThings: 40, numberOfSucceededThings: 1 });
    const rig = rollout(200, config, { rateLevel });
    rig.advance(20_500);
    rig.update('t001', 'j', 'SUCCEEDED');

    rig.advance(23_000);

    // The success made level 1 at 21 notified. Some 65 are notified by now: by the totals level 2
    // needs 80, counted anew it needs 21 + 40.
    expect(rig.observe('j').notified).toBeGreaterThan(62);
    expect(rig.observe('j').notified).toBeLessThan(80);
    expect(rig.observe('j').rateSteps.map(({ ratePerMinute }) => ratePerMinute)).toEqual(rates);
  });
});

describe('who is released', () => {
  it('follows the targets as given and names within a group, descendants included, each once', () => {
    const rig = new EngineRig();
    rig.must({ type: 'create-group', groupName: 'top', attributes: {} });
    rig.must({ type: 'create-group', groupName: 'sub', parentGroupName: 'top', attributes: {} });
    rig.provision(['c', 'a'], 'sub');
    rig.provision(['b', 'd'], 'top');
    rig.provision(['z']);

    rig.createJob({
      jobId: 'j',
      targets: [
        'arn:aws:iot:us-east-1:123456789012:thing/z',
        groupArn('top'),
        'arn:aws:iot:us-east-1:123456789012:thing/b',
      ],
    });
    rig.advance(minute);

    const order = rig.told.flatMap(({ effect }) =>
      effect.type === 'notify' ? [effect.thingName] : [],
    );
    expect(order).toEqual(['z', 'a', 'b', 'c', 'd']);
    expect(rig.observe('j')).toMatchObject({ targeted: 5, notified: 5 });
  });

  it('is frozen at CreateJob for a SNAPSHOT, without those deleted before their turn', () => {
    const rig = rollout(3, { maximumPerMinute: 1 });
    rig.provision(['late'], 'g');
    rig.must({ type: 'leave-group', thingName: 't3', groupName: 'g' });
    rig.must({ type: 'delete-thing', thingName: 't2' });

    rig.advance(10 * minute);

    expect([...(rig.view.jobs.get('j')?.latest.keys() ?? [])]).toEqual(['t1', 't3']);
    expect(rig.observe('j')).toMatchObject({ targeted: 2, notified: 2 });
  });

  it('completes the job when all that still waited are gone', () => {
    const rig = rollout(2, { maximumPerMinute: 1 });
    rig.update('t1', 'j', 'SUCCEEDED');
    expect(rig.job('j').status).toBe('IN_PROGRESS');

    rig.must({ type: 'delete-thing', thingName: 't2' });

    expect(rig.job('j')).toMatchObject({ status: 'COMPLETED', isConcurrent: false });
  });
});

it('successes between two steps raise the rate from there on, with no burst for the time behind', () => {
  const rig = rollout(9, exponential(60, 5, { numberOfSucceededThings: 1 }));
  const createdAt = rig.now;
  const [first = ''] = thingNames(1);
  rig.advance(500);
  rig.update(first, 'j', 'SUCCEEDED');

  rig.advance(1100);

  // The second comes a second after the first, the others at 300 a minute.
  const notified = rig.told.filter(
    ({ effect }) => effect.type === 'notify-next' && effect.message.execution !== undefined,
  );
  expect(notified.map(({ at }) => at - createdAt)).toEqual([0, 1000, 1200, 1400, 1600]);
});

describe('an update of the rollout', () => {
  it('holds from the next step, with the totals so far', () => {
    const rig = rollout(500, { maximumPerMinute: 60 });
    rig.advance(10_500);

    rig.must({
      type: 'update-job',
      jobId: 'j',
      settings: { jobExecutionsRolloutConfig: exponential(120, 2, { numberOfNotifiedThings: 10 }) },
    });
    rig.advance(500);

    // 11 were notified: level 1 of the new configuration.
    expect(rig.observe('j').rateSteps.map(({ ratePerMinute }) => ratePerMinute)).toEqual([60, 240]);
  });
});

describe('while it releases', () => {
  it('the job is concurrent and names its targets; afterwards not', () => {
    const rig = rollout(2, { maximumPerMinute: 1 });
    expect(rig.job('j')).toMatchObject({
      isConcurrent: true,
      jobProcessDetails: { processingTargets: [groupArn('g')] },
    });

    rig.advance(minute);

    expect(rig.job('j')).toMatchObject({ status: 'IN_PROGRESS', isConcurrent: false });
    expect(rig.job('j').jobProcessDetails).not.toHaveProperty('processingTargets');
  });
});
