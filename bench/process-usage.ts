import { readdirSync, readFileSync } from 'node:fs';

/** What a process of this machine has used up to now, and holds. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** Linux's, whatever the machine. */
const ticksPerSecond = 100;

/** From /proc, to 10 ms: a process's own reports are a second old. */
export function readProcess(pid: number): ProcessUsage {
  const fields = readFields(pid);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    rssBytes: 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]),
  };
}

export function readProcesses(pids: readonly number[]): ProcessUsage {
  const usages = pids.map(readProcess);
  return {
    cpuSeconds: usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    rssBytes: usages.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
  };
}

/** A process and all that it has started, and those in turn. */
export function familyOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const child = Number(entry);
    const parent = Number.isInteger(child) ? parentOf(child) : undefined;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const from = (member: number): number[] => [
    member,
    ...(children.get(member) ?? []).flatMap(from),
  ];
  return from(pid);
}

/** Undefined when it has just ended. */
function parentOf(pid: number): number | undefined {
  try {
    return Number(readFields(pid)[1]);
  } catch {
    return undefined;
  }
}

/** The fields of a process's `stat` from the third on: the second, a name in brackets, may hold anything. */
function readFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
