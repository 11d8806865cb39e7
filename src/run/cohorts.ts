import { build, type Histogram } from 'hdr-histogram-js';
import type { Millis } from '../base/clock.ts';
import { type Population, populationSize, type Thing, thingFinder } from '../device/population.ts';
import type { CohortSummary, Summary } from '../report/summary.ts';
import type { ThingRow } from '../report/things-csv.ts';
import type { CollectedExecution } from './collector.ts';

const slowestShown = 20;
/** Work is told to the millisecond of simulated time, up to a year. */
const workMsMax = 366 * 86_400_000;

interface Tally {
  things: number;
  readonly executions: CollectedExecution[];
}

/** What each cohort's devices told, and what is true of them. */
export function summarizeCohorts(
  population: Population,
  executions: readonly CollectedExecution[],
): CohortSummary[] {
  const find = thingFinder(population);
  const tallies = new Map<string, Tally>(
    population.cohorts.map(({ name }) => [name, { things: 0, executions: [] }]),
  );
  const cohortOf = Array.from({ length: populationSize(population) }, (_, index) => {
    const tally = tallies.get(find(index).cohort.name);
    if (tally !== undefined) tally.things++;
    return tally;
  });
  for (const execution of executions) cohortOf[execution.thing]?.executions.push(execution);
  return [...tallies].map(([name, tally]) => summarizeCohort(name, tally));
}

/** The executions that took longest, with the phase that took the time. */
export function summarizeSlowest(
  executions: readonly CollectedExecution[],
  find: (index: number) => Thing,
): Summary['slowest'] {
  return executions
    .filter(hasEnded)
    .sort((a, b) => b.endedAt - b.noticedAt - (a.endedAt - a.noticedAt) || a.thing - b.thing)
    .slice(0, slowestShown)
    .map((execution) => {
      const { thingName, cohort } = find(execution.thing);
      const startedAt = execution.startedAt ?? execution.endedAt;
      return {
        thing: thingName,
        cohort: cohort.name,
        jobId: execution.jobId,
        status: execution.reported ?? 'NONE',
        seconds: (execution.endedAt - execution.noticedAt) / 1000,
        phases: {
          waiting: (startedAt - execution.noticedAt) / 1000,
          working: (execution.endedAt - startedAt) / 1000,
        },
      };
    });
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

function summarizeCohort(name: string, { things, executions }: Tally): CohortSummary {
  const reported: Record<string, number> = {};
  const work = workHistogram();
  let updated = 0;
  let misreported = 0;
  for (const execution of executions) {
    const told = execution.reported ?? 'NONE';
    reported[told] = (reported[told] ?? 0) + 1;
    if (execution.updated) updated++;
    if (isMisreported(execution)) misreported++;
    if (hasEnded(execution))
      work.recordValue(Math.round(execution.endedAt - execution.noticedAt) + 1);
  }
  const seconds = (percentile: number) => work.getValueAtPercentile(percentile) / 1000;
  return {
    name,
    things,
    executed: executions.length,
    reported,
    updated,
    misreported,
    unfinished: executions.filter((execution) => !hasEnded(execution)).length,
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

function isMisreported({ reported, updated }: CollectedExecution): boolean {
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
