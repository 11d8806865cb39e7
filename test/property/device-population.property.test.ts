import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Cohort, type Population, thingFinder } from '../../src/device/population.ts';
import { Profile } from '../../src/device/profile.ts';

const profile = Profile.parse({});

const anyPopulation: fc.Arbitrary<Population> = fc
  .record({
    seed: fc.string({ maxLength: 8 }),
    weights: fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 6 }),
    counts: fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 4 }),
  })
  .filter(({ weights }) => weights.some((weight) => weight > 0))
  .map(({ seed, weights, counts }) => {
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    let firstIndex = 0;
    return {
      seed,
      thingName: 'thing-{index}',
      cohorts: weights.map((weight, index) => ({
        name: `cohort-${index}`,
        share: weight / whole,
        profile,
      })),
      batches: counts.map((count, index) => {
        const batch = { firstIndex, count, startMs: index * 1000 };
        firstIndex += count;
        return batch;
      }),
    };
  });

function indexesOf({ batches }: Population): number[] {
  return batches.flatMap(({ firstIndex, count }) =>
    Array.from({ length: count }, (_, offset) => firstIndex + offset),
  );
}

it('every cohort gets its share of every batch, to the nearest whole thing', () => {
  fc.assert(
    fc.property(anyPopulation, (population) => {
      const find = thingFinder(population);

      for (const { firstIndex, count } of population.batches) {
        const cohorts = Array.from({ length: count }, (_, offset) => find(firstIndex + offset));
        for (const { name, share } of population.cohorts) {
          const size = cohorts.filter(({ cohort }) => cohort.name === name).length;
          expect(Math.abs(size - share * count)).toBeLessThan(1);
        }
      }
    }),
    { numRuns: 300 },
  );
});

it('who a thing is depends on neither the order of asking nor the share of the worker that asks', () => {
  fc.assert(
    fc.property(
      anyPopulation.chain((population) =>
        fc.tuple(
          fc.constant(population),
          fc.shuffledSubarray(indexesOf(population)),
          fc.integer({ min: 1, max: 4 }),
        ),
      ),
      ([population, order, workers]) => {
        const describe = (find: ReturnType<typeof thingFinder>, index: number) => {
          const { thingName, cohort, startMs, random } = find(index);
          return [index, thingName, cohort.name, startMs, random.next()];
        };
        const finders = Array.from({ length: workers }, () => thingFinder(population));
        const alone = thingFinder(population);
        const inOrder = new Map(
          indexesOf(population).map((index) => [index, describe(alone, index)]),
        );

        for (const index of order) {
          const worker = finders[index % workers];
          expect(worker && describe(worker, index)).toEqual(inOrder.get(index));
        }
      },
    ),
    { numRuns: 200 },
  );
});

it('a cohort without a share gets nothing', () => {
  const cohorts: Cohort[] = [
    { name: 'all', share: 1, profile },
    { name: 'none', share: 0, profile },
  ];
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.string(), (count, seed) => {
      const find = thingFinder({
        seed,
        thingName: 'thing-{index}',
        cohorts,
        batches: [{ firstIndex: 0, count, startMs: 0 }],
      });

      for (let index = 0; index < count; index++) expect(find(index).cohort.name).toBe('all');
    }),
  );
});
