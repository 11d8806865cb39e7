import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { type Behaviour, behaviourNames } from '../../../src/device/behaviours.ts';
import { Profile, type ProfileInput } from '../../../src/device/profile.ts';
import { planWork, type WorkPlan } from '../../../src/device/work-plan.ts';

const plan = (profile: ProfileInput, seed = 'seed', isStarted = false): WorkPlan =>
  planWork(Profile.parse(profile), seededRandom(seed), isStarted);

const kinds = ({ steps }: WorkPlan) => steps.map(({ kind }) => kind);

/** Steps with the time they are due, counted from the start. */
function timed({ steps }: WorkPlan) {
  let atMs = 0;
  return steps.map((step) => {
    atMs += step.afterMs;
    return { atMs, step };
  });
}

const endings: readonly [Behaviour, string | undefined][] = [
  ['succeed', 'SUCCEEDED'],
  ['fail', 'FAILED'],
  ['reject', 'REJECTED'],
  ['ignore', undefined],
  ['hang', undefined],
  ['hang-in-download', undefined],
  ['hang-in-progress', undefined],
  ['crash-and-forget', undefined],
  ['lost-final-status', undefined],
  ['false-failure', 'FAILED'],
];

it.each(endings)('%s means to end with %s', (outcome, status) => {
  const finals = plan({ outcome }).steps.filter(
    (step) => step.kind === 'update' && step.status !== 'IN_PROGRESS',
  );

  expect(finals.map((step) => step.kind === 'update' && step.status)).toEqual(
    status === undefined ? [] : [status],
  );
});

it('progress is spread evenly over the work', () => {
  const steps = timed(plan({ work: '40s', progress: { steps: 3 } }));

  expect(steps.map(({ atMs, step }) => [atMs, step.kind])).toEqual([
    [0, 'start'],
    [10_000, 'update'],
    [20_000, 'update'],
    [30_000, 'update'],
    [40_000, 'install'],
    [40_000, 'update'],
  ]);
});

it('a profile with a step timer sets it when starting and at each report, not at the end', () => {
  const { steps } = plan({ stepTimeout: '5m', progress: { steps: 1 } });

  expect(steps.map((step) => ('stepMinutes' in step ? step.stepMinutes : undefined))).toEqual([
    5,
    5,
    undefined,
    undefined,
  ]);
});

it.each(behaviourNames)('%s does not start what it was handed out as started', (outcome) => {
  expect(kinds(plan({ outcome }, 'seed', true))).not.toContain('start');
});

describe('a link that drops mid-job', () => {
  it('drops after the start and before the end', () => {
    const steps = timed(plan({ work: '40s', link: { dropMidJob: '100%' } }));
    const drop = steps.find(({ step }) => step.kind === 'drop-link');

    expect(drop?.atMs).toBeGreaterThan(0);
    expect(drop?.atMs).toBeLessThan(40_000);
  });

  it('happens as often as the profile says', () => {
    const profile = Profile.parse({ link: { dropMidJob: '25%' } });
    const dropped = Array.from({ length: 4000 }, (_, index) =>
      planWork(profile, seededRandom(String(index)), false),
    ).filter((each) => kinds(each).includes('drop-link'));

    expect(dropped.length / 4000).toBeCloseTo(0.25, 1);
  });

  it.each(['ignore', 'reject'] as const)('makes no difference to %s', (outcome) => {
    expect(kinds(plan({ outcome, link: { dropMidJob: '100%' } }))).not.toContain('drop-link');
  });
});

it('a mishap comes after the start and before the end even when the work takes no time', () => {
  expect(kinds(plan({ outcome: 'crash-and-resume', work: '0s' }))).toEqual([
    'start',
    'lose-power',
    'install',
    'update',
  ]);
});

it('a mixture comes out by its shares', () => {
  const profile = Profile.parse({ outcome: { succeed: '70%', fail: '20%', hang: '10%' } });
  const drawn = Array.from(
    { length: 5000 },
    (_, index) => planWork(profile, seededRandom(String(index)), false).behaviour,
  );
  const share = (behaviour: Behaviour) => drawn.filter((each) => each === behaviour).length / 5000;

  expect(share('succeed')).toBeCloseTo(0.7, 1);
  expect(share('fail')).toBeCloseTo(0.2, 1);
  expect(share('hang')).toBeCloseTo(0.1, 1);
});

it('the behaviour does not depend on what else the profile draws', () => {
  const outcome = { succeed: '50%', fail: '50%' } as const;

  for (let index = 0; index < 50; index++) {
    const plain = plan({ outcome }, String(index));
    const rich = plan(
      { outcome, work: { exponential: { mean: '1m' } }, react: { uniform: ['0s', '5s'] } },
      String(index),
    );
    expect(rich.behaviour).toBe(plain.behaviour);
  }
});
