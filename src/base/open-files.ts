import { readFileSync } from 'node:fs';

/** Files a process holds beside its connections: modules, threads, event loops, IPC, HTTP. */
export const ownFiles = 200;

/** How many files, sockets included, this process may have open: Node has raised the soft limit to the hard one. */
export function readOpenFiles(): number {
  const row = /^Max open files\s+(\S+)/m.exec(readLimits());
  return asCount(row?.[1] ?? reportedOpenFiles());
}

function reportedOpenFiles(): unknown {
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
  return report.userLimits?.open_files?.soft;
}

/** Empty where there is no such file: not Linux. */
function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}

/** `unlimited`, or nothing to be known, is no limit. */
function asCount(value: unknown): number {
  const count = Number(value);
  return Number.isNaN(count) ? Number.POSITIVE_INFINITY : count;
}
