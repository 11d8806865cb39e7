import { readFileSync } from 'node:fs';

/** What a process of this machine has used up to now, and holds. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** Linux's, whatever the machine. */
const ticksPerSecond = 100;

/** From /proc, to 10 ms: a process's own reports are a second old. */
export function readProcess(pid: number): ProcessUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field, a name in brackets, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
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
