import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeFromCompressedBase64, JsHistogram } from 'hdr-histogram-js';
import { afterAll, expect, it } from 'vitest';
import { latencyBounds } from '../../src/metrics/classic-histogram.ts';
import { readSummary } from '../support/cli.ts';
import {
  type Choices,
  type DashboardJson,
  questionsOf,
  readDashboard,
  substitute,
} from '../support/dashboards.ts';
import {
  missing,
  type PrometheusServer,
  promtool,
  startPrometheus,
} from '../support/prometheus.ts';
import { type Rehearsal, rehearse } from '../support/rehearsal.ts';

const root = join(import.meta.dirname, '../..');
const scenario = join(import.meta.dirname, 'dashboards.yaml');
const outDir = mkdtempSync(join(tmpdir(), 'fleetrig-'));
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

let started: Rehearsal | undefined;
/** One run is enough for all that is asked here. */
function rehearsal(): Rehearsal {
  started ??= rehearse(scenario, outDir);
  return started;
}

/** What a dashboard asks and gets no figure for, asked as Grafana does with all of the run chosen. */
async function unanswered(
  dashboard: DashboardJson,
  prometheus: PrometheusServer,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<string[]> {
  const choices: Choices = { rangeSeconds: Math.ceil(end - start), stepSeconds: 1 };
  const empty: string[] = [];
  for (const { where, expr, isInstant } of questionsOf(dashboard)) {
    const query = substitute(expr, choices);
    const series = isInstant
      ? await prometheus.query(query, end)
      : await prometheus.queryRange(query, { start, end, step: 1 });
    const hasFigure = series.some(({ points }) =>
      points.some(([, value]) => Number.isFinite(value)),
    );
    if (!hasFigure) empty.push(`${where}: ${query}`);
  }
  return empty;
}

it.skipIf(missing('prometheus', 'promtool'))(
  'every panel, variable and annotation has an answer from a run that was scraped',
  async () => {
    const start = Date.now() / 1000;
    const { listening, done } = rehearsal();
    const ports = await listening;
    const prometheus = await startPrometheus({
      scrape: { 'fleetrig-run': ports.run, 'fleetrig-emulator': ports.emulator },
    });
    await done;
    const time = { start, end: Date.now() / 1000 };
    // The last scrape was answered; Prometheus takes a moment more to store it.
    const verdict = () => prometheus.query('fleetrig_run_verdict', time.end);
    await expect.poll(verdict, { timeout: 10_000, interval: 100 }).not.toEqual([]);

    for (const file of ['fleetrig-run.json', 'fleetrig-emulator.json']) {
      expect(await unanswered(readDashboard(file), prometheus, time), file).toEqual([]);
    }
  },
);

it.skipIf(missing('prometheus', 'promtool'))(
  'and from the same run back-filled from its folder, with the figures of its report',
  async () => {
    const folder = await rehearsal().done;
    const { run, operations, jobs } = readSummary(folder);
    const prometheus = await startPrometheus({ backfill: join(folder, 'metrics.om') });
    const time = {
      start: Date.parse(run.startedAt) / 1000,
      end: Date.parse(run.endedAt) / 1000 + 1,
    };
    const dashboard = readDashboard('fleetrig-run.json');
    const ask = (where: string) => lastAnswer(dashboard, where, prometheus, time);

    expect(await unanswered(dashboard, prometheus, time)).toEqual([]);
    expect(await ask('Notified A')).toEqual({ '': jobs[0]?.notified });
    expect(await ask('Succeeded A')).toEqual({ '': jobs[0]?.executions.SUCCEEDED });
    const p99s = await ask('Whole run by operation E');
    const counts = await ask('Whole run by operation A');
    const measured = operations.filter(({ name }) => name !== 'execution');
    expect(measured.length).toBeGreaterThan(2);
    for (const { name, count, corrected, hdrBase64 } of measured) {
      const cell = lowestOfCell(corrected.p99, hdrBase64);
      expect(counts[name], name).toBe(count);
      expect(bucketOf(p99s[name]), name).toBe(bucketOf(cell / 1e6));
    }
  },
);

it.skipIf(missing('promtool'))('the configuration that is shipped is one of Prometheus', () => {
  const checked = promtool(['check', 'config', join(root, 'deploy/prometheus/prometheus.yml')]);

  expect(checked).toMatchObject({ code: 0, stderr: '' });
  expect(checked.stdout).toMatch(/SUCCESS: \d+ rules? found/);
});

/** The last figure that a panel shows, by operation where it has one. */
async function lastAnswer(
  dashboard: DashboardJson,
  where: string,
  prometheus: PrometheusServer,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<Record<string, number | undefined>> {
  const question = questionsOf(dashboard).find((each) => each.where === where);
  const choices = { rangeSeconds: Math.ceil(end - start), stepSeconds: 1 };
  const series = await prometheus.query(substitute(question?.expr ?? '', choices), end);
  return Object.fromEntries(
    series.map(({ labels, points }) => [labels['operation'] ?? '', points.at(-1)?.[1]]),
  );
}

/** The cell of a histogram that a bound runs through counts as below that bound. */
function lowestOfCell(us: number, hdrBase64: string): number {
  const histogram = decodeFromCompressedBase64(hdrBase64);
  if (!(histogram instanceof JsHistogram)) throw new Error('not ours');
  return histogram.lowestEquivalentValue(us);
}

/** Which bucket of the histogram a duration falls in: all that a quantile made of it can know. */
function bucketOf(seconds: number | undefined): number {
  return latencyBounds.findIndex((bound) => (seconds ?? Number.NaN) <= bound);
}
