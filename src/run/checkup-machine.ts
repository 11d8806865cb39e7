import type { ClockProbe } from '../base/clock-probe.ts';
import { populationSize } from '../device/population.ts';
import {
  agentsNeeded,
  findLimitProblems,
  frontsNeeded,
  type MachineLimits,
} from '../fleet/preflight.ts';
import type { Plan } from '../scenario/plan.ts';
import { mqttHostOf } from './fleet-shape.ts';

/** One thing that was looked at: `missing` ones stop a run, `warning` ones may spoil it. */
export interface Check {
  readonly topic: string;
  readonly level: 'ok' | 'warning' | 'missing';
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string | undefined;
}

/** What this machine is, as far as a run depends on it. */
export interface MachineFacts {
  /** `20.20.2` */
  readonly node: string;
  readonly processors: number;
  readonly memoryBytes: number;
  readonly limits: MachineLimits;
  readonly clock: ClockProbe;
}

/** What a run is going to ask of the machine. */
export type Demand = Pick<Plan, 'population' | 'target' | 'isTls' | 'workers' | 'actions'>;

/** Judges a machine, for a scenario if there is one. */
export function checkMachine(facts: MachineFacts, demand: Demand | undefined): Check[] {
  return [
    checkNode(facts.node),
    checkProcessors(facts.processors, demand?.workers),
    checkMemory(facts.memoryBytes, demand, facts.limits),
    ...checkConnections(facts.limits, demand),
    checkClock(facts.clock),
  ];
}

function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > 20 || (major === 20 && minor >= 19);
  return {
    topic: 'node',
    level: isEnough ? 'ok' : 'missing',
    message: `Node ${version}; 20.19 or newer is needed`,
    fix: isEnough ? undefined : 'install a newer Node',
  };
}

function checkProcessors(processors: number, workers: number | undefined): Check {
  const topic = 'processors';
  if (workers !== undefined && workers > processors) {
    return {
      topic,
      level: 'warning',
      message: `${processors} for ${workers} workers: they will wait for each other`,
      fix: `run with --workers ${processors}`,
    };
  }
  if (processors < 2) {
    return {
      topic,
      level: 'warning',
      message: 'only one: the emulator and the things share it, so latencies will be of both',
      fix: 'use a machine with two or more, or a slower clock.scale',
    };
  }
  const use =
    workers === undefined ? '' : ` for ${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  return { topic, level: 'ok', message: `${processors}${use}` };
}

/** Bytes, measured (docs/performance.md): of a thing in the harness, in the emulator, and of an execution there. */
const thingBytes = 17_100;
const emulatedThingBytes = 7500;
/** Of a thing in a front of the emulator. */
const frontedThingBytes = 4000;
const executionBytes = 1600;
/** Of a process or a worker thread before the first thing. */
const processBytes = 100e6;
const workerBytes = 30e6;

/** About how much memory a run takes at its peak. */
export function estimateMemory(demand: Demand, limits: MachineLimits): number {
  const things = populationSize(demand.population);
  const agents = agentsNeeded(things, limits);
  const jobs = demand.actions.filter(({ type }) => type === 'create-job').length;
  const isOurs = demand.target.kind === 'emulator';
  const fronts = isOurs && !demand.isTls ? frontsNeeded(things, limits) : 0;
  const emulator = isOurs
    ? processBytes + things * (emulatedThingBytes + jobs * executionBytes)
    : 0;
  return (
    processBytes * (1 + agents) +
    workerBytes * Math.max(agents, demand.workers) +
    things * thingBytes +
    emulator +
    (fronts === 0 ? 0 : fronts * processBytes + things * frontedThingBytes)
  );
}

function checkMemory(
  memoryBytes: number,
  demand: Demand | undefined,
  limits: MachineLimits,
): Check {
  const topic = 'memory';
  const free = formatBytes(memoryBytes);
  if (demand === undefined) return { topic, level: 'ok', message: `${free} free` };
  const neededBytes = estimateMemory(demand, limits);
  const message = `${free} free, about ${formatBytes(neededBytes)} needed`;
  if (neededBytes > memoryBytes) {
    return { topic, level: 'missing', message, fix: 'run fewer things: --set fleet.things=…' };
  }
  if (neededBytes > 0.8 * memoryBytes) {
    return { topic, level: 'warning', message, fix: 'close what you can, or run fewer things' };
  }
  return { topic, level: 'ok', message };
}

function checkConnections(limits: MachineLimits, demand: Demand | undefined): Check[] {
  const topic = 'connections';
  const files = Number.isFinite(limits.openFiles) ? `${limits.openFiles}` : 'any number of';
  const room = `${files} open files a process, ${limits.ephemeralPorts} ports a source address`;
  if (demand === undefined) return [{ topic, level: 'ok', message: room }];
  const things = populationSize(demand.population);
  const isEmulatorAlone = demand.target.kind === 'emulator' && demand.isTls;
  const host = mqttHostOf(demand.target);
  const agents = agentsNeeded(things, limits);
  const problems = findLimitProblems({ things, agents, isEmulatorAlone, host }, limits);
  if (problems.length === 0) {
    const processes = agents === 1 ? 'one process' : `${agents} processes`;
    return [{ topic, level: 'ok', message: `${things} in ${processes}; ${room}` }];
  }
  return problems.map(({ limit, message, hint }) => ({
    topic: limit,
    level: 'missing',
    message,
    fix: hint,
  }));
}

/** 2026-01-01: a machine that says it is earlier has lost its clock. */
const earliestAt = 1_767_225_600_000;

function checkClock({ wallAt, driftMs, latenessMs }: ClockProbe): Check {
  const topic = 'clock';
  if (wallAt < earliestAt) {
    return {
      topic,
      level: 'warning',
      message: 'the date is in the past: certificates and signatures will be refused',
      fix: 'set the clock, best by NTP',
    };
  }
  if (Math.abs(driftMs) > 20) {
    return {
      topic,
      level: 'warning',
      message: `it moved ${Math.round(driftMs)} ms against the monotonic clock while watched`,
      fix: 'let one time service steer it, and wait until it has settled',
    };
  }
  if (latenessMs > 50) {
    return {
      topic,
      level: 'warning',
      message: `timers fire up to ${Math.round(latenessMs)} ms late: the machine is busy`,
      fix: 'end what else runs here, or the run may be inconclusive',
    };
  }
  return {
    topic,
    level: 'ok',
    message: `steady, timers at most ${Math.max(1, Math.round(latenessMs))} ms late`,
  };
}

function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return `${Math.round(bytes / 1e6)} MB`;
}
