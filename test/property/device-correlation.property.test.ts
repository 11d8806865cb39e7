import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drawOutcome } from '../../src/device/outcome.ts';
import { type Population, thingFinder } from '../../src/device/population.ts';
import { Profile, type ProfileInput } from '../../src/device/profile.ts';

function populationOf(seed: string, count: number, profile: ProfileInput): Population {
  return {
    seed,
    thingName: 'thing-{index}',
    cohorts: [{ name: 'all', share: 1, profile: Profile.parse(profile) }],
    batches: [{ firstIndex: 0, count, startMs: 0 }],
  };
}

/** What becomes of thing i's first execution of a job. */
function outcomeFinder(population: Population): (index: number) => string {
  const find = thingFinder(population);
  return (index) => {
    const { cohort, random, group } = find(index);
    return drawOutcome(cohort.profile, { random: random.fork('job').fork('1'), group }, 0);
  };
}

const anyGrouping = fc.record({
  seed: fc.string({ maxLength: 8 }),
  count: fc.integer({ min: 1, max: 300 }),
  size: fc.integer({ min: 2, max: 60 }),
  fail: fc.integer({ min: 0, max: 100 }),
});

function mixtureOf(fail: number) {
  return { fail: `${fail}%`, succeed: `${100 - fail}%` };
}

it('at 100 % a group has one outcome, on any number of workers and in any order', () => {
  fc.assert(
    fc.property(
      anyGrouping,
      fc.integer({ min: 1, max: 4 }),
      ({ seed, count, size, fail }, workers) => {
        const population = populationOf(seed, count, {
          outcome: mixtureOf(fail),
          correlated: { size },
        });
        const outcomes = Array.from({ length: count }, (_, index) =>
          outcomeFinder(population)(index),
        );

        const finders = Array.from({ length: workers }, () => outcomeFinder(population));
        for (let index = count - 1; index >= 0; index--) {
          const first = index - (index % size);
          expect(finders[index % workers]?.(index)).toBe(outcomes[first]);
        }
      },
    ),
    { numRuns: 100 },
  );
});

it('failures come in whole groups: as many things as the failed groups hold', () => {
  fc.assert(
    fc.property(anyGrouping, ({ seed, count, size, fail }) => {
      const outcomeOf = outcomeFinder(
        populationOf(seed, count, { outcome: mixtureOf(fail), correlated: { size } }),
      );
      const groups = Array.from({ length: Math.ceil(count / size) }, (_, group) => group);

      for (const group of groups) {
        const things = Math.min(size, count - group * size);
        const failed = Array.from({ length: things }, (_, place) =>
          outcomeOf(group * size + place),
        ).filter((outcome) => outcome === 'fail').length;
        expect([0, things]).toContain(failed);
      }
    }),
    { numRuns: 100 },
  );
});

it('groups of one name are the same for all cohorts, of another name others', () => {
  const outcomesBy = (by: string) => {
    const profile = { outcome: mixtureOf(50), correlated: { by, size: 2 } };
    const outcomeOf = outcomeFinder(populationOf('1', 400, profile));
    return Array.from({ length: 400 }, (_, index) => outcomeOf(index));
  };

  expect(outcomesBy('site')).toEqual(outcomesBy('site'));
  expect(outcomesBy('site')).not.toEqual(outcomesBy('batch'));
});

// 20,000 pairs: the standard error of a share is below 0.004 and that of a correlation about 0.01.
it.each([
  ['0.0001%', 0],
  ['10%', 0.1],
  ['36%', 0.36],
  ['100%', 1],
])(
  'at %s the mixture keeps its shares, and two of a group correlate by as much',
  (correlation, rho) => {
    const pairs = 20_000;
    const mixture = { fail: '20%', hang: '10%', succeed: '70%' } as const;
    const outcomeOf = outcomeFinder(
      populationOf('pairs', 2 * pairs, { outcome: mixture, correlated: { size: 2, correlation } }),
    );
    const drawn = Array.from({ length: 2 * pairs }, (_, index) => outcomeOf(index));

    for (const [behaviour, share] of [
      ['fail', 0.2],
      ['hang', 0.1],
    ] as const) {
      const hits = drawn.map((each) => Number(each === behaviour));
      const mean = hits.reduce((sum, hit) => sum + hit, 0) / hits.length;
      const both = hits.filter(
        (hit, index) => index % 2 === 0 && hit * (hits[index + 1] ?? 0) === 1,
      );
      const observed = (both.length / pairs - mean * mean) / (mean * (1 - mean));
      expect(Math.abs(mean - share)).toBeLessThan(0.016);
      expect(Math.abs(observed - rho)).toBeLessThan(0.04);
    }
  },
);
