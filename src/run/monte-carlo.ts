import { Piscina } from 'piscina';
import { entryBeside } from '../base/entry.ts';
import { AppError } from '../base/errors.ts';
import type { JobUncertainty, Uncertainty } from '../report/uncertainty.ts';
import type { Plan } from '../scenario/plan.ts';
import { shareOf, spreadOf } from './estimates.ts';
import type { SeedAnswer, SeedJob, SeedTask } from './monte-carlo-worker.ts';

/** What the jobs of one run came to, in the order they were created. */
export type SeedRun = readonly SeedJob[];

/** Hears now and then how many runs are done. */
export type OnDone = (done: number, of: number) => void;

/** Runs of one plan that a thread does at a stretch: few enough that all threads end about together. */
const stretch = 8;

/**
 * Runs every plan under so many seeds of its own, on worker threads. Which thread does what changes
 * nothing: answers are in the order of plans and seeds. Throws AppError when the service refuses a job,
 * and rejects once `signal` is aborted.
 */
export async function runAllSeeds(
  plans: readonly Plan[],
  seeds: number,
  workers: number,
  onDone: OnDone = () => undefined,
  signal?: AbortSignal,
): Promise<SeedRun[][]> {
  const { file, execArgv } = entryBeside(import.meta.url, 'monte-carlo-worker');
  const tasks = plans.map((plan) => seedTasks(plan, seeds));
  const threads = Math.max(1, Math.min(workers, tasks.flat().length));
  const piscina = new Piscina<SeedTask, SeedAnswer>({
    filename: file,
    name: 'runSeeds',
    execArgv: [...execArgv],
    minThreads: threads,
    maxThreads: threads,
  });
  let done = 0;
  const run = async (task: SeedTask): Promise<readonly SeedRun[]> => {
    const runs = runsOf(await piscina.run(task));
    done += runs.length;
    onDone(done, plans.length * seeds);
    return runs;
  };
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    signal?.throwIfAborted();
    const all = Promise.all(
      tasks.map(async (ofPlan) => {
        const answers = await Promise.all(ofPlan.map(run));
        return answers.flat();
      }),
    );
    return await Promise.race([all, aborted]);
  } finally {
    await piscina.destroy();
  }
}

/** The plan with nothing but things of one cohort; undefined when it names none. */
export function healthyPlan(plan: Plan): Plan | undefined {
  const { population, predict } = plan;
  const cohort = population.cohorts.find(({ name }) => name === predict.healthy);
  if (cohort === undefined) return undefined;
  return { ...plan, population: { ...population, cohorts: [{ ...cohort, share: 1 }] } };
}

/** What so many seeds make of each job of a plan. */
export async function estimateUncertainty(
  plan: Plan,
  seeds: number,
  workers: number,
  onDone: OnDone = () => undefined,
  signal?: AbortSignal,
): Promise<Uncertainty> {
  const healthy = healthyPlan(plan);
  const plans = healthy === undefined ? [plan] : [plan, healthy];
  const [runs = [], healthyRuns] = await runAllSeeds(plans, seeds, workers, onDone, signal);
  return {
    seeds,
    ...(healthy === undefined ? {} : { healthy: plan.predict.healthy }),
    jobs: (runs[0] ?? []).map((_, index) =>
      uncertaintyOf(jobsAt(runs, index), healthyRuns && jobsAt(healthyRuns, index)),
    ),
  };
}

/** The runs of one job at the same place of every run. Jobs are created at the same times, whatever the seed. */
function jobsAt(runs: readonly SeedRun[], index: number): SeedJob[] {
  return runs.flatMap((run) => run[index] ?? []);
}

function uncertaintyOf(
  runs: readonly SeedJob[],
  healthyRuns: readonly SeedJob[] | undefined,
): JobUncertainty {
  const ended = (some: readonly SeedJob[], end: SeedJob['end']) =>
    shareOf(some.filter((run) => run.end === end).length, some.length);
  const duration = spreadOf(runs.flatMap(({ durationMs }) => secondsOf(durationMs)));
  const trip = spreadOf(runs.flatMap(({ tripMs }) => secondsOf(tripMs)));
  const executed = spreadOf(runs.flatMap(({ tripExecuted }) => tripExecuted ?? []));
  return {
    jobId: runs[0]?.jobId ?? '',
    aborts: ended(runs, 'aborted'),
    completes: ended(runs, 'completed'),
    neither: ended(runs, 'neither'),
    ...(healthyRuns === undefined ? {} : { falseAborts: ended(healthyRuns, 'aborted') }),
    ...(duration === undefined ? {} : { durationSeconds: duration }),
    harmedThings: spreadOfAll(runs.map(({ harmed }) => harmed)),
    notified: spreadOfAll(runs.map(({ notified }) => notified)),
    ...(trip === undefined ? {} : { tripSeconds: trip }),
    ...(executed === undefined ? {} : { tripExecuted: executed }),
  };
}

/** Of a figure that every run has. */
export function spreadOfAll(values: readonly number[]) {
  const spread = spreadOf(values);
  if (spread === undefined) throw new RangeError('no runs to tell from');
  return spread;
}

export function secondsOf(ms: number | undefined): number[] {
  return ms === undefined ? [] : [ms / 1000];
}

function seedTasks(plan: Plan, seeds: number): SeedTask[] {
  // What a thread has no use for is not sent to it.
  const needed: Plan = { ...plan, expectations: [] };
  const keys = Array.from({ length: seeds }, (_, index) => `${plan.seed}/seed/${index + 1}`);
  return Array.from({ length: Math.ceil(seeds / stretch) }, (_, index) => ({
    plan: needed,
    seeds: keys.slice(index * stretch, (index + 1) * stretch),
  }));
}

function runsOf(answer: SeedAnswer): readonly SeedRun[] {
  if (answer.ok) return answer.runs;
  throw new AppError('scenario', answer.message, {
    hint: 'correct the job, or the values swept over it',
  });
}
