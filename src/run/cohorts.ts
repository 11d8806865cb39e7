import { build, type Histogram } from 'hdr-histogram-js';
import type { Millis } from '../base/clock.ts';
import type { ExecutionRecord } from '../device/io.ts';
import { cohortFinder, cohortSizes, type Population, type Thing } from '../device/population.ts';
import type { CohortSummary, Summary } from '../report/summary.ts';
import type { ThingRow } from '../report/things-csv.ts';
import type { CollectedExecution } from './collector.ts';

const slowestShown = 20;
/** Work is told to the millisecond of simulated time, up to a year. */
const workMsMax = 366 * 86_400_000;

/** What each cohort's devices told, and what is true of them. */
export function summarizeCohorts(
  population: Population,
  executions: readonly CollectedExecution[],
): CohortSummary[] {
  const tallies = new CohortTallies(population);
  const cohortOf = cohortFinder(population);
  for (const execution of executions) tallies.add(cohortOf(execution.thing).name, execution);
  return tallies.summarize();
}

/** The executions that took longest, with the phase that took the time. */
export function summarizeSlowest(
  executions: readonly CollectedExecution[],
  find: (index: number) => Thing,
): Summary['slowest'] {
  const slowest = new SlowestExecutions();
  for (const execution of executions) slowest.add(execution);
  return slowest.summarize(find);
}

/** Takes in executions one by one and keeps none of them. */
export class CohortTallies {
  readonly #tallies: ReadonlyMap<string, CohortTally>;

  constructor(population: Population) {
    this.#tallies = new Map(
      [...cohortSizes(population)].map(([name, things]) => [name, new CohortTally(name, things)]),
    );
  }

  add(cohort: string, execution: ExecutionRecord): void {
    this.#tallies.get(cohort)?.add(execution);
  }

  summarize(): CohortSummary[] {
    return [...this.#tallies.values()].map((tally) => tally.summarize());
  }
}

/** Takes in executions one by one and keeps the few that took longest. */
export class SlowestExecutions {
  /** In order, and never twice as many as are shown. */
  #candidates: (CollectedExecution & { readonly endedAt: number })[] = [];

  add(execution: CollectedExecution): void {
    if (!hasEnded(execution)) return;
    this.#candidates.push(execution);
    if (this.#candidates.length >= 2 * slowestShown) this.#sift();
  }

  summarize(find: (index: number) => Thing): Summary['slowest'] {
    this.#sift();
    return this.#candidates.map((execution) => {
      const { thingName, cohort } = find(execution.thing);
      const startedAt = execution.startedAt ?? execution.endedAt;
      const { downloadedAt } = execution;
      return {
        thing: thingName,
        cohort: cohort.name,
        jobId: execution.jobId,
        status: execution.reported ?? 'NONE',
        seconds: (execution.endedAt - execution.noticedAt) / 1000,
        phases: {
          waiting: (startedAt - execution.noticedAt) / 1000,
          ...(downloadedAt === undefined ? {} : { downloading: (downloadedAt - startedAt) / 1000 }),
          working: (execution.endedAt - (downloadedAt ?? startedAt)) / 1000,
        },
      };
    });
  }

  #sift(): void {
    this.#candidates.sort(
      (a, b) => b.endedAt - b.noticedAt - (a.endedAt - a.noticedAt) || a.thing - b.thing,
    );
    this.#candidates.length = Math.min(this.#candidates.length, slowestShown);
  }
}

/** Every execution of every thing, for those who want to look at single ones. */
export function listThings(
  executions: readonly CollectedExecution[],
  find: (index: number) => Thing,
  zeroAt: Millis,
): ThingRow[] {
  const since = (at: Millis) => Number(((at - zeroAt) / 1000).toFixed(3));
  return executions.map((execution) => {
    const { thingName, cohort } = find(execution.thing);
    const { jobId, executionNumber, behaviour, reported, acknowledged, updated } = execution;
    return {
      thing: thingName,
      cohort: cohort.name,
      jobId,
      executionNumber,
      behaviour,
      reported: reported ?? '',
      acknowledged,
      updated,
      noticed: since(execution.noticedAt),
      ...(execution.startedAt === undefined ? {} : { started: since(execution.startedAt) }),
      ...(execution.endedAt === undefined ? {} : { ended: since(execution.endedAt) }),
    };
  });
}

class CohortTally {
  readonly #name: string;
  readonly #things: number;
  readonly #reported: Record<string, number> = {};
  readonly #work = workHistogram();
  #executed = 0;
  #updated = 0;
  #misreported = 0;
  #unfinished = 0;

  constructor(name: string, things: number) {
    this.#name = name;
    this.#things = things;
  }

  add(execution: ExecutionRecord): void {
    const told = execution.reported ?? 'NONE';
    this.#executed++;
    this.#reported[told] = (this.#reported[told] ?? 0) + 1;
    if (execution.updated) this.#updated++;
    if (isMisreported(execution)) this.#misreported++;
    if (execution.endedAt === undefined) this.#unfinished++;
    else this.#work.recordValue(Math.round(execution.endedAt - execution.noticedAt) + 1);
  }

  summarize(): CohortSummary {
    const work = this.#work;
    // A percentile is told as the upper end of its cell, which may lie above the largest value seen.
    const seconds = (percentile: number) =>
      Math.min(work.getValueAtPercentile(percentile), work.maxValue) / 1000;
    return {
      name: this.#name,
      things: this.#things,
      executed: this.#executed,
      reported: this.#reported,
      updated: this.#updated,
      misreported: this.#misreported,
      unfinished: this.#unfinished,
      ...(work.totalCount === 0
        ? {}
        : {
            workSeconds: {
              p50: seconds(50),
              p90: seconds(90),
              p99: seconds(99),
              max: work.maxValue / 1000,
            },
          }),
    };
  }
}

function isMisreported({ reported, updated }: ExecutionRecord): boolean {
  return (reported === 'SUCCEEDED' && !updated) || (reported === 'FAILED' && updated);
}

function hasEnded(
  execution: CollectedExecution,
): execution is CollectedExecution & { readonly endedAt: number } {
  return execution.endedAt !== undefined;
}

function workHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: workMsMax,
    numberOfSignificantValueDigits: 3,
    autoResize: true,
    bitBucketSize: 64,
  });
}
