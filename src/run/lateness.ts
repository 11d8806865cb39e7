import type { Millis } from '../base/clock.ts';
import type { Plan } from '../scenario/plan.ts';
import type { Collector } from './collector.ts';
import type { ObservedJob } from './job-watch.ts';
import { timeStepMs } from './time-barrier.ts';

/** How long things took in a run that take no time, or little, in a prediction. Simulated milliseconds. */
export interface Lateness {
  /** One way of a message between a device and the service: half of an update's median and p99. */
  readonly usual: Millis;
  readonly high: Millis;
  /**
   * The longest of all: the slowest answer to a device and the worst delay of a device's own schedule
   * together, or the time a job was created after it was due; and what the service does not tell apart.
   */
  readonly worst: Millis;
}

const requests = ['update', 'describe', 'get', 'start-next'] as const;

export function latenessOf(
  plan: Pick<Plan, 'actions' | 'clockScale' | 'isJumping' | 'target'>,
  { metrics }: Pick<Collector, 'metrics'>,
  jobs: readonly Pick<ObservedJob, 'jobId' | 'createdAt'>[],
  zeroAt: Millis,
): Lateness {
  const { actions, clockScale, isJumping } = plan;
  // Messages take none of a time that jumps, but what is due waits for the end of its step.
  if (isJumping) return { usual: timeStepMs / 2, high: timeStepMs, worst: 2 * timeStepMs };
  const oneWay = (percentile: number) =>
    (metrics.percentile('update', 'corrected', percentile) / 2000) * clockScale;
  const roundTripsMs = requests.map((name) => metrics.percentile(name, 'corrected', 100) / 1000);
  const slowestMs = Math.max(...roundTripsMs) + metrics.gauge('schedule.delayMaxMs');
  const creations = actions.map((action) => {
    if (action.type !== 'create-job') return 0;
    const createdAt = jobs.find(({ jobId }) => jobId === action.request.jobId)?.createdAt;
    return createdAt === undefined ? 0 : createdAt - (zeroAt + action.atMs);
  });
  return {
    usual: oneWay(50),
    high: oneWay(99),
    worst: Math.max(slowestMs * clockScale, ...creations) + timeResolutionMs(plan),
  };
}

/** By how much times that a service tells may be off: AWS is only sure to tell whole seconds. */
export function timeResolutionMs({ target }: Pick<Plan, 'target'>): Millis {
  return target.kind === 'emulator' ? 0 : 1000;
}
