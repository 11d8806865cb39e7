import { join } from 'node:path';
import { type Millis, SteerableClock, wallNow } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
import { takeStep } from '../base/standing.ts';
import { populationSize, thingFinder } from '../device/population.ts';
import { type Fleet, startAgents } from '../fleet/agents.ts';
import type { AwsCredentials } from '../protocol/sigv4.ts';
import { createRunFolder, diskFolder, pointToLatest } from '../report/folder.ts';
import type { Summary } from '../report/summary.ts';
import { traceFile } from '../report/trace/trace-line.ts';
import { writeReport } from '../report/write-report.ts';
import type { Plan } from '../scenario/plan.ts';
import { type CloudSettings, cloudFacts } from './cloud-facts.ts';
import { listThings } from './cohorts.ts';
import { Collector, type RunEvent } from './collector.ts';
import { Conductor } from './conductor.ts';
import { renewCredentials } from './credential-renewal.ts';
import type { EmulatorStats } from './emulator-admin.ts';
import type { EventObserver } from './event-observer.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { type FleetShape, shapeFleet } from './fleet-shape.ts';
import { foresee, foreseenBy, nothingForeseen } from './foreseen-rollout.ts';
import { Halt } from './halt.ts';
import { listenToJobs } from './job-listening.ts';
import { traceJobs } from './job-trace.ts';
import type { JobWatch, ListedExecution } from './job-watch.ts';
import { latenessOf } from './lateness.ts';
import { watchLimits } from './limit-watch.ts';
import { isWatched, MetricsOutlets, type MetricsSettings } from './metrics-outlets.ts';
import { tellsNotices } from './observation-facts.ts';
import { lookLast, observe, type Scene } from './observer.ts';
import { type PredictedRun, predictRun } from './predicted-run.ts';
import { type Progress, progressOf } from './progress.ts';
import { awaitRamp, leadMs } from './ramp.ts';
import type { Provisioned } from './registrar.ts';
import { listSettled } from './settled-listing.ts';
import { summarize } from './summarize.ts';
import type { ScenarioSource } from './summary-frame.ts';
import { Telemetry, type TelemetryOptions } from './telemetry.ts';
import { TimeBarrier } from './time-barrier.ts';
import { TraceRecorder } from './trace-recorder.ts';
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
  /** Of runs on AWS. */
  readonly cloud: CloudSettings;
  /** Whether to write what every single thing did. */
  readonly hasThings: boolean;
  /** Whether to keep everything the things say and hear. */
  readonly isRecorded: boolean;
  readonly onEvent: (event: RunEvent, zeroAt: Millis) => void;
  readonly onProgress: (progress: Progress) => void;
  /** Hands out what ends the run early; the caller ties it to its signals. */
  readonly onInterruptible: (interrupt: (exitCode: 130 | 143) => void) => void;
}

/** Between two words on how far provisioning is. */
const provisioningTellMs = 5000;

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
  /** Only of a run that is recorded. */
  readonly trace: TraceRecorder | undefined;
  readonly startedAt: Millis;
  /** Simulated instant that all times of the report count from. */
  zeroAt: Millis;
  /** Whether that instant is known: not while the things connect. */
  hasBegun: boolean;
  /** Hears job events of AWS, where the scenario wants that. */
  listener: EventObserver | undefined;
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
  const world = await openWorld(
    { ...request, runFolder: folderOf(request), startedAt, signal: halt.signal },
    (message) => halt.end(crashed(message)),
  );
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
    trace: recorderOf(request, clock.now()),
    startedAt,
    zeroAt: clock.now(),
    hasBegun: false,
    listener: undefined,
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
      onTrace: (messages) => run.trace?.addMessages(messages),
      onFailed: (message) => halt.end(crashed(message)),
    });
    const summary = await runFleet(run, fleet, outlets);
    await outlets.end(halt.interrupted);
    return summary;
  } catch (error) {
    // Nothing could begin: what is there already is of no use to anybody, but for what was kept before.
    if (request.cloud.reuseFrom === undefined) await clearUp(run);
    throw error;
  } finally {
    fleet?.kill();
    run.listener?.close();
    await run.trace?.abandon();
    await outlets?.close();
    await world.close();
    clock.stop();
  }
}

/** Tells how far it is where that takes long. */
function provision({ world, collector }: LiveRun): Promise<Provisioned> {
  let toldAt = wallNow();
  return world.registrar.provision((done, of) => {
    if (wallNow() - toldAt < provisioningTellMs) return;
    toldAt = wallNow();
    collector.addEvent('provisioning', `provisioned ${done} of ${of}`);
  });
}

async function runFleet(run: LiveRun, fleet: Fleet, outlets: MetricsOutlets): Promise<Summary> {
  const { request, plan, world, clock, collector, halt, telemetry } = run;
  const provisioned = await provision(run);
  const { account } = provisioned;
  run.listener = await listenToJobs(run);
  const conductor = new Conductor({ ...run, ...world, account, fleet }, (error) =>
    halt.end(endingOf(error)),
  );
  const onProgress = (progress: Progress) => {
    if (telemetry.look(progress)) outlets.look();
    request.onProgress(progress);
  };
  const scene: Scene = { ...run, ...world, conductor, onProgress };
  const barrier = barrierOf(run, fleet);
  let limitWatch: ReturnType<typeof watchLimits> | undefined;
  try {
    switchOn(run, fleet, provisioned, await world.credentials?.());
    limitWatch = watchLimits(run);
    renewCredentials(run, (order) => fleet.order(order));
    await awaitRamp(plan, clock, collector, halt, () =>
      scene.onProgress(progressOf(scene, undefined)),
    );
    const frozenAt = await Promise.race([barrier?.freeze(), halt.ended]);
    run.zeroAt = typeof frozenAt === 'number' ? frozenAt : clock.now();
    run.hasBegun = true;
    run.trace?.begin(run.zeroAt);
    fleet.order({ type: 'zero', at: run.zeroAt });
    conductor.start(run.zeroAt);
    barrier?.run(run.zeroAt).catch((error) => halt.end(endingOf(error)));
    await observe(scene, run.zeroAt);
  } catch (error) {
    halt.end(endingOf(error));
  }
  await halt.ended;
  limitWatch?.stop();
  barrier?.stop();
  await freezeService(scene);
  const connected = collector.metrics.gauge('connected');
  if (world.admin !== undefined) clock.freeze();
  await conductor.stop();
  await fleet.stop();
  const last = await lastWords(scene, run, connected);
  run.listener?.close();
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
    looksPerSecond: world.looksPerSecond,
    isListening: run.listener !== undefined,
    endedAt,
    simulatedEndAt,
    predicted,
    trace: await run.trace?.finish(
      traceJobs({ ...run, ...last, events: collector.events, endAt: simulatedEndAt }),
      simulatedEndAt,
    ),
    watches: [...run.watches.values()],
  });
  telemetry.judge(summary, endedAt);
  if (predicted !== undefined) telemetry.foresee(foreseenBy(predicted.own));
  await saveReport(run, summary);
  // Only now: whatever happens while all is taken away again, the report is there.
  const cloud = await clearUp(run);
  if (cloud === undefined) return summary;
  const whole = { ...summary, cloud };
  await saveReport(run, whole);
  return whole;
}

/**
 * Takes away what the run made on AWS and tells of it; undefined on an emulator. Never throws: neither what
 * the run has found nor why it could not begin is lost with it.
 */
async function clearUp({ world, collector }: LiveRun): Promise<Summary['cloud']> {
  const leftovers = await world.registrar.cleanUp().catch((error: unknown) => {
    collector.addError('cleaning up ended early', error);
    return { removed: {}, left: [`all that is not known to be gone: ${messageOf(error)}`] };
  });
  if (world.apiUsage === undefined) return undefined;
  const { removed = {}, left = [] } = leftovers ?? {};
  if (left.length > 0) {
    const first = `${left[0]}${left.length > 1 ? `, and ${left.length - 1} more` : ''}`;
    collector.addEvent('warning', `left on AWS, until fleetrig cleanup removes it: ${first}`);
  }
  const { metrics } = collector;
  return cloudFacts(
    { prefix: world.names.prefix, usage: world.apiUsage(), metrics },
    { removed, left, isKept: leftovers === undefined },
  );
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

function switchOn(
  { plan, world, shape, clock, trace }: LiveRun,
  fleet: Fleet,
  { identities }: Provisioned,
  credentials: AwsCredentials | undefined,
): void {
  const { population, connect, keepAliveSeconds, client } = plan;
  const { thingPrefix: namePrefix, prefix: jobIdPrefix } = world.names;
  fleet.start({
    population: {
      ...population,
      namePrefix,
      jobIdPrefix,
      batches: population.batches.slice(0, 1),
    },
    endpoint: world.mqtt,
    ...(identities === undefined ? {} : { identities }),
    client,
    clock: world.clockSetting,
    isJumping: plan.isJumping,
    recording: trace && { namePrefix: jobIdPrefix },
    startAt: clock.now() + leadMs * plan.clockScale,
    connect,
    keepAliveSeconds,
    localAddresses: shape.localAddresses,
    ...(credentials === undefined ? {} : { credentials }),
    ...(world.rates === undefined ? {} : { rates: world.rates }),
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
  const { admin, watches, collector } = scene;
  const listings = new Map<string, readonly ListedExecution[]>();
  try {
    await lookLast(scene, zeroAt, connected);
    for (const watch of watches.values()) {
      const listed = await listSettled(watch, scene);
      if (listed !== undefined) listings.set(watch.jobId, listed);
    }
    if (tellsNotices(scene.plan, listings)) {
      collector.joinNotices(listings, scene.plan, world.clockSetting);
    }
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

function recorderOf(request: RunRequest, now: Millis): TraceRecorder | undefined {
  const { plan, runId, version, isRecorded } = request;
  if (!isRecorded) return undefined;
  const header = {
    runId,
    version,
    scenario: plan.name,
    seed: plan.seed,
    target: plan.target.kind,
    clockScale: plan.isJumping ? ('max' as const) : plan.clockScale,
    things: populationSize(plan.population),
  };
  return new TraceRecorder(join(folderOf(request), traceFile), header, now);
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
