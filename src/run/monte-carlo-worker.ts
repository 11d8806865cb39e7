import type { Millis } from '../base/clock.ts';
import type { Plan } from '../scenario/plan.ts';
import type { SimulatedJob } from '../sim/jobs.ts';
import { Referee } from '../sim/referee.ts';
import { runVirtually } from './virtual-run.ts';

/** Some seeds of one plan. */
export interface SeedTask {
  readonly plan: Plan;
  readonly seeds: readonly string[];
}

/** What became of one job in one run. */
export interface SeedJob {
  readonly jobId: string;
  readonly end: 'aborted' | 'completed' | 'neither';
  /** From creation to its end, if it came to one. */
  readonly durationMs: Millis | undefined;
  readonly harmed: number;
  readonly notified: number;
  /** Since its creation, if a criterion of its own tripped. */
  readonly tripMs: Millis | undefined;
  readonly tripExecuted: number | undefined;
}

export type SeedAnswer =
  | { readonly ok: true; readonly runs: readonly (readonly SeedJob[])[] }
  | { readonly ok: false; readonly message: string };

/** The entry of a Piscina task. */
export function runSeeds({ plan, seeds }: SeedTask): SeedAnswer {
  const runs: SeedJob[][] = [];
  for (const seed of seeds) {
    const seeded: Plan = { ...plan, seed, population: { ...plan.population, seed } };
    const { ending, jobs } = runVirtually(seeded, plan.dialect, new Referee([]));
    if (ending.kind === 'error') return { ok: false, message: ending.message };
    runs.push(jobs.map(seedJob));
  }
  return { ok: true, runs };
}

function seedJob(job: SimulatedJob): SeedJob {
  const { jobId, status, createdAt, trip, overSince, observation, thingsHarmed } = job;
  const endAt = observation.completedAt ?? trip?.at ?? overSince;
  return {
    jobId,
    end: trip !== undefined ? 'aborted' : status === 'COMPLETED' ? 'completed' : 'neither',
    durationMs: endAt === undefined ? undefined : endAt - createdAt,
    harmed: thingsHarmed,
    notified: observation.notified,
    tripMs: trip === undefined ? undefined : trip.at - createdAt,
    tripExecuted: trip?.executed,
  };
}
