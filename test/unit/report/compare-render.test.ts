import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { compareSummaries } from '../../../src/report/compare.ts';
import { renderComparisonHtml } from '../../../src/report/compare-html.ts';
import { renderComparisonJson } from '../../../src/report/compare-json.ts';
import type { JudgedLimit } from '../../../src/report/compare-limit.ts';
import { renderComparisonMarkdown } from '../../../src/report/compare-markdown.ts';
import { comparisonSections } from '../../../src/report/compare-sections.ts';
import { renderComparisonText } from '../../../src/report/compare-text.ts';
import { latenciesOf, measuredOperation } from '../../support/measured.ts';
import { assertionOf, jobOf, summaryOf } from '../../support/summaries.ts';

const measured = latenciesOf(seededRandom('rendered'), 3000, 200_000);
const hostile = '<script>alert(1)</script>|*@you';
const base = summaryOf({ operations: [measuredOperation(measured)] });
const head = summaryOf({
  run: { ...summaryOf().run, id: hostile },
  tool: { name: 'fleetrig', version: '0.2.0' },
  operations: [
    measuredOperation(measured.map((us) => Math.round(us * 1.3))),
    measuredOperation(measured, { name: 'describe' }),
  ],
  jobs: [jobOf({ status: 'COMPLETED' })],
  assertions: [assertionOf({ result: 'failed', actual: 'COMPLETED' })],
  scenario: { ...summaryOf().scenario, resolved: { name: 'canary', jobs: [{ at: 5 }] } },
});
const limits: readonly JudgedLimit[] = [
  { text: 'latency.update.p99 > +10%', result: 'met', detail: '640ms to 832ms, +30%' },
  { text: 'jobs.fw-1-4.duration > +1m', result: 'error', detail: 'head has no value of it' },
  { text: 'operations.update.lost > +0', result: 'not met', detail: '0 to 0' },
];

const comparison = compareSummaries(base, head);
const sections = comparisonSections(comparison, limits);

function textOf(columns: number): string[] {
  return renderComparisonText(sections, { columns, isUnicode: true, style: (_, text) => text });
}

it('two equal runs: says that they are, and what they share', () => {
  const lines = renderComparisonText(comparisonSections(compareSummaries(base, base), []), {
    columns: 110,
    isUnicode: true,
    style: (_, text) => text,
  });

  expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toMatch(
    /Same scenario, same seed \(42\): every thing drew the same in both runs\. The outcome is identical: all \d+ statuses and counts of jobs and cohorts are equal\./,
  );
  expect(lines).toContain('  ✓ nothing has changed, as far as two runs can tell');
});

it('as text: limits, expectations and changes before everything else', () => {
  const lines = textOf(110);
  const titles = lines.filter((line) => /^[A-Z]/.test(line));

  expect(titles).toEqual([
    'RUNS',
    'LIMITS',
    'EXPECTATIONS THAT CAME OUT OTHERWISE',
    'CHANGES',
    'IN ONE RUN ONLY',
    'LATENCY',
    'SETTINGS THAT DIFFER',
  ]);
  const text = lines.join('\n');
  expect(text).toContain('✗ latency.update.p99 > +10%: met, 640ms to 832ms, +30%');
  expect(text).toContain('✗ jobs.fw-1-4.duration > +1m: cannot be judged');
  expect(text).toContain('✓ operations.update.lost > +0: not met');
  expect(text).toMatch(/passed in base, failed in head: expected == CANCELED, got\s+COMPLETED/);
  expect(text).toMatch(/latency\.update\.p50 +\S+ms +\S+ms +\+\S+ms +\+30% +worse/);
  expect(text).toMatch(/jobs\.fw-1-4\.status +CANCELED +COMPLETED +changed/);
  expect(text).toMatch(/fleetrig version +0\.1\.0 +0\.2\.0/);
  expect(text).toMatch(/jobs +- +\[\{"at":5\}\]/);
});

it('as text: what another kind of run has not measured is counted, not listed', () => {
  const unmeasured = { ...base, operations: [], jobs: [] };
  const lines = renderComparisonText(comparisonSections(compareSummaries(base, unmeasured), []), {
    columns: 110,
    isUnicode: true,
    style: (_, text) => text,
  });

  expect(lines.join('\n')).toMatch(/! \d+ figures only in base, 0 only in head; the JSON and/);
  expect(lines.join('\n')).not.toContain('only in base  ');
  expect(lines.filter((line) => line.includes('jobs.fw-1-4.notified'))).toEqual([]);
});

it('as text: no line is wider than the terminal', () => {
  for (const columns of [60, 80]) {
    expect(Math.max(...textOf(columns).map((line) => line.length))).toBeLessThanOrEqual(columns);
  }
});

it('as Markdown: text of others stays text', () => {
  const markdown = renderComparisonMarkdown(sections);

  expect(markdown).toContain('### Changes\n\n| figure | base | head | change | in % | verdict |');
  expect(markdown).toContain('- ❌ latency.update.p99 &gt; +10%: met, 640ms to 832ms, +30%');
  expect(markdown).toContain('<summary>Settings that differ</summary>');
  expect(markdown).not.toContain('<script>');
  expect(markdown).not.toContain('@you');
});

it('as a page: both curves of an operation in one plot, nothing of others as markup', () => {
  const page = renderComparisonHtml(comparison, sections);

  expect(page).toContain('2 limits are broken');
  const plot = /<figure class="chart" id="percentiles-update">[\s\S]*?<\/figure>/.exec(page)?.[0];
  expect(plot).toMatch(/<th[^>]*>base<\/th>[\s\S]*<th[^>]*>head<\/th>/);
  // Measured in head alone.
  expect(page).toContain('id="percentiles-describe"');
  expect(page).not.toContain('<script>alert');
  expect(page).toContain('<section id="all">');
  expect(page).not.toMatch(/\sstyle=|https?:\/\/(?!www\.w3\.org)/);
});

it('as JSON: every figure in its unit, with what its difference is worth', () => {
  const told = JSON.parse(renderComparisonJson(comparison, limits));

  expect(told).toMatchObject({
    comparisonVersion: 1,
    base: { seed: '42', version: '0.1.0' },
    head: { id: hostile, version: '0.2.0' },
    relation: 'same draws',
    limits: [{ result: 'met' }, { result: 'error' }, { result: 'not met' }],
    expectations: [{ base: 'passed', head: 'failed' }],
  });
  expect(told.figures).toContainEqual(
    expect.objectContaining({ name: 'latency.update.p50', unit: 'ms', change: 'worse' }),
  );
  expect(told.figures).toHaveLength(comparison.figures.length);
});
