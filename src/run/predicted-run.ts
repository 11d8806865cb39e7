import type { Millis } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Distribution } from '../device/distribution.ts';
import { populationSize } from '../device/population.ts';
import type { JobSummary, PredictedJobSummary } from '../report/summary.ts';
import type { Plan } from '../scenario/plan.ts';
import type { Network } from '../sim/network.ts';
import { Referee } from '../sim/referee.ts';
import { deviation } from './deviation.ts';
import { releaseTimes, summarizeJob } from './job-summary.ts';
import type { ListedExecution, ObservedJob } from './job-watch.ts';
import { type Lateness, timeResolutionMs } from './lateness.ts';
import { observedOf } from './simulated.ts';
import { TimingDependence } from './timing-dependence.ts';
import { runVirtually, type VirtualRun } from './virtual-run.ts';

/** A larger fleet is not predicted beside its run: nobody waits for that. */
const predictedThingsMax = 200_000;
/** Things of a larger one are not compared one by one: that takes several simulations. */
const comparedThingsMax = 20_000;

/** What a run would have come to in virtual time. */
export interface PredictedRun {
  readonly plan: Plan;
  readonly own: VirtualRun;
  /** Undefined for a fleet that is too large. */
  readonly timing: TimingDependence | undefined;
}

/**
 * Carries out the plan in virtual time, under the scenario's own reading of AWS. As much as the run
 * was late, it may differ from that. Takes the processor for seconds, so nothing may be measured
 * meanwhile. Tells why there is no prediction.
 */
export function predictRun(
  plan: Plan,
  lateness: Lateness,
): PredictedRun | { readonly skipped: string } {
  const things = populationSize(plan.population);
  if (things > predictedThingsMax) {
    return {
      skipped: `${things} things are more than the ${predictedThingsMax} a run waits for; use fleetrig predict`,
    };
  }
  try {
    const own = simulate(plan, plan.predict.network);
    if (own.ending.kind === 'error') return { skipped: own.ending.message };
    if (things > comparedThingsMax) return { plan, own, timing: undefined };
    const timing = new TimingDependence(plan, own, lateness.worst);
    for (const latency of otherLatencies(lateness)) {
      timing.add(simulate(plan, { ...plan.predict.network, latency }));
    }
    return { plan, own, timing };
  } catch (error) {
    return { skipped: messageOf(error) };
  }
}

/** A simulated device gives a request up after ten seconds; one of a fast clock waits longer. */
const latencyMsMax = 4000;

/** From none to what the run had, its worst included. */
function otherLatencies({ usual, high, worst }: Lateness): Distribution[] {
  const median = Math.min(Math.max(1, usual), latencyMsMax / 2);
  const within = (latency: Millis, most: Millis) => Math.min(Math.max(median, latency), most);
  return [
    0,
    median,
    { uniform: [0, within(high, latencyMsMax)] },
    { lognormal: { median, p99: within(high, latencyMsMax / 2) } },
    { lognormal: { median, p99: within(worst / 2, latencyMsMax / 2) } },
  ];
}

function simulate(plan: Plan, network: Network): VirtualRun {
  return runVirtually(
    { ...plan, predict: { ...plan.predict, network } },
    plan.dialect,
    new Referee([]),
  );
}

/** What the prediction adds to the summary of a job; `zeroAt` is the start of the observed run. */
export function withPrediction(
  summary: JobSummary,
  observed: Pick<ObservedJob, 'createdAt'>,
  listed: readonly ListedExecution[],
  { plan, own, timing }: PredictedRun,
  zeroAt: Millis,
): JobSummary {
  const job = own.jobs.find(({ jobId }) => jobId === summary.jobId);
  if (job === undefined) return summary;
  const predicted = summarizeJob(observedOf(job, plan), job.releases, own.zeroAt);
  const isListed = listed.length > 0 && job.status !== 'DELETED';
  const apart =
    isListed && observed.createdAt !== undefined
      ? deviation(
          { createdAt: observed.createdAt, at: releaseTimes(listed) },
          { createdAt: job.createdAt, at: job.releases },
          summary.targeted ?? job.observation.targeted,
          timeResolutionMs(plan),
        )
      : undefined;
  const things = isListed ? timing?.compare(summary.jobId, listed, zeroAt) : undefined;
  return {
    ...summary,
    rollout: {
      ...summary.rollout,
      predicted: predicted.rollout.observed,
      ...(apart === undefined ? {} : { deviation: apart }),
    },
    predicted: { ...shorten(predicted), ...(things === undefined ? {} : { things }) },
  };
}

function shorten(job: JobSummary): PredictedJobSummary {
  const { abort, createdAt, endedAt, executions, notified = 0, status } = job;
  const trip = abort.criteria.find(({ tripped }) => tripped);
  const { failureType, at, executed, failed, percentage } = trip ?? {};
  return {
    status,
    notified,
    executions,
    abort: {
      tripped: trip !== undefined,
      ...(failureType === undefined ? {} : { failureType }),
      ...(at === undefined ? {} : { at }),
      ...(executed === undefined ? {} : { executed }),
      ...(failed === undefined ? {} : { failed }),
      ...(percentage === undefined ? {} : { percentage }),
    },
    ...(createdAt === undefined || endedAt === undefined
      ? {}
      : { durationSeconds: endedAt - createdAt }),
  };
}
