import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readReport } from '../src/report/read-report.ts';
import type { Summary } from '../src/report/summary.ts';
import { renderDerived } from '../src/report/write-report.ts';
import type { Figure } from './table.ts';

const repeats = Number(process.env['FLEETRIG_BENCH_REPEATS'] ?? 5);

const scenario = `
name: cost
clock: { scale: 20 }
stop: { after: 8m }
fleet:
  things: 5000
  group: all
  connect: { perSecond: 1000 }
  profile: { outcome: { succeed: 98%, fail: 2% }, work: 40s, progress: { steps: 3 } }
jobs:
  - create:
      jobId: fw
      document: {}
      jobExecutionsRolloutConfig: { maximumPerMinute: 1000 }
      abortConfig: { criteriaList: [ { failureType: FAILED, action: CANCEL, thresholdPercentage: 50, minNumberOfExecutedThings: 100 } ] }
`;

/** CPU seconds of a command and all it started, in the first file; its terminal stays its own. */
const timed = `TIMEFORMAT='%U %S'; exec 3>&2; file=$1; shift; { time "$@" 2>&3; } 2>"$file"`;

interface Cost {
  /** Coordinator and agents, in CPU seconds. */
  readonly harness: number;
  /** Of that, making the pages and files out of what was measured. */
  readonly report: number;
}

/**
 * What it costs to watch a run of 5,000 things: on a terminal that draws frames, with metrics that are
 * scraped every second, and with a report, against `--quiet`. By turns, so that a busy machine harms
 * both alike. Needs bash and util-linux's script.
 */
export async function benchCost(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fleetrig-cost-'));
  try {
    const file = join(folder, 'cost.yaml');
    writeFileSync(file, scenario);
    const quiet: Cost[] = [];
    const watched: Cost[] = [];
    for (let round = 0; round < repeats; round++) {
      quiet.push(await runQuiet(file, folder, `quiet-${round}`));
      watched.push(await runWatched(file, folder, `watched-${round}`));
    }
    const report = median([...quiet, ...watched].map((cost) => cost.report));
    const bare = median(quiet.map(({ harness }) => harness));
    const full = median(watched.map(({ harness }) => harness));
    return [
      { name: 'coordinator and agents, --quiet', value: bare, unit: 'CPU s' },
      { name: 'the same with terminal and scraped metrics', value: full, unit: 'CPU s' },
      { name: 'report', value: report, unit: 'CPU s' },
      { name: 'terminal and metrics on top', value: 100 * (full / bare - 1), unit: '%' },
      {
        name: 'terminal, metrics and report on top',
        value: 100 * (full / (bare - report) - 1),
        unit: '%',
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runQuiet(file: string, folder: string, runId: string): Promise<Cost> {
  const cpuFile = join(folder, `${runId}.cpu`);
  const command = [...cliCommand(file, folder, runId), '--quiet'];
  await ended(spawn('bash', ['-c', timed, 'timed', cpuFile, ...command], { stdio: 'inherit' }));
  return costOf(cpuFile, join(folder, runId));
}

async function runWatched(file: string, folder: string, runId: string): Promise<Cost> {
  const cpuFile = join(folder, `${runId}.cpu`);
  const port = await freePort();
  const command = [...cliCommand(file, folder, runId), '--metrics-port', String(port)];
  const inTerminal = `stty cols 100 rows 40; bash -c ${quoted(timed)} timed ${[cpuFile, ...command].map(quoted).join(' ')}`;
  const { CI: _, ...env } = process.env;
  const child = spawn('script', ['-qfec', inTerminal, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' },
  });
  let frames = 0;
  let scrapes = 0;
  child.stdout?.on('data', (data: Buffer) => {
    frames += data.toString('latin1').split('\u001b[?2026h').length - 1;
  });
  const scraper = setInterval(() => {
    fetch(`http://127.0.0.1:${port}/metrics`)
      .then((response) => response.text())
      .then(
        () => scrapes++,
        // Not up yet, or no longer.
        () => undefined,
      );
  }, 1000);
  await ended(child).finally(() => clearInterval(scraper));
  if (frames < 20 || scrapes < 5) throw new Error(`${frames} frames, ${scrapes} scrapes: too few`);
  return costOf(cpuFile, join(folder, runId));
}

function cliCommand(file: string, folder: string, runId: string): string[] {
  return [
    ...[process.execPath, 'dist/cli/bin.js', 'run', file],
    ...['--out', folder, '--run-id', runId],
  ];
}

async function costOf(cpuFile: string, folder: string): Promise<Cost> {
  const { summary } = await readReport(folder);
  if (summary.jobs[0]?.notified !== 5000) throw new Error('not everything was done');
  const [user = 0, system = 0] = readFileSync(cpuFile, 'utf8').trim().split(/\s+/).map(Number);
  const emulator = summary.harness.cpuSeconds.emulator ?? 0;
  return { harness: user + system - emulator, report: await reportSeconds(summary) };
}

async function reportSeconds(summary: Summary): Promise<number> {
  const before = process.cpuUsage();
  await renderDerived({ write: async () => undefined }, summary);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Exit code 98 only means that the machine was busy. */
async function ended(child: ChildProcess): Promise<void> {
  const code = await new Promise((resolve, reject) => {
    child.once('close', resolve).once('error', reject);
  });
  if (code !== 0 && code !== 98) throw new Error(`the run ended with ${code}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
