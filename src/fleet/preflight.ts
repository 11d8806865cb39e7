import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';

/** What a fleet needs of the machine it runs on. */
export interface FleetNeeds {
  readonly things: number;
  readonly agents: number;
  /** The emulator is started on this machine: it holds the other end of every connection. */
  readonly isEmulatorLocal: boolean;
  /** Broker host. */
  readonly host: string;
}

export interface MachineLimits {
  readonly platform: NodeJS.Platform;
  /** Open files of one process. */
  readonly openFiles: number;
  /** Ports of one source address that may be open to the same destination at once. */
  readonly ephemeralPorts: number;
}

/** A limit that is too low, with what to do about it. */
export interface LimitProblem {
  readonly limit: 'open files' | 'ephemeral ports';
  readonly message: string;
  readonly needed: number;
  readonly available: number;
  readonly hint: string;
}

/** More would do, but a garbage collection or a reconnect storm must not stall everyone. */
const connectionsPerAgentMax = 15_000;

/** Files a process holds beside its connections: modules, threads, event loops, IPC, HTTP. */
const ownFiles = 200;

/** IANA's dynamic range, for systems that do not tell theirs. */
const ianaEphemeralPorts = 16_384;

/** Linux answers on all of 127.0.0.0/8, so eight source addresses make eight times the ports. */
const loopbackAddresses = Array.from({ length: 8 }, (_, index) => `127.0.0.${index + 2}`);

export function readMachineLimits(): MachineLimits {
  return {
    platform: process.platform,
    openFiles: readOpenFiles(),
    ephemeralPorts: readEphemeralPorts(),
  };
}

/** How many agent processes hold so many things. */
export function agentsNeeded(things: number, limits: MachineLimits): number {
  const perAgent = Math.min(connectionsPerAgentMax, limits.openFiles - ownFiles);
  return Math.max(1, Math.ceil(things / Math.max(1, perAgent)));
}

/** Source addresses to spread connections over; empty to let the system choose. */
export function chooseLocalAddresses(host: string, limits: MachineLimits): readonly string[] {
  // `localhost` may be ::1, to which an IPv4 source address cannot connect.
  const isLoopback = isIPv4(host) && host.startsWith('127.');
  return isLoopback && limits.platform === 'linux' ? loopbackAddresses : [];
}

/** Every limit that the fleet would hit, before the first socket is opened. */
export function findLimitProblems(needs: FleetNeeds, limits: MachineLimits): LimitProblem[] {
  const connectionsPerAgent = Math.ceil(needs.things / needs.agents);
  const sources = Math.max(1, chooseLocalAddresses(needs.host, limits).length);
  const problems = [
    openFilesProblem('each agent', connectionsPerAgent, limits),
    needs.isEmulatorLocal ? openFilesProblem('the emulator', needs.things, limits) : undefined,
    portsProblem(needs.things, sources, limits),
  ];
  return problems.filter((problem) => problem !== undefined);
}

function openFilesProblem(
  who: string,
  connections: number,
  limits: MachineLimits,
): LimitProblem | undefined {
  const needed = connections + ownFiles;
  if (needed <= limits.openFiles) return undefined;
  return {
    limit: 'open files',
    message: `${who} needs ${needed} open files for ${connections} connections, but a process may have ${limits.openFiles}`,
    needed,
    available: limits.openFiles,
    hint: `raise the limit with \`ulimit -n ${needed}\` (hard limit: /etc/security/limits.conf), or run at most ${Math.max(0, limits.openFiles - ownFiles)} things`,
  };
}

function portsProblem(
  things: number,
  sources: number,
  limits: MachineLimits,
): LimitProblem | undefined {
  const available = limits.ephemeralPorts * sources;
  if (things <= available) return undefined;
  return {
    limit: 'ephemeral ports',
    message: `${things} connections to one broker need as many ports, but ${sources} source address${sources === 1 ? ' has' : 'es have'} ${available}`,
    needed: things,
    available,
    hint: `widen the range (Linux: \`sysctl net.ipv4.ip_local_port_range="1024 65535"\`), or run at most ${available} things`,
  };
}

/** The soft limit; Node has raised it to the hard one when it started. */
function readOpenFiles(): number {
  const row = /^Max open files\s+(\S+)/m.exec(readText('/proc/self/limits'));
  return asCount(row?.[1] ?? reportedOpenFiles());
}

function reportedOpenFiles(): unknown {
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
  return report.userLimits?.open_files?.soft;
}

function readEphemeralPorts(): number {
  const [from, to] = readText('/proc/sys/net/ipv4/ip_local_port_range').split(/\s+/).map(Number);
  return from === undefined || to === undefined ? ianaEphemeralPorts : to - from + 1;
}

/** `unlimited`, or nothing to be known, is no limit. */
function asCount(value: unknown): number {
  const count = Number(value);
  return Number.isNaN(count) ? Number.POSITIVE_INFINITY : count;
}

/** Empty where there is no such file: not Linux. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
