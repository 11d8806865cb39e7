import type { IoTClient } from '@aws-sdk/client-iot';
import type { Clock, Millis } from '../base/clock.ts';
import type { Plan } from '../scenario/plan.ts';
import type { Collector } from './collector.ts';
import type { Conductor } from './conductor.ts';
import type { EmulatorAdmin } from './emulator-admin.ts';
import { exitCodes } from './exit-codes.ts';
import type { Halt } from './halt.ts';
import type { JobWatch } from './job-watch.ts';
import { type Progress, progressOf } from './progress.ts';
import { timeseriesRow } from './summary-frame.ts';
import type { WorkInHand } from './work-in-hand.ts';

/** Between two looks at the service, in wall milliseconds. */
const wallLookMs = 1000;
/** The same in simulated ones where time jumps, longer where that would come to too many. */
const jumpLookMs = 10_000;
const jumpLooksMax = 1000;

/** Workers report once a second; one that is silent for so long is taken for dead. */
const silenceMsMax = 15_000;

export interface Scene {
  readonly plan: Plan;
  readonly iot: IoTClient;
  readonly admin: EmulatorAdmin | undefined;
  readonly clock: Clock;
  readonly work: WorkInHand;
  readonly collector: Collector;
  readonly conductor: Pick<Conductor, 'isDone'>;
  readonly watches: ReadonlyMap<string, JobWatch>;
  readonly halt: Halt;
  readonly onProgress: (progress: Progress) => void;
}

/** Simulated milliseconds between two looks; also the step of the time series. */
export function lookEveryMs({ isJumping, stopAfterMs, clockScale }: Plan): Millis {
  if (!isJumping) return wallLookMs * clockScale;
  return Math.max(jumpLookMs, Math.ceil(stopAfterMs / jumpLooksMax));
}

/** Looks at the jobs again and again until the run is over, and says when it is. */
export async function observe(scene: Scene, zeroAt: Millis): Promise<void> {
  const { plan, clock, work, halt } = scene;
  const beginLook = () => work.begin('a look at the jobs');
  let endLook = beginLook();
  const pause = (ms: Millis): Promise<void> =>
    new Promise((resolve) => {
      clock.schedule(clock.now() + ms, () => {
        endLook = beginLook();
        resolve();
      });
      endLook();
    });
  const stopAt = zeroAt + plan.stopAfterMs;
  while (halt.ending === undefined) {
    const untilStopMs = Math.max(0, stopAt - clock.now());
    await Promise.race([pause(Math.min(lookEveryMs(plan), untilStopMs)), halt.ended]);
    if (halt.ending !== undefined) return;
    if (clock.now() >= stopAt) {
      halt.end({ kind: 'finished' });
      return;
    }
    await Promise.race([look(scene, zeroAt), halt.ended]);
    checkWorkers(scene);
    if (isOver(scene)) halt.end({ kind: 'finished' });
  }
}

/** One look at every job, one row of the time series. */
export async function look(scene: Scene, zeroAt: Millis): Promise<void> {
  const { iot, admin, clock, collector } = scene;
  const watches = [...scene.watches.values()];
  await Promise.all(
    watches.map(async (watch) => {
      const before = watch.status;
      await watch.look(iot, admin, clock.now());
      if (watch.status !== before) tellChange(collector, watch);
    }),
  );
  const stats = await admin?.stats();
  if (stats !== undefined) collector.emulatorLoopDelaysMs.push(stats.eventLoopDelayMsP99);
  const progress = progressOf(scene, clock.now() - zeroAt);
  collector.rows.push(rowOf(collector, progress));
  collector.noteErrors();
  scene.onProgress(progress);
}

/** A worker that has gone mute takes its part of the figures with it. */
function checkWorkers({ collector, halt }: Scene): void {
  const silentMs = collector.longestSilenceMs();
  if (silentMs < silenceMsMax) return;
  const message = `a worker has sent nothing for ${(silentMs / 1000).toFixed(0)} s`;
  halt.end({ kind: 'error', exitCode: exitCodes.internal, message });
}

/** Nothing left to do, every job over, and no device still at work on one for longer than the plan waits. */
function isOver({ plan, conductor, clock, ...scene }: Scene): boolean {
  const watches = [...scene.watches.values()];
  if (!conductor.isDone || watches.length === 0) return false;
  return watches.every(({ overSince, hasPending }) => {
    if (overSince === undefined) return false;
    return !hasPending || clock.now() - overSince >= plan.settleMs;
  });
}

function tellChange(collector: Collector, watch: JobWatch): void {
  const { jobId, status, observation } = watch;
  const trip = observation?.trip;
  if (status === 'CANCELED' && trip !== undefined) {
    const { failureType, failed, executed } = trip;
    const message = `job ${jobId} aborted itself: ${failed} of ${executed} executed ${failureType}`;
    collector.addEvent('job-aborted', message, { jobId, ...trip });
  } else {
    collector.addEvent('job-status', `job ${jobId} is ${status}`, { jobId, status });
  }
}

function rowOf({ metrics }: Collector, progress: Progress): number[] {
  let requests = 0;
  let refusals = 0;
  for (const [key, count] of metrics.counters()) {
    if (key.startsWith('requests/') && key.endsWith('/sent')) requests += count;
    if (key.startsWith('requests/') && key.endsWith('/rejected')) refusals += count;
  }
  const t = Number((progress.elapsedMs / 1000).toFixed(3));
  return timeseriesRow({ ...progress, t, requests, refusals });
}
