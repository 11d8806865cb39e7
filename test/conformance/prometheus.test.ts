import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { figures } from '../../src/metrics/catalog.ts';
import { latencyBounds } from '../../src/metrics/classic-histogram.ts';
import { seriesBudget } from '../../src/metrics/metric-labels.ts';
import { runMetrics } from '../../src/metrics/prometheus.ts';
import { executionBounds } from '../../src/metrics/run-facts.ts';
import { figuresOf } from '../../src/report/figures.ts';
import { readSummary } from '../support/cli.ts';
import {
  missing,
  type PrometheusServer,
  promtool,
  startPrometheus,
  startPushgateway,
} from '../support/prometheus.ts';
import { type Rehearsal, rehearse } from '../support/rehearsal.ts';

const scenario = join(import.meta.dirname, 'prometheus.yaml');
const rules = join(import.meta.dirname, '../../deploy/prometheus');
const outDir = mkdtempSync(join(tmpdir(), 'fleetrig-'));
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

let started: Rehearsal | undefined;
/** One run is enough for all that is asked here; the first test says where else it sends its metrics. */
function rehearsal(flags: readonly string[] = []): Rehearsal {
  started ??= rehearse(scenario, outDir, flags);
  return started;
}

async function scrape(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

/** Scrapes until the text says so. */
async function scrapeUntil(port: number, pattern: RegExp): Promise<string> {
  for (;;) {
    const text = await scrape(port);
    if (pattern.test(text)) return text;
    await pause(200);
  }
}

/** How many series `promtool` counts. It exits with 0 and says nothing where it finds no fault. */
function expectClean(text: string): number {
  expect(promtool(['check', 'metrics'], text)).toEqual({ code: 0, stdout: '', stderr: '' });
  const { stdout } = promtool(['check', 'metrics', '--extended'], text);
  return [...stdout.matchAll(/^\w+ +(\d+) /gm)].reduce((sum, [, count]) => sum + Number(count), 0);
}

it.skipIf(missing('prometheus', 'promtool', 'prometheus-pushgateway'))(
  'a run can be scraped, writes to Prometheus and leaves its end figures at a Pushgateway',
  async () => {
    const receiver = await startPrometheus({ args: ['--web.enable-remote-write-receiver'] });
    const pushgateway = await startPushgateway();
    const write = ['--remote-write', `${receiver.url}/api/v1/write`];
    const { listening, done } = rehearsal([...write, '--pushgateway', pushgateway]);
    const ports = await listening;

    const text = await scrapeUntil(ports.run, /^fleetrig_rollout_notified_things_total.* [1-9]/m);
    for (const each of [text, await scrape(ports.emulator)]) {
      const series = expectClean(each);
      expect(series).toBeGreaterThan(100);
      expect(series).toBeLessThanOrEqual(seriesBudget);
    }
    await scrapeUntil(ports.run, /^fleetrig_run_verdict\{verdict="passed"\} 1$/m);
    const { jobs, operations } = readSummary(await done);

    const last = async (expr: string) => (await receiver.query(expr))[0]?.points[0]?.[1];
    const ofRun = '{job="fleetrig",run_id="rehearsal"}';
    expect(await last(`fleetrig_rollout_notified_things_total${ofRun}`)).toBe(jobs[0]?.notified);
    expect(await last(`sum(fleetrig_operation_duration_seconds_count${ofRun})`)).toBe(
      operations.reduce((sum, { count }) => sum + count, 0),
    );
    expect(
      await last(`sum(changes(fleetrig_simulated_seconds_total${ofRun}[1m]))`),
    ).toBeGreaterThan(3);
    const kept = await (await fetch(`${pushgateway}/metrics`)).text();
    const own = '[^}]*job="fleetrig",[^}]*run_id="rehearsal"';
    expect(kept).toMatch(new RegExp(`fleetrig_run_verdict{${own},verdict="passed"} 1\n`));
    expect(kept).toMatch(new RegExp(`fleetrig_assertion_passed{assertion="expect-2",${own}} 1\n`));
    expect(kept).toMatch(new RegExp(`push_failure_time_seconds{${own}} 0\n`));
  },
);

it.skipIf(missing('prometheus', 'promtool'))(
  'metrics.om makes a database that answers as the report does',
  async () => {
    const folder = await rehearsal().done;
    const summary = readSummary(folder);
    const at = Date.parse(summary.run.endedAt) / 1000 + 1;

    const prometheus = await startPrometheus({ backfill: join(folder, 'metrics.om') });

    for (const [name, { example }] of Object.entries(runMetrics)) {
      await expect(prometheus.query(example, at), name).resolves.toBeInstanceOf(Array);
    }
    const asked = new Set<string>();
    for (const [name, value] of figuresOf(summary)) {
      const question = questionOf(name);
      if (question === undefined) continue;
      asked.add(question.pattern);
      await expectFigure(prometheus, at, { ...question, name, value: Number(value) });
    }
    const exported = figures.filter(({ promql }) => promql !== undefined);
    expect([...asked].sort()).toEqual(exported.map(({ pattern }) => pattern).sort());
  },
);

interface Question {
  readonly pattern: string;
  readonly promql: string;
  /** Where only the bucket is known that the figure falls in: the bounds, in the figure's unit. */
  readonly bounds?: readonly number[];
}

async function expectFigure(
  prometheus: PrometheusServer,
  at: number,
  { promql, bounds, name, value }: Question & { readonly name: string; readonly value: number },
): Promise<void> {
  const [series, ...others] = await prometheus.query(promql, at);
  // A device can tell few statuses, and few codes come up for each operation: those have series.
  const answer = series?.points[0]?.[1] ?? (value === 0 ? 0 : Number.NaN);
  expect(others, promql).toEqual([]);
  if (bounds === undefined) {
    expect(answer, `${name}: ${promql}`).toBeCloseTo(value, 6);
    return;
  }
  const bucketOf = (figure: number) => {
    const index = bounds.findIndex((bound) => figure <= bound);
    return index < 0 ? bounds.length - 1 : index;
  };
  // The report tells the upper end of a cell, which a bound may run through.
  expect([bucketOf(value), bucketOf(value * 0.998)], `${name}: ${promql}`).toContain(
    bucketOf(answer),
  );
}

const placeholders = (pattern: string) => pattern.split('<').length;
/** Those that name more come first: `executions.total` is no status. */
const figuresByName = figures.toSorted((a, b) => placeholders(a.pattern) - placeholders(b.pattern));

/** What to ask Prometheus for a figure; undefined where no series tells it. */
function questionOf(name: string): Question | undefined {
  const segments = name.split('.');
  for (const { pattern, promql } of figuresByName) {
    const parts = pattern.split('.');
    const isIt =
      parts.length === segments.length &&
      parts.every((part, index) => part.startsWith('<') || part === segments[index]);
    if (!isIt) continue;
    if (promql === undefined) return undefined;
    const words = parts.map((part, index) => [part, segments[index] ?? ''] as const);
    const filled = words.reduce((text, [part, word]) => text.replaceAll(part, word), promql);
    if (!filled.includes('<quantile>')) return { pattern, promql: filled };
    const nines = /^p(\d+)$/.exec(segments.at(-1) ?? '')?.[1];
    if (nines === undefined) return undefined;
    const bounds = pattern.startsWith('latency')
      ? latencyBounds.map((s) => s * 1000)
      : executionBounds;
    return { pattern, promql: filled.replace('<quantile>', `0.${nines}`), bounds };
  }
  return undefined;
}

it.skipIf(missing('promtool'))('the alert rules hold what their tests say', () => {
  const checked = promtool(['check', 'rules', join(rules, 'alerts.yml')]);
  const tested = promtool(['test', 'rules', join(rules, 'alerts.test.yml')]);

  expect(checked).toMatchObject({ code: 0, stderr: '' });
  expect(tested, tested.stderr).toMatchObject({ code: 0 });
});
