import { join } from 'node:path';
import { type Millis, SteerableClock, wallNow } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
import { takeStep } from '../base/standing.ts';
import { thingFinder } from '../device/population.ts';
import { type Fleet, startAgents } from '../fleet/agents.ts';
import { openRunExporter } from '../metrics/prometheus.ts';
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
import { Halt } from './halt.ts';
import type { JobWatch, ListedExecution } from './job-watch.ts';
import { latenessOf } from './lateness.ts';
import { type MetricsServer, serveMetrics } from './metrics-server.ts';
import { look, observe, type Progress, type Scene } from './observer.ts';
import { type PredictedRun, predictRun } from './predicted-run.ts';
import { createGroups, findExistingJobs, registerThings, thingNames } from './provision.ts';
import { awaitRamp, leadMs } from './ramp.ts';
import { metricsFacts } from './run-metrics.ts';
import { summarize } from './summarize.ts';
import type { ScenarioSource } from './summary-frame.ts';
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
  readonly metricsPort: number | undefined;
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
  readonly startedAt: Millis;
  /** Simulated instant that all times of the report count from. */
  zeroAt: Millis;
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
  const startedAt = wallNow();
  const world = await openWorld(request.plan, (message) => halt.end(crashed(message)));
  const clock = new SteerableClock(world.clockSetting);
  const run: LiveRun = {
    request,
    plan: request.plan,
    shape,
    halt,
    world,
    clock,
    work: new WorkInHand(),
    collector: new Collector(
      () => clock.now(),
      (event) => request.onEvent(event, run.zeroAt),
    ),
    watches: new Map(),
    startedAt,
    zeroAt: clock.now(),
  };
  let metrics: MetricsServer | undefined;
  let fleet: Fleet | undefined;
  try {
    metrics = await openMetrics(run);
    fleet = await startAgents(shape.size, {
      onDelta: (delta) => run.collector.addDelta(delta),
      onFailed: (message) => halt.end(crashed(message)),
    });
    return await runFleet(run, fleet);
  } finally {
    fleet?.kill();
    await metrics?.close();
    await world.close();
    clock.stop();
  }
}

async function runFleet(run: LiveRun, fleet: Fleet): Promise<Summary> {
  const { request, plan, world, clock, collector, halt } = run;
  const account = await provision(run);
  const conductor = new Conductor({ ...run, ...world, account, fleet }, (error) =>
    halt.end(endingOf(error)),
  );
  const scene: Scene = { ...run, ...world, conductor, onProgress: request.onProgress };
  const barrier = barrierOf(run, fleet);
  try {
    switchOn(run, fleet);
    await awaitRamp(plan, clock, collector, halt);
    const frozenAt = await Promise.race([barrier?.freeze(), halt.ended]);
    run.zeroAt = typeof frozenAt === 'number' ? frozenAt : clock.now();
    fleet.order({ type: 'zero', at: run.zeroAt });
    conductor.start(run.zeroAt);
    barrier?.run(run.zeroAt).catch((error) => halt.end(endingOf(error)));
    await observe(scene, run.zeroAt);
  } catch (error) {
    halt.end(endingOf(error));
  }
  await halt.ended;
  barrier?.stop();
  const simulatedEndAt = clock.now();
  await freezeService(scene);
  await conductor.stop();
  await fleet.stop();
  const last = await lastWords(scene, run.zeroAt);
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

async function openMetrics(run: LiveRun): Promise<MetricsServer | undefined> {
  const { request, plan, world, collector, startedAt } = run;
  if (request.metricsPort === undefined) return undefined;
  const { wallOriginAt, simulatedOriginAt, scale } = world.clockSetting;
  const labels = {
    version: request.version,
    node: process.version,
    runId: request.runId,
    scenario: plan.name,
    target: plan.target.kind,
    startedAt,
  };
  const exporter = openRunExporter(() =>
    metricsFacts(
      labels,
      collector,
      run.watches.values(),
      (at) => wallOriginAt + (at - simulatedOriginAt) / scale,
    ),
  );
  const server = await serveMetrics(exporter, request.metricsPort);
  collector.addEvent('metrics', `metrics at http://127.0.0.1:${server.port}/metrics`);
  return server;
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
  const { population, connect, keepAliveSeconds } = plan;
  fleet.start({
    population: { ...population, batches: population.batches.slice(0, 1) },
    endpoint: world.mqtt,
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
async function lastWords(scene: Scene, zeroAt: Millis): Promise<LastWords> {
  const { iot, admin, watches, collector } = scene;
  const listings = new Map<string, readonly ListedExecution[]>();
  try {
    await look(scene, zeroAt);
    for (const watch of watches.values()) listings.set(watch.jobId, await watch.list(iot));
    collector.joinNotices(listings, scene.plan);
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
