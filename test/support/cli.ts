import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Summary } from '../../src/report/summary.ts';

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly process: ChildProcess;
  readonly done: Promise<CliResult>;
  /** What it has written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves once stderr or stdout matches; rejects when the process ends first. */
  readonly saw: (pattern: RegExp) => Promise<void>;
}

/** Starts the built command as a user would, not on GitHub; killed when the test ends. */
export function startCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningCli {
  const child = spawn(process.execPath, ['dist/cli/bin.js', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GITHUB_ACTIONS: '', LC_ALL: 'C.UTF-8', NO_COLOR: '1', ...env },
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  const wake = () => {
    for (const watcher of watchers) watcher();
  };
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    wake();
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
    wake();
  });
  const done = new Promise<CliResult>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  onTestFinished(() => {
    if (child.exitCode === null) child.kill('SIGKILL');
  });
  return {
    process: child,
    done,
    stdout: () => stdout,
    stderr: () => stderr,
    saw: (pattern) =>
      new Promise((resolve, reject) => {
        const watcher = () => {
          if (!pattern.test(stdout + stderr)) return;
          watchers.delete(watcher);
          resolve();
        };
        watchers.add(watcher);
        watcher();
        void done.then(() => reject(new Error(`ended before ${pattern}:\n${stderr}`)));
      }),
  };
}

export function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  return startCli(args, env).done;
}

/** A folder that is gone when the test has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleetrig-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The report of a run folder, checked against its schema. */
export function readSummary(folder: string): Summary {
  return Summary.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));
}
