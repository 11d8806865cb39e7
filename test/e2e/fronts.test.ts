import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../support/broker.ts';
import { temporaryFolder } from '../support/cli.ts';

const scenario = `
name: fronts
seed: 1
target: emulator
clock: { scale: 60 }
stop: { after: 10m }
harness: { scheduleDelayP99Max: 60s, eventLoopDelayP99Max: 60s }
fleet:
  things: 700
  group: all
  cohorts: [{ name: all, share: 100%, profile: { outcome: succeed, work: { uniform: [1m, 2m] } } }]
jobs: [{ create: { jobId: all, document: {} } }]
expect: [jobs.all.executions.SUCCEEDED == 700]
`;

/** A run of more things than a process may have open files. */
function runWithFewFiles() {
  const folder = temporaryFolder();
  const file = join(folder, 'fronts.yaml');
  writeFileSync(file, scenario);
  const command = `ulimit -n 600 && exec "$0" dist/cli/bin.js run "$1" --out "$2" --run-id run`;
  const child = spawn('bash', ['-c', command, process.execPath, file, folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const done = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    pid: child.pid ?? 0,
    done,
    stderr: text(child.stderr),
    report: () => JSON.parse(readFileSync(join(folder, 'run/report.json'), 'utf8')),
  };
}

/** The processes below one, by what they run. */
function descendants(pid: number, entry: string): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').match(/\d+/g) ?? [];
    return children.map(Number).flatMap((child) => {
      const isIt = readFileSync(`/proc/${child}/cmdline`, 'utf8').includes(entry);
      return [...(isIt ? [child] : []), ...descendants(child, entry)];
    });
  } catch {
    return [];
  }
}

describe.skipIf(process.platform !== 'linux')('a fleet beyond the open files of a process', () => {
  it('has its emulator start fronts, and all of it ends as it should', async () => {
    const run = runWithFewFiles();
    const fronts = new Set<number>();
    await Promise.race([
      run.done,
      until(() => {
        for (const front of descendants(run.pid, 'front-process')) fronts.add(front);
        return fronts.size === 4;
      }),
    ]);

    expect(await run.done).toBe(0);
    expect(fronts.size).toBe(4);
    expect(run.report()).toMatchObject({ run: { verdict: 'passed' } });
    for (const front of fronts) expect(() => process.kill(front, 0)).toThrow('ESRCH');
  });

  it('cannot pass when a front dies', async () => {
    const run = runWithFewFiles();
    await until(() => descendants(run.pid, 'front-process').length === 4);
    await until(() => descendants(run.pid, 'agent-process').length === 2);

    process.kill(descendants(run.pid, 'front-process')[0] ?? 0, 'SIGKILL');

    expect(await run.done).not.toBe(0);
    expect(await run.stderr).toContain('a front of the emulator ended unexpectedly (SIGKILL)');
    expect(await run.stderr).toContain('the emulator ended unexpectedly');
  });
});
