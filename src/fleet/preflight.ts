import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { ownFiles, readOpenFiles } from '../base/open-files.ts';

/** What a fleet needs of the machine it runs on. */
export interface FleetNeeds {
  readonly things: number;
  readonly agents: number;
  /** One emulator process on this machine holds the other end of every connection: TLS has no fronts. */
  readonly isEmulatorAlone: boolean;
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
const connectionsPerProcessMax = 19_000;

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
  return processesFor(things, limits.openFiles - ownFiles);
}

/** How many fronts an emulator of ours needs for so many; none while its own process holds them all. */
export function frontsNeeded(things: number, { openFiles }: MachineLimits): number {
  return things + ownFiles <= openFiles ? 0 : processesFor(things, openFiles - 2 * ownFiles);
}

function processesFor(things: number, roomInOne: number): number {
  return Math.max(
    1,
    Math.ceil(things / Math.max(1, Math.min(connectionsPerProcessMax, roomInOne))),
  );
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
    needs.isEmulatorAlone ? openFilesProblem('the emulator', needs.things, limits) : undefined,
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

function readEphemeralPorts(): number {
  const [from, to] = readText('/proc/sys/net/ipv4/ip_local_port_range').split(/\s+/).map(Number);
  return from === undefined || to === undefined ? ianaEphemeralPorts : to - from + 1;
}

/** Empty where there is no such file: not Linux. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
