import { describe, expect, it } from 'vitest';
import {
  type Population,
  populationSize,
  thingFinder,
  thingNameOf,
} from '../../../src/device/population.ts';
import { Profile } from '../../../src/device/profile.ts';

const profile = Profile.parse({});

const population: Population = {
  seed: '42',
  thingName: 'pump-{index:05}',
  cohorts: [
    { name: 'healthy', share: 0.88, profile },
    { name: 'bad-flash', share: 0.09, profile },
    { name: 'hangs', share: 0.03, profile },
  ],
  batches: [
    { firstIndex: 0, count: 1000, startMs: 0 },
    { firstIndex: 1000, count: 100, startMs: 300_000 },
  ],
};

function cohortSizes(from: number, to: number): Record<string, number> {
  const find = thingFinder(population);
  const sizes: Record<string, number> = {};
  for (let index = from; index < to; index++) {
    const { name } = find(index).cohort;
    sizes[name] = (sizes[name] ?? 0) + 1;
  }
  return sizes;
}

it('counts every batch', () => {
  expect(populationSize(population)).toBe(1100);
});

it('cohorts have their exact share of each batch', () => {
  expect(cohortSizes(0, 1000)).toEqual({ healthy: 880, 'bad-flash': 90, hangs: 30 });
  expect(cohortSizes(1000, 1100)).toEqual({ healthy: 88, 'bad-flash': 9, hangs: 3 });
});

it('neighbours are not in the same cohort by the run', () => {
  expect(cohortSizes(0, 100)).not.toEqual({ healthy: 100 });
});

it('a thing knows its name, its batch and its index', () => {
  expect(thingFinder(population)(1003)).toMatchObject({
    index: 1003,
    thingName: 'pump-01003',
    startMs: 300_000,
  });
});

it.each([-1, 1100])('there is no thing %d', (index) => {
  expect(() => thingFinder(population)(index)).toThrow(RangeError);
});

it('another seed deals other cohorts and other streams', () => {
  const find = thingFinder(population);
  const findOther = thingFinder({ ...population, seed: '43' });
  const indexes = Array.from({ length: 1000 }, (_, index) => index);

  expect(indexes.some((index) => find(index).cohort !== findOther(index).cohort)).toBe(true);
  expect(find(0).random.next()).not.toBe(findOther(0).random.next());
});

describe('a name', () => {
  it.each([
    ['pump-{index:05}', 7, 'pump-00007'],
    ['pump-{index}', 7, 'pump-7'],
    ['{index:3}-pump', 1234, '1234-pump'],
  ])('%s of %d is %s', (pattern, index, name) => {
    expect(thingNameOf(pattern, index)).toBe(name);
  });
});
