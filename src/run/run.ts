import { join } from 'node:path';
import { type Millis, SteerableClock, wallNow } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
import { takeStep } from '../base/standing.ts';
import { thingFinder } from '../device/population.ts';
import { type Fleet, startAgents } from '../fleet/agents.ts';
import { type Account, defaultAccount } from '../protocol/names.ts';
import { createRunFolder, diskFolder, pointToLatest } from '../report/folder.ts';
import type { Summary } from '../report/summary.ts';
import { writeReport } from '../report/write-report.ts';
import type { Plan } from '../scenario/plan.ts';
import { listThings } from './cohorts.ts';
import { Collector, type RunEvent } from './collector.ts';
import { Conductor } from './conductor.ts';
import type { EmulatorStats } from './emulator-admin.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { type FleetShape, shapeFleet } from './fleet-shape.ts';
import { foresee, foreseenBy, nothingForeseen } from './foreseen-rollout.ts';
import { Halt } from './halt.ts';
import type { JobWatch, ListedExecution } from './job-watch.ts';
import { latenessOf } from './lateness.ts';
import { isWatched, MetricsOutlets, type MetricsSettings } from './metrics-outlets.ts';
import { lookLast, observe, type Scene } from './observer.ts';
import { type PredictedRun, predictRun } from './predicted-run.ts';
import { type Progress, progressOf } from './progress.ts';
import { createGroups, findExistingJobs, registerThings, thingNames } from './provision.ts';
import { awaitRamp, leadMs } from './ramp.ts';
import { summarize } from './summarize.ts';
import type { ScenarioSource } from './summary-frame.ts';
import { Telemetry, type TelemetryOptions } from './telemetry.ts';
import { TimeBarrier } from './time-barrier.ts';
import type { Ending } from './verdict.ts';
import { WorkInHand } from './work-in-hand.ts';
import { openWorld, type World } from './world.ts';

export interface RunRequest {
  readonly plan: Plan;
  readonly source: ScenarioSource;
  /** The scenario with defaults and overrides in place, as it goes into the run folder. */
  readonly resolvedYaml: string;
  readonly version: string;
  readonly runId: string;
  /** Parent of all run folders. */
  readonly outDir: string;
  readonly metrics: MetricsSettings;
  /** Whether to write what every single thing did. */
  readonly hasThings: boolean;
  readonly onEvent: (event: RunEvent, zeroAt: Millis) => void;
  readonly onProgress: (progress: Progress) => void;
  /** Hands out what ends the run early; the caller ties it to its signals. */
  readonly onInterruptible: (interrupt: (exitCode: 130 | 143) => void) => void;
}

/** One run on its way: what is open, and what is known so far. */
interface LiveRun {
  readonly request: RunRequest;
  readonly plan: Plan;
  readonly shape: FleetShape;
  readonly halt: Halt;
  readonly world: World;
  readonly clock: SteerableClock;
  readonly work: WorkInHand;
  readonly collector: Collector;
  /** The jobs created so far. */
  readonly watches: Map<string, JobWatch>;
  readonly telemetry: Telemetry;
  readonly startedAt: Millis;
  /** Simulated instant that all times of the report count from. */
  zeroAt: Millis;
  /** Whether that instant is known: not while the things connect. */
  hasBegun: boolean;
}

/**
 * Runs a plan for real and writes its report: from the first socket to the last file. Throws AppError
 * when it cannot start, with nothing left behind; once the things are on, whatever happens ends in a report.
 */
export async function runPlan(request: RunRequest): Promise<Summary> {
  const shape = shapeFleet(request.plan);
  await createRunFolder(folderOf(request));
  const halt = new Halt();
  request.onInterruptible((exitCode) => halt.end({ kind: 'interrupted', exitCode }));
  const foreseen = isWatched(request.metrics) ? foresee(request.plan) : nothingForeseen;
  const startedAt = wallNow();
  const world = await openWorld(request.plan, (message) => halt.end(crashed(message)));
  const clock = new SteerableClock(world.clockSetting);
  const collector = new Collector(
    () => clock.now(),
    (event) => request.onEvent(event, run.hasBegun ? run.zeroAt : event.at),
  );
  const watches = new Map<string, JobWatch>();
  const run: LiveRun = {
    request,
    plan: request.plan,
    shape,
    halt,
    world,
    clock,
    work: new WorkInHand(),
    collector,
    watches,
    telemetry: telemetryOf(request, { collector, watches, world, startedAt, foreseen }),
    startedAt,
    zeroAt: clock.now(),
    hasBegun: false,
  };
  let outlets: MetricsOutlets | undefined;
  let fleet: Fleet | undefined;
  try {
    outlets = await MetricsOutlets.open({
      ...run,
      settings: request.metrics,
      emulator: world.admin && world.http,
    });
    fleet = await startAgents(shape.size, {
      onDelta: (delta) => {
        collector.addDelta(delta);
        run.telemetry.addDelta(delta);
      },
      onFailed: (message) => halt.end(crashed(message)),
    });
    const summary = await runFleet(run, fleet, outlets);
    await outlets.end(halt.interrupted);
    return summary;
  } finally {
    fleet?.kill();
    await outlets?.close();
    await world.close();
    clock.stop();
  }
}

async function runFleet(run: LiveRun, fleet: Fleet, outlets: MetricsOutlets): Promise<Summary> {
  const { request, plan, world, clock, collector, halt, telemetry } = run;
  const account = await provision(run);
  const conductor = new Conductor({ ...run, ...world, account, fleet }, (error) =>
    halt.end(endingOf(error)),
  );
  const onProgress = (progress: Progress) => {
    if (telemetry.look(progress)) outlets.look();
    request.onProgress(progress);
  };
  const scene: Scene = { ...run, ...world, conductor, onProgress };
  const barrier = barrierOf(run, fleet);
  try {
    switchOn(run, fleet);
    await awaitRamp(plan, clock, collector, halt, () =>
      scene.onProgress(progressOf(scene, undefined)),
    );
    const frozenAt = await Promise.race([barrier?.freeze(), halt.ended]);
    run.zeroAt = typeof frozenAt === 'number' ? frozenAt : clock.now();
    run.hasBegun = true;
    fleet.order({ type: 'zero', at: run.zeroAt });
    conductor.start(run.zeroAt);
    barrier?.run(run.zeroAt).catch((error) => halt.end(endingOf(error)));
    await observe(scene, run.zeroAt);
  } catch (error) {
    halt.end(endingOf(error));
  }
  await halt.ended;
  barrier?.stop();
  await freezeService(scene);
  const connected = collector.metrics.gauge('connected');
  if (world.admin !== undefined) clock.freeze();
  await conductor.stop();
  await fleet.stop();
  const last = await lastWords(scene, run, connected);
  // A service that cannot be stopped has gone on until it was looked at.
  clock.freeze();
  const simulatedEndAt = clock.now();
  const endedAt = wallNow();
  const predicted = foretell(run);
  const summary = summarize({
    ...request,
    ...run,
    ...last,
    ending: halt.ending ?? { kind: 'finished' },
    agents: run.shape.size.agents,
    endpoint: world.http,
    region: world.region,
    endedAt,
    simulatedEndAt,
    predicted,
    watches: [...run.watches.values()],
  });
  telemetry.judge(summary, endedAt);
  if (predicted !== undefined) telemetry.foresee(foreseenBy(predicted.own));
  await saveReport(run, summary);
  return summary;
}

/** When all is measured. Of a run that was broken off there is nothing to compare. */
function foretell({ plan, halt, collector, watches, zeroAt }: LiveRun): PredictedRun | undefined {
  if (halt.ending !== undefined && halt.ending.kind !== 'finished') return undefined;
  const predicted = predictRun(plan, latenessOf(plan, collector, [...watches.values()], zeroAt));
  if (!('skipped' in predicted)) return predicted;
  collector.addEvent('prediction-skipped', `no prediction beside the run: ${predicted.skipped}`);
  return undefined;
}

/** Undefined where simulated time follows the wall. */
function barrierOf({ plan, world, clock, work }: LiveRun, fleet: Fleet): TimeBarrier | undefined {
  const { step: service } = world;
  if (!plan.isJumping || service === undefined) return undefined;
  return new TimeBarrier({
    things: (step, withDelta) => fleet.step({ step, withDelta }),
    service,
    coordinator: (step) => ({ party: 'the coordinator', ...takeStep(clock, step), ...work.read() }),
  });
}

/** What comes after the end must not change what the report says of it. */
async function freezeService({ admin, collector }: Scene): Promise<void> {
  await admin
    ?.freeze()
    .catch((error: unknown) => collector.addError('the service could not be frozen', error));
}

function telemetryOf(
  { plan, version, runId }: RunRequest,
  known: Pick<TelemetryOptions, 'collector' | 'watches' | 'foreseen'> &
    Pick<LiveRun, 'world' | 'startedAt'>,
): Telemetry {
  const { world, startedAt } = known;
  const { name: scenario, target } = plan;
  return new Telemetry({
    ...known,
    labels: { version, node: process.version, runId, scenario, target: target.kind, startedAt },
    plan,
    clockSetting: world.clockSetting,
  });
}

async function provision({ plan, world }: LiveRun): Promise<Account> {
  const { population, groups, fleetGroup } = plan;
  if (plan.target.kind !== 'emulator') await refuseExistingJobs(plan, world);
  try {
    const account = await createGroups(world.iot, groups);
    const names = thingNames(population.thingName, population.batches[0]);
    await registerThings(world.iot, world.admin, names, fleetGroup);
    return account ?? defaultAccount;
  } catch (error) {
    throw new AppError('setup', `provisioning failed: ${messageOf(error)}`, {
      hint: 'check that the target is up and lets you create things and groups',
      cause: error,
    });
  }
}

async function refuseExistingJobs({ actions }: Plan, { iot, http }: World): Promise<void> {
  const jobIds = actions.flatMap((action) =>
    action.type === 'create-job' ? [action.request.jobId] : [],
  );
  const existing = await findExistingJobs(iot, jobIds);
  if (existing.length === 0) return;
  throw new AppError('setup', `${http} has these jobs already: ${existing.join(', ')}`, {
    hint: 'delete them there, or choose other job ids; a jobId can be used once',
  });
}

function switchOn({ plan, world, shape, clock }: LiveRun, fleet: Fleet): void {
  const { population, connect, keepAliveSeconds, client } = plan;
  const { identities } = world;
  fleet.start({
    population: { ...population, batches: population.batches.slice(0, 1) },
    endpoint: world.mqtt,
    ...(identities === undefined ? {} : { identities }),
    client,
    clock: world.clockSetting,
    isJumping: plan.isJumping,
    startAt: clock.now() + leadMs * plan.clockScale,
    connect,
    keepAliveSeconds,
    localAddresses: shape.localAddresses,
  });
}

interface LastWords {
  readonly listings: ReadonlyMap<string, readonly ListedExecution[]>;
  readonly emulator: EmulatorStats | undefined;
}

/** What the service says when all is over; after a crash, as much of it as still answers. */
async function lastWords(
  scene: Scene,
  { zeroAt, world }: LiveRun,
  connected: number,
): Promise<LastWords> {
  const { iot, admin, watches, collector } = scene;
  const listings = new Map<string, readonly ListedExecution[]>();
  try {
    await lookLast(scene, zeroAt, connected);
    for (const watch of watches.values()) {
      const listed = await watch.list(iot);
      if (listed !== undefined) listings.set(watch.jobId, listed);
    }
    collector.joinNotices(listings, scene.plan, world.clockSetting);
    return { listings, emulator: await admin?.stats() };
  } catch (error) {
    collector.addError('the service could not be asked for the last figures', error);
    return { listings, emulator: undefined };
  }
}

async function saveReport(run: LiveRun, summary: Summary): Promise<void> {
  const { outDir, runId, resolvedYaml, hasThings } = run.request;
  const { executions, intervals } = run.collector;
  await writeReport(diskFolder(folderOf(run.request)), {
    summary,
    intervals,
    openMetrics: run.telemetry.openMetrics(),
    scenarioYaml: resolvedYaml,
    things: hasThings
      ? listThings(executions, thingFinder(run.plan.population), run.zeroAt)
      : undefined,
  });
  await pointToLatest(outDir, runId);
}

function folderOf({ outDir, runId }: RunRequest): string {
  return join(outDir, runId);
}

function crashed(message: string): Ending {
  return { kind: 'error', exitCode: exitCodes.internal, message };
}

function endingOf(error: unknown): Ending {
  const exitCode = error instanceof AppError ? exitCodeOf(error.code) : exitCodes.internal;
  return { kind: 'error', exitCode, message: messageOf(error) };
}
