import { seededPermutation } from '../base/permutation.ts';
import { type Random, seededRandom } from '../base/random.ts';
import { thingNameOf, thingNamer } from '../protocol/names.ts';
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
  /** Stands before the names of things on the wire, and plays no part in any draw. */
  readonly namePrefix?: string | undefined;
  /** The same for the ids of the jobs they get. */
  readonly jobIdPrefix?: string | undefined;
  readonly cohorts: readonly Cohort[];
  readonly batches: readonly Batch[];
}

export interface Thing {
  readonly index: number;
  /** On the wire. */
  readonly thingName: string;
  /** Without prefix. */
  readonly plainName: string;
  readonly cohort: Cohort;
  readonly startMs: number;
  /** The thing's own stream: a function of seed and plain name alone, whatever worker it runs on. */
  readonly random: Random;
  /** The stream that all things of its group share, where its profile correlates them. */
  readonly group: Random | undefined;
}

export function populationSize(population: Population): number {
  return population.batches.reduce((sum, { count }) => sum + count, 0);
}

/** The cohort of device i alone; cheaper than all that is to be known of it. */
export function cohortFinder(population: Population): (index: number) => Cohort {
  const dealers = dealersOf(population);
  return (index) => dealerOf(dealers, index).deal(index);
}

/** How many things each cohort has, by name, without dealing a single one. */
export function cohortSizes({ cohorts, batches }: Population): ReadonlyMap<string, number> {
  const sizes = new Map(cohorts.map(({ name }) => [name, 0]));
  for (const { count } of batches) {
    let begin = 0;
    for (const [index, end] of cohortBounds(cohorts, count).entries()) {
      const name = cohorts[index]?.name ?? '';
      sizes.set(name, (sizes.get(name) ?? 0) + end - begin);
      begin = end;
    }
  }
  return sizes;
}

/** Who a timeline's cut hits: exactly that share of the things that exist, to the nearest whole one. */
export function cutFinder(
  seed: string,
  { share, salt }: { readonly share: number; readonly salt: string },
  existing: readonly Pick<Batch, 'firstIndex' | 'count'>[],
): (index: number) => boolean {
  const end = Math.max(0, ...existing.map(({ firstIndex, count }) => firstIndex + count));
  const drawOf = seededPermutation(`${seed}/cut/${salt}`, end);
  const hit = Math.round(share * end);
  return (index) => drawOf(index) < hit;
}

/** Who device i is, at O(1) memory a batch. Cohort sizes are exact to the nearest whole thing. */
export function thingFinder(
  population: Population,
): (index: number, plainName?: string | undefined) => Thing {
  const seeded = seededRandom(population.seed);
  const seededThings = seeded.fork('thing');
  const dealers = dealersOf(population);
  const nameOf = thingNamer(population.thingName);
  const { namePrefix = '' } = population;
  return (index, plainName = nameOf(index)) => {
    const { startMs, deal } = dealerOf(dealers, index);
    const thingName = namePrefix === '' ? plainName : [namePrefix, plainName].join('');
    const random = seededThings.fork(plainName);
    const cohort = deal(index);
    const group = groupOf(cohort, index, seeded);
    return { index, thingName, plainName, cohort, startMs, random, group };
  };
}

/** Groups are neighbours by index, whatever batch they came with: where they are dealt to cohorts plays no part. */
function groupOf({ profile }: Cohort, index: number, seeded: Random): Random | undefined {
  if (profile.correlated === undefined) return undefined;
  const { by, size } = profile.correlated;
  return seeded.fork(`group/${by}/${Math.floor(index / size)}`);
}

interface Dealer extends Batch {
  readonly deal: (index: number) => Cohort;
}

function dealersOf(population: Population): readonly Dealer[] {
  return population.batches.map((batch) => ({
    ...batch,
    deal: cohortDealer(population, batch),
  }));
}

function dealerOf(dealers: readonly Dealer[], index: number): Dealer {
  const dealer = dealers.find(
    ({ firstIndex, count }) => index >= firstIndex && index < firstIndex + count,
  );
  if (dealer === undefined) throw new RangeError(`no thing has index ${index}`);
  return dealer;
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
