import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './cli.ts';

type Program = 'prometheus' | 'promtool' | 'prometheus-pushgateway';

/** For `it.skipIf(missing('promtool'))`; says which program the test would have needed. */
export function missing(...programs: readonly Program[]): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const absent = programs.filter((name) => !folders.some((dir) => existsSync(join(dir, name))));
  if (absent.length > 0) process.stderr.write(`skipped without ${absent.join(', ')}\n`);
  return absent.length > 0;
}

export interface ToolResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs promtool to its end; `input` goes to its standard input. */
export function promtool(args: readonly string[], input = ''): ToolResult {
  const { status, stdout, stderr } = spawnSync('promtool', args, {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return { code: status, stdout, stderr };
}

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since the epoch, and the value there. */
  readonly points: readonly (readonly [number, number])[];
}

interface QueryRange {
  /** Seconds since the epoch. */
  readonly start: number;
  readonly end: number;
  /** Seconds. */
  readonly step: number;
}

export interface PrometheusServer {
  readonly url: string;
  /** At an instant in seconds since the epoch; now when not given. */
  query(expr: string, at?: number): Promise<readonly Series[]>;
  queryRange(expr: string, range: QueryRange): Promise<readonly Series[]>;
}

export interface PrometheusOptions {
  /** Ports on loopback to scrape `/metrics` of every second, by the `job` they get. */
  readonly scrape?: Readonly<Record<string, number>>;
  /** OpenMetrics file to fill the database from before the start. */
  readonly backfill?: string;
  readonly args?: readonly string[];
}

/** Debian's Prometheus on loopback with a database of its own; both are gone when the test ends. */
export async function startPrometheus({
  scrape = {},
  backfill,
  args = [],
}: PrometheusOptions = {}): Promise<PrometheusServer> {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  mkdirSync(data);
  if (backfill !== undefined) createBlocks(backfill, data);
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    scrape_configs: Object.entries(scrape).map(([job, port]) => ({
      job_name: job,
      static_configs: [{ targets: [`127.0.0.1:${port}`] }],
    })),
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=${address}`,
      ...args,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  endWithTest(child);
  const url = `http://${address}`;
  await answers(child, `${url}/-/ready`);
  return {
    url,
    query: (expr, at) =>
      ask(`${url}/api/v1/query`, { query: expr, ...(at === undefined ? {} : { time: `${at}` }) }),
    queryRange: (expr, { start, end, step }) =>
      ask(`${url}/api/v1/query_range`, {
        query: expr,
        start: `${start}`,
        end: `${end}`,
        step: `${step}`,
      }),
  };
}

/** The address of a Pushgateway that ends with the test. */
export async function startPushgateway(): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn('prometheus-pushgateway', [`--web.listen-address=${address}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  endWithTest(child);
  const url = `http://${address}`;
  await answers(child, `${url}/-/ready`);
  return url;
}

function createBlocks(openMetrics: string, data: string): void {
  const made = promtool(['tsdb', 'create-blocks-from', 'openmetrics', openMetrics, data]);
  if (made.code !== 0) throw new Error(`promtool refuses ${openMetrics}:\n${made.stderr}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function endWithTest(child: ChildProcess): void {
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
}

/** Waits until it does; a process that ended first is told with what it said. */
async function answers(child: ChildProcess, url: string): Promise<void> {
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  while (child.exitCode === null) {
    const response = await fetch(url).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    await pause(50);
  }
  throw new Error(`ended before it answered at ${url}:\n${said}`);
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly resultType: string;
    readonly result: unknown;
  };
}

type RawPoint = readonly [number, string];
type RawSeries = {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: RawPoint;
  readonly values?: readonly RawPoint[];
};

async function ask(url: string, form: Record<string, string>): Promise<readonly Series[]> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  const answer = (await response.json()) as Answer;
  if (answer.status !== 'success') throw new Error(`${form['query']}: ${answer.error}`);
  const numbers = (points: readonly RawPoint[]) =>
    points.map(([at, value]) => [at, Number(value)] as const);
  if (answer.data.resultType === 'scalar') {
    return [{ labels: {}, points: numbers([answer.data.result as RawPoint]) }];
  }
  return (answer.data.result as readonly RawSeries[]).map(({ metric, value, values }) => ({
    labels: metric,
    points: numbers(values ?? (value === undefined ? [] : [value])),
  }));
}
