import { cohortFinder, cohortSizes, type Population } from '../device/population.ts';
import { BucketTally } from '../metrics/classic-histogram.ts';
import { type CohortFacts, executionBounds, reportedStatuses } from '../metrics/run-facts.ts';
import type { CollectedExecution } from './collector.ts';

class Outcome {
  count = 0;
  readonly durations = new BucketTally(executionBounds);
}

/** How executions ended, by cohort, as they come in: O(1) memory however many there are. */
export class ExecutionOutcomes {
  readonly #cohortOf: (thing: number) => { readonly name: string };
  /** By cohort, then by the last status the device told. */
  readonly #byCohort: ReadonlyMap<string, ReadonlyMap<string, Outcome>>;

  constructor(population: Population) {
    this.#cohortOf = cohortFinder(population);
    this.#byCohort = new Map(
      Array.from(cohortSizes(population).keys(), (name) => [
        name,
        new Map<string, Outcome>(reportedStatuses.map((status) => [status, new Outcome()])),
      ]),
    );
  }

  add({ thing, reported, noticedAt, endedAt }: CollectedExecution): void {
    const outcome = this.#byCohort.get(this.#cohortOf(thing).name)?.get(reported ?? 'NONE');
    if (outcome === undefined) return;
    outcome.count++;
    if (endedAt !== undefined) outcome.durations.add((endedAt - noticedAt) / 1000);
  }

  read(): CohortFacts[] {
    return Array.from(this.#byCohort, ([cohort, outcomes]) => ({
      cohort,
      outcomes: Object.fromEntries(
        Array.from(outcomes, ([status, { count, durations }]) => [
          status,
          { count, duration: durations.read() },
        ]),
      ),
    }));
  }
}
