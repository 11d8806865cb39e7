import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { figures as catalogue, findFigure } from '../../../src/metrics/catalog.ts';
import { type ComparedFigure, compareSummaries } from '../../../src/report/compare.ts';
import { directions } from '../../../src/report/compare-direction.ts';
import { namesIn } from '../../../src/report/compare-names.ts';
import type { Summary } from '../../../src/report/summary.ts';
import { latenciesOf, measuredOperation } from '../../support/measured.ts';
import { assertionOf, jobOf, operationOf, summaryOf } from '../../support/summaries.ts';

const measured = latenciesOf(seededRandom('measured'), 5000, 200_000);
const base = summaryOf({
  operations: [measuredOperation(measured, { errors: { VersionMismatch: 2, LOST: 1 } })],
});
const slower = summaryOf({
  operations: [measuredOperation(measured.map((us) => Math.round(us * 1.2)))],
});

function figureOf(before: Summary, after: Summary, name: string): ComparedFigure {
  const found = compareSummaries(before, after).figures.find((figure) => figure.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

function simulated(overrides: Partial<Summary> = {}): Summary {
  const { environment } = summaryOf();
  return summaryOf({ environment: { ...environment, target: 'simulation' }, ...overrides });
}

function withExecutions(failed: number): Partial<Summary> {
  const job = jobOf();
  return { jobs: [{ ...job, executions: { ...job.executions, FAILED: failed } }] };
}

it('a run compared with itself is the same in every figure, and says so', () => {
  const { figures, outcome, relation, expectations, warnings } = compareSummaries(base, base);

  expect(new Set(figures.map(({ change }) => change))).toEqual(new Set(['same']));
  expect(outcome.equal).toBe(outcome.figures);
  expect(outcome.figures).toBeGreaterThan(20);
  expect({ relation, expectations, warnings }).toEqual({
    relation: 'same plan',
    expectations: [],
    warnings: [],
  });
});

it('compares every figure that either run has, by its name in the catalogue', () => {
  const { figures } = compareSummaries(base, slower);
  const patterns = new Set(figures.map(({ figure }) => figure.pattern));

  expect(catalogue.filter(({ pattern }) => !patterns.has(pattern))).toEqual([]);
});

it('a fifth slower is worse, at every percentile that enough samples bound', () => {
  const changes = compareSummaries(base, slower).figures.filter(({ change }) => change === 'worse');

  expect(changes.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['latency.update.p50', 'latency.update.p90', 'latency.update.p99']),
  );
  expect(figureOf(base, slower, 'latency.update.p50')).toMatchObject({ change: 'worse' });
  expect(figureOf(base, slower, 'latency.update.p50').percent).toBeCloseTo(20, 0);
  expect(figureOf(slower, base, 'latency.update.p50')).toMatchObject({ change: 'better' });
  expect(figureOf(base, slower, 'latency.update.max')).toMatchObject({ change: 'unknown' });
});

it('a latency is no more precise than the tool that took it', () => {
  const { harness } = summaryOf();
  const late = { ...harness, scheduleDelayMs: { p99: 300, max: 900 } };
  const behind = { ...slower, harness: late };

  expect(figureOf(base, behind, 'latency.update.p50')).toMatchObject({
    change: 'noise',
    reason: expect.stringContaining('300 ms late'),
  });
  // From when it was sent, only the event loops count.
  expect(figureOf(base, behind, 'latency.update.fromSend.p50')).toMatchObject({ change: 'worse' });
});

it('samples that come in lumps bound nothing', () => {
  const [operation = operationOf()] = slower.operations;
  const rows = [
    [1, 2500, 100_000, 200_000, 300_000],
    [2, 2500, 600_000, 900_000, 990_000],
  ];
  const lumpy = { ...operation, overTime: { ...operation.overTime, rows } };

  expect(figureOf(base, { ...slower, operations: [lumpy] }, 'latency.update.p50')).toMatchObject({
    change: 'unknown',
    reason: 'too few samples',
  });
});

it('few samples cannot tell', () => {
  const few = (factor: number) =>
    summaryOf({ operations: [measuredOperation(measured.slice(0, 50).map((us) => us * factor))] });

  expect(figureOf(few(1), few(2), 'latency.update.p99')).toMatchObject({ change: 'unknown' });
});

it('in virtual time every difference is real, one thing or a second', () => {
  const before = simulated(withExecutions(109));
  const after = simulated(withExecutions(110));
  const later = simulated({ jobs: [{ ...jobOf(), endedAt: 386 }] });

  expect(figureOf(before, after, 'jobs.fw-1-4.executions.FAILED')).toMatchObject({
    change: 'worse',
    difference: 1,
  });
  expect(figureOf(before, later, 'jobs.fw-1-4.duration')).toMatchObject({ change: 'changed' });
});

it('of live runs with the same draws, only things at the mercy of timing may differ', () => {
  // The predictions of both count 30 such things.
  const before = summaryOf(withExecutions(100));

  expect(
    figureOf(before, summaryOf(withExecutions(160)), 'jobs.fw-1-4.executions.FAILED'),
  ).toMatchObject({ change: 'noise' });
  expect(
    figureOf(before, summaryOf(withExecutions(161)), 'jobs.fw-1-4.executions.FAILED'),
  ).toMatchObject({ change: 'worse' });
});

it('under other draws, counts may differ by chance, unless an abort decided them', () => {
  const completed = (seed: string, failed: number) => {
    const job = { ...jobOf(), abort: { criteria: [] } };
    const executions = { ...job.executions, FAILED: failed };
    return summaryOf({ run: { ...summaryOf().run, seed }, jobs: [{ ...job, executions }] });
  };
  const name = 'jobs.fw-1-4.executions.FAILED';

  expect(figureOf(completed('1', 100), completed('2', 140), name).change).toBe('noise');
  expect(figureOf(completed('1', 100), completed('2', 160), name).change).toBe('worse');
  const aborted = summaryOf({ run: { ...summaryOf().run, seed: '2' }, ...withExecutions(160) });
  expect(figureOf(completed('1', 100), aborted, name).change).toBe('unknown');
});

it('words change, claims get better or worse, and neither is ever noise', () => {
  const job = { ...jobOf(), status: 'COMPLETED' };
  const { harness } = summaryOf();
  const after = summaryOf({ jobs: [job], harness: { ...harness, trusted: false } });

  expect(figureOf(base, after, 'jobs.fw-1-4.status')).toMatchObject({ change: 'changed' });
  expect(figureOf(base, after, 'harness.trusted')).toMatchObject({ change: 'worse' });
  expect(figureOf(after, base, 'harness.trusted')).toMatchObject({ change: 'better' });
});

it('a figure of one run is told as such; a code that never came up was counted', () => {
  const without = summaryOf({ operations: [operationOf({ errors: {} })], jobs: [] });

  expect(figureOf(base, without, 'jobs.fw-1-4.notified')).toMatchObject({ change: 'only-base' });
  expect(figureOf(without, base, 'jobs.fw-1-4.notified')).toMatchObject({ change: 'only-head' });
  expect(figureOf(summaryOf(), without, 'operations.update.errors.VersionMismatch')).toMatchObject({
    base: 2,
    head: 0,
  });
});

it('tells which expectations came out otherwise', () => {
  const held = assertionOf();
  const missed = assertionOf({ result: 'failed', actual: 'COMPLETED' });
  const other = assertionOf({ expr: 'fleet.things == 1500' });

  expect(
    compareSummaries(summaryOf({ assertions: [held, other] }), summaryOf({ assertions: [missed] }))
      .expectations,
  ).toEqual([
    { expr: held.expr, base: held, head: missed },
    { expr: other.expr, base: other, head: undefined },
  ]);
});

it.each<[string, Partial<Summary>, RegExp]>([
  ['seed', { run: { ...summaryOf().run, seed: '43' } }, /seed 42 and seed 43/],
  ['scenario', { scenario: { ...summaryOf().scenario, name: 'other' } }, /two scenarios/],
  [
    'settings',
    { scenario: { ...summaryOf().scenario, resolved: { name: 'canary', jobs: [{ at: 5 }] } } },
    /a setting differs/,
  ],
  [
    'target',
    { environment: { ...summaryOf().environment, target: 'endpoint' } },
    /target emulator and target endpoint/,
  ],
  [
    'clock',
    { environment: { ...summaryOf().environment, clockScale: 60 } },
    /clock scale 10 and 60/,
  ],
  ['machine', { environment: { ...summaryOf().environment, cpus: 64 } }, /not the same CPUs/],
  ['trust', { harness: { ...summaryOf().harness, trusted: false } }, /head is not to be trusted/],
  ['end', { run: { ...summaryOf().run, verdict: 'interrupted' } }, /head was broken off/],
])('warns when the %s differs', (_, overrides, warning) => {
  const { warnings } = compareSummaries(summaryOf(), summaryOf(overrides));

  expect(warnings).toEqual([expect.stringMatching(warning)]);
});

it.each([
  ['fleet', { fleet: { things: 2 } }, 'other draws'],
  ['jobs', { jobs: [{ at: 1 }] }, 'same draws'],
  ['workers', { fleet: { things: 1, workers: 4 } }, 'same plan'],
  ['expect', { expect: ['a'] }, 'same plan'],
])('knows what a change of %s decides', (_, change, relation) => {
  const resolved = { fleet: { things: 1 }, jobs: [], expect: [] };
  const withSettings = (settings: Readonly<Record<string, unknown>>) =>
    summaryOf({ scenario: { ...summaryOf().scenario, resolved: settings } });

  expect(
    compareSummaries(withSettings(resolved), withSettings({ ...resolved, ...change })).relation,
  ).toBe(relation);
});

it('a histogram that cannot be read is an error of the file, not a crash', () => {
  const damaged = summaryOf({ operations: [operationOf({ hdrBase64: 'AAAA' })] });

  expect(() => compareSummaries(base, damaged)).toThrow('the histogram of update cannot be read');
});

it('every direction is about figures of the catalogue', () => {
  const known = { ...namesIn([base]), cohort: ['x'], job: ['x'], errorCode: ['x'] };
  const sample: Readonly<Record<string, readonly string[]>> = {
    jobs: ['x'],
    cohorts: ['x'],
    latency: ['update'],
    operations: ['update', 'x'],
    workSeconds: ['p50'],
    scheduleDelay: ['p99'],
    eventLoopDelay: ['max'],
    errors: ['x'],
  };
  const filled = (pattern: string) =>
    pattern
      .replace('**', '*.p50')
      .split('.')
      .map((part, index, parts) =>
        part === '*' ? (sample[parts[index - 1] ?? '']?.[0] ?? '') : part,
      )
      .join('.');
  const unknown = Object.values(directions)
    .flat()
    .filter((pattern) => !findFigure(filled(pattern), known).ok);

  expect(unknown).toEqual([]);
});
