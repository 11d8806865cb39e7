import { seededPermutation } from '../base/permutation.ts';
import { type Random, seededRandom } from '../base/random.ts';
import { thingNameOf } from '../protocol/names.ts';
import type { Profile } from './profile.ts';

export { thingNameOf };

export interface Cohort {
  readonly name: string;
  /** Ratio of the whole, 0 to 1. All shares of a population add up to 1. */
  readonly share: number;
  readonly profile: Profile;
}

/** Things that come into being together. Indexes go on from batch to batch. */
export interface Batch {
  readonly firstIndex: number;
  readonly count: number;
  /** When they are switched on, in milliseconds of simulated time after the start of the run. */
  readonly startMs: number;
}

/** Everything that says who device i is. Plain data: it crosses process and thread borders. */
export interface Population {
  readonly seed: string;
  /** `pump-{index:05}`: the index, zero-padded to five digits. */
  readonly thingName: string;
  readonly cohorts: readonly Cohort[];
  readonly batches: readonly Batch[];
}

export interface Thing {
  readonly index: number;
  readonly thingName: string;
  readonly cohort: Cohort;
  readonly startMs: number;
  /** The thing's own stream: a function of seed and name alone, whatever worker it runs on. */
  readonly random: Random;
}

export function populationSize(population: Population): number {
  return population.batches.reduce((sum, { count }) => sum + count, 0);
}

/** Who device i is, at O(1) memory a batch. Cohort sizes are exact to the nearest whole thing. */
export function thingFinder(population: Population): (index: number) => Thing {
  const random = seededRandom(population.seed);
  const dealers = population.batches.map((batch) => ({
    batch,
    deal: cohortDealer(population, batch),
  }));
  return (index) => {
    const dealer = dealers.find(
      ({ batch }) => index >= batch.firstIndex && index < batch.firstIndex + batch.count,
    );
    if (dealer === undefined) throw new RangeError(`no thing has index ${index}`);
    const thingName = thingNameOf(population.thingName, index);
    return {
      index,
      thingName,
      cohort: dealer.deal(index),
      startMs: dealer.batch.startMs,
      random: random.fork(`thing/${thingName}`),
    };
  };
}

function cohortDealer(population: Population, batch: Batch): (index: number) => Cohort {
  const order = seededPermutation(`${population.seed}/cohorts/${batch.firstIndex}`, batch.count);
  const bounds = cohortBounds(population.cohorts, batch.count);
  return (index) => {
    const place = order(index - batch.firstIndex);
    const cohort = population.cohorts[bounds.findIndex((bound) => place < bound)];
    if (cohort === undefined) throw new RangeError(`no cohort for thing ${index}`);
    return cohort;
  };
}

/** Where each cohort ends among `count` things: largest remainders get the things that rounding leaves. */
function cohortBounds(cohorts: readonly Cohort[], count: number): number[] {
  const exact = cohorts.map(({ share }) => share * count);
  const sizes = exact.map((size) => Math.floor(size + 1e-9));
  const byRemainder = exact
    .map((size, index) => ({ index, remainder: size - (sizes[index] ?? 0) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  let left = count - sizes.reduce((sum, size) => sum + size, 0);
  for (const { index } of byRemainder) {
    if (left <= 0) break;
    sizes[index] = (sizes[index] ?? 0) + 1;
    left--;
  }
  let end = 0;
  return sizes.map((size) => {
    end += size;
    return end;
  });
}
