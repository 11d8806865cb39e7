import { pathToFileURL } from 'node:url';
import { SteerableClock } from '../src/base/clock.ts';
import { type Batch, populationSize } from '../src/device/population.ts';
import { type Fleet, startAgents } from '../src/fleet/agents.ts';
import type { Identities } from '../src/fleet/identities.ts';
import { defaultAccount, formatArn } from '../src/protocol/names.ts';
import { Collector } from '../src/run/collector.ts';
import type { EmulatorStats } from '../src/run/emulator-admin.ts';
import { openEmulatorWorld } from '../src/run/emulator-world.ts';
import { shapeFleet } from '../src/run/fleet-shape.ts';
import type { World } from '../src/run/world.ts';
import { loadScenario } from '../src/scenario/load.ts';
import type { Plan } from '../src/scenario/plan.ts';
import { planScenario } from '../src/scenario/plan-scenario.ts';
import { familyOf, type ProcessUsage, readProcesses } from './process-usage.ts';

/** An emulator and a fleet that is registered but not yet switched on. */
export interface Rig {
  readonly plan: Plan;
  readonly world: World;
  readonly clock: SteerableClock;
  readonly fleet: Fleet;
  readonly collector: Collector;
  /** Switches every thing on. */
  start(): void;
  /** Of the emulator process. */
  stats(): Promise<EmulatorStats>;
  notified(jobId: string): Promise<number>;
  groupArn(name: string): string;
  /** Registers so many things more, to be switched on with `switchOn`. */
  register(count: number): Promise<Batch>;
  switchOn(batch: Batch): void;
  /** Of all agents. */
  harness(): ProcessUsage;
  /** Of the emulator, all processes of it. */
  emulator(): ProcessUsage;
  /** Long enough for deltas to come and garbage to go, on both sides. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** The plan of a scenario given as YAML text. */
export function planOf(yaml: string): Plan {
  return planScenario(loadScenario('bench.yaml', { readText: () => yaml }));
}

export function fail(message: string): never {
  throw new Error(message);
}

/** The processes of an emulator of our own. */
export function pidsOf({ pid }: World): number[] {
  return pid === undefined ? [] : familyOf(pid);
}

/** Registers the plan's groups and first things, and tells who they are over TLS. */
export async function register({ registrar }: World): Promise<Identities | undefined> {
  return (await registrar.provision(() => undefined)).identities;
}

/** Sets up a scenario given as YAML text, with its processes and sockets as `fleetrig run` would. */
export async function openRig(yaml: string): Promise<Rig> {
  const plan = planOf(yaml);
  const { population, fleetGroup, connect, keepAliveSeconds, client } = plan;
  const { size, localAddresses } = shapeFleet(plan);
  loadIntoChildren('bench/collect-garbage.mjs');
  const world = await openEmulatorWorld(plan, fail);
  const clock = new SteerableClock(world.clockSetting);
  const collector = new Collector(
    () => clock.now(),
    () => undefined,
  );
  const fleet = await startAgents(size, {
    onDelta: (delta) => collector.addDelta(delta),
    onFailed: fail,
  });
  const identities = await register(world);
  let things = populationSize(population);
  return {
    plan,
    world,
    clock,
    fleet,
    collector,
    start: () =>
      fleet.start({
        population,
        endpoint: world.mqtt,
        ...(identities === undefined ? {} : { identities }),
        client,
        clock: world.clockSetting,
        isJumping: false,
        startAt: clock.now(),
        connect,
        keepAliveSeconds,
        localAddresses,
      }),
    stats: async () => {
      const stats = await world.admin?.stats();
      if (stats === undefined) throw new Error('a bench needs our own emulator');
      return stats;
    },
    notified: async (jobId) => (await world.admin?.observeJob(jobId))?.notified ?? 0,
    groupArn,
    register: async (count) => {
      const batch = { firstIndex: things, count, startMs: 0 };
      await world.registrar.addThings(batch, fleetGroup);
      things += count;
      return batch;
    },
    switchOn: (batch) => fleet.order({ type: 'add', batch }),
    harness: () => readProcesses(fleet.pids),
    emulator: () => readProcesses(pidsOf(world)),
    settle: async () => {
      for (let round = 0; round < 3; round++) {
        for (const pid of [...fleet.pids, ...pidsOf(world)]) process.kill(pid, 'SIGUSR2');
        await sleep(900);
      }
    },
    close: async () => {
      await fleet.stop();
      await world.close();
      clock.stop();
    },
  };
}

export function groupArn(name: string): string {
  return formatArn(defaultAccount, 'thinggroup', name);
}

/** Into every process and thread that is started from now on: a file of the checkout, which is our folder. */
function loadIntoChildren(file: string): void {
  const option = `--import ${pathToFileURL(file)}`;
  const { NODE_OPTIONS: options = '' } = process.env;
  if (!options.includes(option)) process.env['NODE_OPTIONS'] = `${options} ${option}`;
}

/** Polls every 20 ms of wall time until `isDone`, or throws after `seconds`. Returns wall seconds waited. */
export async function until(
  what: string,
  seconds: number,
  isDone: () => boolean | Promise<boolean>,
) {
  const from = performance.now();
  const waited = () => (performance.now() - from) / 1000;
  while (!(await isDone())) {
    if (waited() > seconds) throw new Error(`${what}: not there after ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return waited();
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
