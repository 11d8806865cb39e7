import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { type Behaviour, behaviourNames } from '../../../src/device/behaviours.ts';
import { Profile, type ProfileInput } from '../../../src/device/profile.ts';
import { planWork, type WorkPlan } from '../../../src/device/work-plan.ts';

const plan = (profile: ProfileInput, seed = 'seed', isStarted = false): WorkPlan =>
  planWork(Profile.parse(profile), { random: seededRandom(seed), heardMs: 0 }, isStarted);

const kinds = ({ steps }: WorkPlan) => steps.map(({ kind }) => kind);

/** Steps with the time they are due, counted from the start. */
function timed({ steps }: WorkPlan) {
  return steps.map((step) => ({ atMs: step.atMs, step }));
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

describe('a download', () => {
  const download = { size: '8MB', rate: '400kB/s', steps: 2 } as const;

  it('comes before the work, in the time that size and rate make', () => {
    const steps = timed(plan({ download, work: '30s', progress: { steps: 1 } }));

    expect(
      steps.map(({ atMs, step }) => [
        atMs,
        step.kind,
        step.kind === 'update' ? step.statusDetails : undefined,
      ]),
    ).toEqual([
      [0, 'start', undefined],
      [10_000, 'update', { step: 'download', percent: '50' }],
      [20_000, 'update', { step: 'download', percent: '100' }],
      [20_000, 'downloaded', undefined],
      [35_000, 'update', { step: '1', percent: '50' }],
      [50_000, 'install', undefined],
      [50_000, 'update', undefined],
    ]);
  });

  it('is drawn for each execution, between the rates given', () => {
    const slow: ProfileInput['download'] = {
      size: '1MB',
      rate: { uniform: ['100kB/s', '200kB/s'] },
    };
    const ends = Array.from({ length: 200 }, (_, seed) => {
      const steps = timed(plan({ download: slow }, String(seed)));
      return steps.find(({ step }) => step.kind === 'downloaded')?.atMs ?? 0;
    });

    expect(Math.min(...ends)).toBeGreaterThanOrEqual(5000);
    expect(Math.max(...ends)).toBeLessThanOrEqual(10_000);
    expect(new Set(ends).size).toBeGreaterThan(190);
  });

  it('ends even where the drawn rate is next to nothing', () => {
    const rate = { normal: { mean: '1B/s', deviation: '1B/s' } } as const;

    expect(timed(plan({ download: { size: '1MB', rate } })).at(-1)?.atMs).toBeLessThan(2_000_000);
  });

  it('is where hang-in-download hangs, before its last report', () => {
    for (let seed = 0; seed < 50; seed++) {
      const reports = timed(
        plan({ outcome: 'hang-in-download', download: { ...download, steps: 4 } }, String(seed)),
      ).slice(1);

      expect(reports.length).toBeGreaterThan(0);
      expect(reports.at(-1)?.atMs).toBeLessThan(20_000);
    }
  });

  it.each(['reject', 'ignore', 'hang'] as const)('is none for %s', (outcome) => {
    expect(kinds(plan({ outcome, download }))).not.toContain('downloaded');
  });

  it('leaves the draws of the rest alone', () => {
    const profile = { work: { exponential: { mean: '1m' } }, outcome: 'crash-and-resume' } as const;
    const installedMs = (input: ProfileInput) =>
      timed(plan(input)).find(({ step }) => step.kind === 'install')?.atMs ?? 0;

    expect(installedMs({ ...profile, download })).toBeCloseTo(20_000 + installedMs(profile), 6);
  });
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
      planWork(profile, { random: seededRandom(String(index)), heardMs: 0 }, false),
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
    (_, index) =>
      planWork(profile, { random: seededRandom(String(index)), heardMs: 0 }, false).behaviour,
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
