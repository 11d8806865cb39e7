import { expect, it } from 'vitest';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { assertionOf, jobOf, summaryOf } from '../../support/summaries.ts';

const missed = assertionOf({
  expr: 'latency.update.p99 < 250ms',
  expected: '< 250ms',
  actual: '312ms',
  result: 'failed',
});

it('failed expectations come before everything but the verdict, and are not folded', () => {
  const { run } = summaryOf();
  const markdown = renderMarkdown(
    summaryOf({
      run: { ...run, verdict: 'failed', exitCode: 99 },
      assertions: [assertionOf(), missed],
    }),
  );

  const order = [
    'canary: failed',
    '1 of 2 expectations held',
    '### Failed expectations',
    'latency.update.p99 &lt; 250ms',
    '### Figures',
    '### Jobs',
    'overshoot 20 notified after it',
    '### Predicted and observed',
    '| fw-1-4 | executed by then | 1,067 | 1,076 |',
    '### Latency',
    '| update | 4 | 3 | 2ms |',
    '<summary>Expectations that held</summary>',
    'jobs.fw-1-4.status == CANCELED',
    '<summary>Invariants</summary>',
  ].map((part) => markdown.indexOf(part));
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

it('every table row has as many cells as its heading', () => {
  const nasty = 'a | b\n| c `d` <img src=x> [e](f) @everyone';
  const markdown = renderMarkdown(
    summaryOf({
      assertions: [assertionOf({ ...missed, actual: nasty }), assertionOf({ expr: nasty })],
      jobs: [jobOf({ reasonCode: nasty })],
    }),
  );

  const blocks = markdown.split('\n\n').filter((block) => block.startsWith('|'));
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  for (const block of blocks) {
    const widths = block.split('\n').map((row) => row.split('|').length);
    expect(new Set(widths).size, block).toBe(1);
  }
  expect(markdown).not.toContain('<img');
  expect(markdown).not.toContain('@everyone');
});

it('says at the top that the harness is not to be trusted', () => {
  const { harness } = summaryOf();
  const markdown = renderMarkdown(
    summaryOf({ harness: { ...harness, trusted: false, reasons: ['schedule delay p99 820ms'] } }),
  );

  expect(markdown.indexOf('do not trust')).toBeLessThan(markdown.indexOf('### Figures'));
  expect(markdown).toContain('schedule delay p99 820ms');
});

it('leaves out what a run did not have', () => {
  const markdown = renderMarkdown(
    summaryOf({ assertions: [], jobs: [], operations: [], invariants: [] }),
  );

  for (const heading of ['Failed expectations', 'Jobs', 'Latency', 'Invariants']) {
    expect(markdown).not.toContain(heading);
  }
});
