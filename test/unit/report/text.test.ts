import fc from 'fast-check';
import { expect, it } from 'vitest';
import { textWidth } from '../../../src/base/text-width.ts';
import type { Summary } from '../../../src/report/summary.ts';
import { renderText } from '../../../src/report/text.ts';
import { assertionOf, jobOf, operationOf, summaryOf } from '../../support/summaries.ts';

const plain = {
  columns: 120,
  isUnicode: true,
  style: (_: string, text: string) => text,
  reportPath: 'reports/2026-11-20T21-40-03Z-canary',
};

const missed = assertionOf({
  expr: 'latency.update.p99 < 250ms',
  expected: '< 250ms',
  actual: '312ms',
  result: 'failed',
  line: 34,
});

it('expectations first with actual values, the report path last', () => {
  const lines = renderText(summaryOf({ assertions: [missed, assertionOf()] }), plain);

  expect(lines.slice(0, 3)).toEqual([
    'EXPECTATIONS',
    '  ✗ latency.update.p99 < 250ms: expected < 250ms, got 312ms (scenarios/canary.yaml:34)',
    '  ✓ jobs.fw-1-4.status == CANCELED: CANCELED',
  ]);
  expect(lines.at(-2)).toBe(`  page   ${plain.reportPath}/report.html`);
  expect(lines.at(-1)).toBe(`  report ${plain.reportPath}`);
});

it('tells of a job how far it came and why it stopped', () => {
  const text = renderText(summaryOf(), plain).join('\n');

  for (const part of [
    'CANCELED, 1,320 of 1,500 notified, took 6m24s, ABORT_CRITERIA_MET',
    '967 SUCCEEDED, 109 FAILED, 244 CANCELED',
    'set 50, 100 per minute; at most 104 in any minute',
    'FAILED limit 10% once 100 executed: tripped at 6m25s, 109 of 1,076 executed, 10.13%',
    'TIMED_OUT limit 50% once 10 executed: did not trip',
    'healthy: 1,320 things; 1,100 executions; reported 960 SUCCEEDED, 140 NONE; 955 updated; 5 misreported; 3 unfinished; notice to end p50 40s, p99 3m',
    'Counted are executions',
    '✓ released = terminal + pending: 1320 = 1320 + 0',
    'passed (exit 0): 1 of 1 expectations held, in 42s (6m30s simulated)',
  ]) {
    expect(text.replaceAll(/\n {4}/g, ' ')).toContain(part);
  }
});

it('shows a run beside its prediction', () => {
  const lines = renderText(summaryOf(), plain);
  const heading = lines.findIndex((line) => line.trim().startsWith('predicted'));
  const cells = lines.slice(heading, heading + 10).map((line) => line.trim().split(/ {2,}/));

  expect(cells).toEqual([
    ['predicted', 'observed'],
    ['status', 'CANCELED', 'CANCELED'],
    ['notified', '1,305', '1,320'],
    ['SUCCEEDED', '960', '967'],
    ['FAILED', '107', '109'],
    ['CANCELED', '238', '244'],
    ['took', '6m20s', '6m24s'],
    ['tripped at', '6m21s', '6m25s'],
    ['executed by then', '1,067', '1,076'],
    ['failed by then', '107', '109'],
  ]);
  expect(lines.join('\n').replaceAll(/\n {4}/g, ' ')).toContain(
    'the rollouts are at most 1.25% of the things targeted apart; 1,318 of 1,320 things ended as predicted; 30 could have gone either way, by timing; of the other 1,290, 0 ended otherwise',
  );
});

it('a job that was not predicted has nothing beside it', () => {
  const { rollout } = jobOf();
  const { deviation: _, predicted: __, ...alone } = rollout;
  const job = jobOf({ rollout: alone, predicted: undefined });

  expect(renderText(summaryOf({ jobs: [job] }), plain).join('\n')).not.toMatch(/predicted/);
});

it('the latency table shows both origins, and a dash where nothing was measured', () => {
  const lines = renderText(summaryOf(), plain);
  const heading = lines.findIndex((line) => line.includes('p99 sent'));

  expect(lines[heading]?.trim().split(/ {2,}/)).toEqual([
    'operation',
    'count',
    'errors',
    'p50',
    'p90',
    'p99',
    'p99.9',
    'max',
    'p99 sent',
  ]);
  expect(lines[heading + 1]?.trim().split(/ {2,}/)).toEqual([
    'update',
    '4',
    '3',
    '2ms',
    '250ms',
    '250ms',
    '250ms',
    '250ms',
    '120ms',
  ]);
});

it('leaves executions, which take simulated time, out of the latency in wall time', () => {
  const text = renderText(
    summaryOf({ operations: [operationOf(), operationOf({ name: 'execution' })] }),
    plain,
  ).join('\n');

  expect(text).toContain('LATENCY in wall time, from when an operation was due');
  expect(text).not.toMatch(/^ *execution /m);
});

it('gives the reasons when the figures are not to be trusted', () => {
  const { harness, run } = summaryOf();
  const text = renderText(
    summaryOf({
      run: { ...run, verdict: 'inconclusive', exitCode: 98 },
      harness: { ...harness, trusted: false, reasons: ['schedule delay p99 820ms is above 50ms'] },
    }),
    plain,
  ).join('\n');

  expect(text).toContain('  ! not to be trusted, for the reasons given');
  expect(text).toContain('  ! schedule delay p99 820ms is above 50ms');
  expect(text).toContain('  ! inconclusive (exit 98)');
});

it('tells no schedule delay where simulated time waits for everybody', () => {
  const { environment } = summaryOf();
  const text = renderText(
    summaryOf({ environment: { ...environment, clockScale: 'max' }, operations: [operationOf()] }),
    plain,
  ).join('\n');

  expect(text).toContain('LATENCY in wall time, from when an operation was sent');
  expect(text).toContain('no schedule delay');
  expect(text).not.toContain('schedule delay p99');
});

const operation = operationOf();
const anyText = fc.string({ unit: 'grapheme', maxLength: 200 });
const anySummary: fc.Arbitrary<Summary> = fc
  .record({
    expr: anyText,
    actual: anyText,
    cohort: anyText,
    name: fc.stringMatching(/^[a-z]{1,60}$/),
  })
  .map(({ expr, actual, cohort, name }) =>
    summaryOf({
      assertions: [assertionOf({ expr, actual, result: 'failed' }), missed],
      jobs: [jobOf({ reasonCode: actual })],
      operations: [
        { ...operation, name },
        { ...operation, count: 123_456_789 },
      ],
      fleet: {
        ...summaryOf().fleet,
        cohorts: summaryOf().fleet.cohorts.map((one) => ({ ...one, name: cohort })),
      },
    }),
  );

it.each([20, 80, 120])('no line is wider than %i columns but the paths', (columns) => {
  fc.assert(
    fc.property(anySummary, fc.boolean(), (summary, isUnicode) => {
      const lines = renderText(summary, { ...plain, columns, isUnicode }).slice(0, -2);

      expect(lines.filter((line) => textWidth(line) > columns)).toEqual([]);
    }),
  );
});

it('at 80 columns nothing of an ordinary run is cut', () => {
  const text = renderText(summaryOf({ assertions: [missed] }), { ...plain, columns: 80 }).join(
    '\n',
  );

  expect(text).not.toContain('…');
});

it('a word longer than a line goes on in the next', () => {
  const expr = 'x'.repeat(100);
  const summary = summaryOf({ assertions: [assertionOf({ expr })] });

  const lines = renderText(summary, { ...plain, columns: 40 });

  expect(lines.slice(1, 4).join('').replaceAll(/[^x]/g, '')).toBe(expr);
});

it('is ASCII where the terminal is, and free of escapes that others wrote', () => {
  const summary = summaryOf({
    assertions: [missed, assertionOf({ actual: '\u001b[2J\u0007gone' })],
  });
  const text = renderText(summary, { ...plain, isUnicode: false }).join('\n');

  expect(text).toMatch(/^[\n -~]*$/);
  expect(text).toContain('  x latency.update.p99');
  expect(text).toContain('  + jobs.fw-1-4.status');
});

it('style may colour but not move anything', () => {
  const style = (tone: string, text: string) => `<${tone}>${text}</${tone}>`;
  const styled = renderText(summaryOf(), { ...plain, style });

  expect(styled.map((line) => line.replaceAll(/<\/?[a-z]+>/g, ''))).toEqual(
    renderText(summaryOf(), plain),
  );
  expect(styled[1]).toContain('<good>  ✓ </good>');
});

it.each([40, 60])('at %i columns a table is broken, and no figure of it lost', (columns) => {
  const whole = renderText(summaryOf(), plain).join(' ');
  const narrow = renderText(summaryOf(), { ...plain, columns }).join(' ');
  const figures = (text: string) => text.match(/\d+(\.\d+)?ms|p99\.9|p99 sent/g)?.sort();

  expect(narrow).toContain('LATENCY');
  expect(figures(narrow)).toEqual(figures(whole));
});
