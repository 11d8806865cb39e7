import type { Figure } from '../metrics/catalog.ts';
import { type Latencies, weighLatency } from './compare-latency.ts';
import { fitsPattern } from './compare-pattern.ts';
import type { RunsCompared } from './compare-runs.ts';
import type { Summary } from './summary.ts';

/**
 * What a difference between two runs is worth. `real`: chance and timing do not explain it. `noise`: they
 * may. `unknown`: two runs alone cannot tell.
 */
export interface Weight {
  readonly weight: 'real' | 'noise' | 'unknown';
  readonly reason: string;
}

/** Two runs, and what is known of them for weighing their figures. */
export interface WeighedRuns {
  readonly base: Summary;
  readonly head: Summary;
  readonly runs: Pick<RunsCompared, 'relation' | 'isExact'>;
  readonly latencies: Latencies;
}

/** What a figure is made of, by its name; the first that fits counts. The others go by their unit. */
const natures = {
  /** One extreme, or wall time of the whole run: there is one sample of it in each. Deviation is noise itself. */
  single: [
    'latency.*.max',
    'latency.*.fromSend.max',
    'harness.**',
    'run.wallDuration',
    'jobs.*.rollout.deviation',
  ],
  latency: ['latency.**'],
  /** Stated by the scenario, or never to differ. */
  fixed: ['fleet.things', 'jobs.*.targeted', 'invariants.broken'],
  /** Computed in virtual time. */
  predicted: ['predicted.**'],
  /** How many messages it took, which depends on timing in a live run. */
  traffic: ['operations.**', 'fleet.**'],
} as const;
type Nature = keyof typeof natures;

/** A smaller difference, in % of base, is never called a change unless nothing but the draws can make one. */
const leastPercent = 5;
/** Of the standard normal: beyond this on either side lies 0.1 %. */
const z = 3.2905;

/**
 * Weighs two different numbers. The rules, from the surest down:
 *
 * - In virtual time, and where time jumps, the same draws give the same outcome: any difference is real.
 * - Latencies: see {@link weighLatency}.
 * - Live runs with the same draws: counts may differ by the things whose end depends on timing, as the
 *   predictions of the two runs count them; simulated times by 5 % or by how late the runs were, whichever is more.
 * - Counts otherwise: two counts of independent events of the same rate (Poisson) differ by no more than
 *   3.29 times the root of their sum, 999 times of 1000. It takes more than that, and more than 5 %.
 *   Where a criterion cut the rollout short under other draws, how many it met is one sample a run.
 * - Extremes, wall time of the harness, and simulated times under other draws: there is one sample in each run,
 *   so nothing is known of how they vary.
 */
export function weigh(
  name: string,
  figure: Figure,
  values: { readonly base: number; readonly head: number },
  context: WeighedRuns,
): Weight {
  const nature = natureOf(name);
  const hasSameDraws = context.runs.relation !== 'other draws';
  switch (nature) {
    case 'single':
      return { weight: 'unknown', reason: 'one sample a run' };
    case 'latency':
      return weighLatency(name, values, context.latencies);
    case 'fixed':
      return { weight: 'real', reason: 'chance does not change it' };
    case 'predicted':
      if (hasSameDraws) return exact;
      break;
    case 'traffic':
    case undefined:
      if (hasSameDraws && context.runs.isExact) return exact;
  }
  if (figure.kind !== 'number' || figure.unit === 'count') {
    if (nature === undefined && hasSameDraws) return weighFates(name, values, context);
    return !hasSameDraws && [context.base, context.head].some(hasAborted)
      ? { weight: 'unknown', reason: 'other draws, and an abort decided how many' }
      : weighCounts(values);
  }
  if (!hasSameDraws) return { weight: 'unknown', reason: 'other draws, one sample each' };
  return weighMoments(figure.unit, values, context);
}

const exact: Weight = { weight: 'real', reason: 'no wall time in it, and the same draws' };

function natureOf(name: string): Nature | undefined {
  return natureNames.find((nature) =>
    natures[nature].some((pattern) => fitsPattern(name, pattern)),
  );
}

const natureNames = Object.keys(natures) as readonly Nature[];

type Values = Parameters<typeof weigh>[2];

/** How things ended, when each drew the same in both runs: only those at the mercy of timing may differ. */
function weighFates(name: string, values: Values, { base, head }: WeighedRuns): Weight {
  const bounds = [base, head].map((summary) => timingDependent(summary, name));
  const [ofBase, ofHead] = bounds;
  if (ofBase === undefined || ofHead === undefined) return weighCounts(values);
  const bound = ofBase + ofHead;
  return {
    weight: Math.abs(values.head - values.base) > bound ? 'real' : 'noise',
    reason: `the end of ${bound} things depends on timing`,
  };
}

/** Things whose end a late message may change; undefined where they were not counted. */
function timingDependent({ jobs }: Summary, name: string): number | undefined {
  const [, jobId] = /^jobs\.([^.]+)\./.exec(name) ?? [];
  const concerned = jobs.filter((job) => jobId === undefined || job.jobId === jobId);
  const counts = concerned.map(({ predicted }) => predicted?.things?.timingDependent);
  return counts.every((count) => count !== undefined)
    ? counts.reduce((sum, count) => sum + count, 0)
    : undefined;
}

function weighCounts({ base, head }: Values): Weight {
  const difference = Math.abs(head - base);
  const bound = z * Math.sqrt(base + head);
  const isReal = difference > bound && isBeyondLeast(base, head);
  return {
    weight: isReal ? 'real' : 'noise',
    reason: `two such counts may be ${bound.toFixed(1)} apart by chance`,
  };
}

/** Simulated times, and what follows from them, where both runs drew the same. */
function weighMoments(unit: string, { base, head }: Values, runs: WeighedRuns): Weight {
  const slackMs = latenessMs(runs.base) + latenessMs(runs.head);
  const slack = unit === 'ms' ? slackMs : unit === 's' ? slackMs / 1000 : 0;
  const isReal = Math.abs(head - base) > slack && isBeyondLeast(base, head);
  return {
    weight: isReal ? 'real' : 'noise',
    reason: isReal ? 'beyond 5 % and beyond the lateness of the runs' : 'the timing of a live run',
  };
}

function hasAborted({ jobs }: Summary): boolean {
  return jobs.some(({ abort }) => abort.criteria.some(({ tripped }) => tripped));
}

/** How late something may have happened in a run, in simulated milliseconds. */
function latenessMs({ harness, operations, environment }: Summary): number {
  const requestMs = Math.max(0, ...operations.map(({ fromSend }) => fromSend.max / 1000));
  const scale = environment.clockScale === 'max' ? 0 : environment.clockScale;
  return (harness.scheduleDelayMs.max + requestMs) * scale;
}

function isBeyondLeast(base: number, head: number): boolean {
  return Math.abs(head - base) > (Math.abs(base) * leastPercent) / 100;
}
