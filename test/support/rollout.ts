import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCli, temporaryFolder } from './cli.ts';

/** A small scenario that passes; tests bend it with `--set`. */
export const rollout = 'test/e2e/rollout.yaml';

/** Runs the small scenario with overrides, into a folder of its own. */
export function runRollout(...args: readonly string[]) {
  const out = temporaryFolder();
  const cli = startCli(['run', rollout, '--out', out, '--run-id', 'run', ...args]);
  return { ...cli, folder: join(out, 'run') };
}

/** The child processes of a run: its emulator, then its agents. */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim().split(/\s+/).map(Number);
}
