import { type Sweep, type SweptPoint, unwantedAborts } from '../report/uncertainty.ts';
import { shareOf, spreadOf } from './estimates.ts';
import {
  healthyPlan,
  type OnDone,
  runAllSeeds,
  type SeedRun,
  secondsOf,
  spreadOfAll,
} from './monte-carlo.ts';
import type { SweepRequest } from './sweep-grid.ts';

/** Runs all points under their seeds, and marks those that no other point beats. */
export async function runSweep(
  { axes, points, seeds }: SweepRequest,
  workers: number,
  onDone: OnDone = () => undefined,
  signal?: AbortSignal,
): Promise<Sweep> {
  const healthy = points.map(({ plan }) => healthyPlan(plan));
  const present = healthy.filter((plan) => plan !== undefined);
  const plans = [...points.map(({ plan }) => plan), ...present];
  const runs = await runAllSeeds(plans, seeds, workers, onDone, signal);
  const healthyRuns = runs.slice(points.length);
  const drafts = points.map(({ values }, index) =>
    summarizePoint(
      values,
      runs[index] ?? [],
      healthy[index] === undefined ? undefined : healthyRuns.shift(),
    ),
  );
  const name = points[0]?.plan.predict.healthy;
  return {
    seeds,
    ...(name === undefined ? {} : { healthy: name }),
    axes: axes.map(({ path }) => path),
    points: drafts.map((draft) => ({
      ...draft,
      isBest: !drafts.some((other) => beats(other, draft)),
    })),
  };
}

function summarizePoint(
  values: readonly string[],
  runs: readonly SeedRun[],
  healthyRuns: readonly SeedRun[] | undefined,
): Omit<SweptPoint, 'isBest'> {
  const trip = spreadOf(runs.flatMap(firstTrip));
  const aborts = (some: readonly SeedRun[]) =>
    shareOf(some.filter((jobs) => jobs.some(({ end }) => end === 'aborted')).length, some.length);
  const completed = runs.filter((jobs) => jobs.every(({ end }) => end === 'completed'));
  return {
    values: [...values],
    aborts: aborts(runs),
    completes: shareOf(completed.length, runs.length),
    ...(healthyRuns === undefined ? {} : { falseAborts: aborts(healthyRuns) }),
    harmedThings: spreadOfAll(runs.map((jobs) => sumOf(jobs.map(({ harmed }) => harmed)))),
    notified: spreadOfAll(runs.map((jobs) => sumOf(jobs.map(({ notified }) => notified)))),
    ...(trip === undefined ? {} : { tripSeconds: trip }),
  };
}

function firstTrip(jobs: SeedRun): number[] {
  const trips = jobs.flatMap(({ tripMs }) => secondsOf(tripMs));
  return trips.length === 0 ? [] : [Math.min(...trips)];
}

function beats(a: Omit<SweptPoint, 'isBest'>, b: Omit<SweptPoint, 'isBest'>): boolean {
  const abortsOfA = unwantedAborts(a).probability;
  const abortsOfB = unwantedAborts(b).probability;
  const [harmOfA, harmOfB] = [a.harmedThings.mean, b.harmedThings.mean];
  return (
    abortsOfA <= abortsOfB && harmOfA <= harmOfB && (abortsOfA < abortsOfB || harmOfA < harmOfB)
  );
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
