import { populationSize } from '../device/population.ts';
import type { Plan } from '../scenario/plan.ts';
import { Referee } from '../sim/referee.ts';
import { runVirtually, type VirtualRun } from './virtual-run.ts';

/** Things a job was to have notified that many simulated milliseconds after the start of the run. */
export type ForeseenRollout = (jobId: string, elapsedMs: number) => number | undefined;

export const nothingForeseen: ForeseenRollout = () => undefined;

/** A run of a larger fleet does not wait for it. */
const foreseenThingsMax = 20_000;

/** Before a run that is watched begins: what its rollouts should look like. Takes the processor for less than a second. */
export function foresee(plan: Plan): ForeseenRollout {
  if (populationSize(plan.population) > foreseenThingsMax) return nothingForeseen;
  try {
    return foreseenBy(runVirtually(plan, plan.dialect, new Referee([])));
  } catch {
    // What hinders the prediction may not hinder the run; at its end it says why there is none.
    return nothingForeseen;
  }
}

export function foreseenBy({ jobs, zeroAt, ending }: VirtualRun): ForeseenRollout {
  if (ending.kind === 'error') return nothingForeseen;
  const releases = new Map(jobs.map((job) => [job.jobId, job.releases]));
  return (jobId, elapsedMs) => {
    const instants = releases.get(jobId);
    return instants && countUpTo(instants, zeroAt + elapsedMs);
  };
}

/** How many of the ascending instants have passed. */
function countUpTo(instants: readonly number[], at: number): number {
  let low = 0;
  let high = instants.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((instants[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
