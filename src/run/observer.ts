import type { IoTClient } from '@aws-sdk/client-iot';
import type { Clock, Millis } from '../base/clock.ts';
import type { Plan } from '../scenario/plan.ts';
import type { Collector } from './collector.ts';
import type { Conductor } from './conductor.ts';
import type { EmulatorAdmin } from './emulator-admin.ts';
import { exitCodes } from './exit-codes.ts';
import type { Halt } from './halt.ts';
import { lookAtJob } from './job-look.ts';
import type { JobWatch } from './job-watch.ts';
import { dueLooks } from './look-pace.ts';
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
  /** Looks that the service grants in a second; undefined where nothing limits them. */
  readonly looksPerSecond: number | undefined;
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

/** One look at every job whose turn it is, one row of the time series. Once the run is over, only its last look counts. */
async function look(scene: Scene, zeroAt: Millis): Promise<void> {
  const { clock, looksPerSecond, watches } = scene;
  const due = dueLooks([...watches.values()], clock.now(), looksPerSecond);
  const looked = await lookAtAll(scene, zeroAt, due);
  if (scene.halt.ending === undefined) note(scene, looked);
}

/** The look at how everything was when the run ended; by now the things are gone, `connected` were there. */
export async function lookLast(scene: Scene, zeroAt: Millis, connected: number): Promise<void> {
  const all = await lookAtAll(scene, zeroAt, scene.watches.values());
  note(scene, { ...all, connected });
}

async function lookAtAll(
  scene: Scene,
  zeroAt: Millis,
  watches: Iterable<JobWatch>,
): Promise<Progress> {
  const { admin, clock, collector } = scene;
  const at = clock.now();
  await Promise.all(Array.from(watches, (watch) => lookAtJob(watch, scene)));
  const stats = await admin?.stats();
  if (stats !== undefined) collector.emulatorLoopDelaysMs.push(stats.eventLoopDelayMsP99);
  return progressOf(scene, at - zeroAt);
}

function note({ collector, onProgress }: Scene, progress: Progress): void {
  const row = rowOf(collector, progress);
  // Where time stands still, two looks may be of one instant.
  if (collector.rows.at(-1)?.[0] === row[0]) collector.rows.pop();
  collector.rows.push(row);
  collector.noteErrors();
  onProgress(progress);
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
