import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { predictionOf } from '../../support/predictions.ts';
import { predictionSummary } from '../../support/rich-summary.ts';
import { assertionOf, jobOf, operationOf, summaryOf } from '../../support/summaries.ts';

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
    '### Latency (wall time)',
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

it('executions, which take simulated time, are no latency in wall time', () => {
  const markdown = renderMarkdown(
    summaryOf({ operations: [operationOf(), operationOf({ name: 'execution' })] }),
  );

  expect(markdown).toContain('| update |');
  expect(markdown).not.toContain('| execution |');
});

it('load before the start of the run is told so', () => {
  const [outcome] = predictionOf().outcomes;
  const connects = { total: 3, perSecondMax: 1, at: -181 };
  const early = outcome && { ...outcome, load: { ...outcome.load, connects } };
  const prediction = predictionOf({ outcomes: early ? [early] : [] });

  expect(renderMarkdown(summaryOf({ prediction }))).toContain(
    '| connects | 3 | 1 | 3m1s before the start |',
  );
});

describe('of a prediction', () => {
  const markdown = renderMarkdown({
    ...predictionSummary(),
    operations: [operationOf({ count: 0 })],
  });

  it('tells readings, load, chances and sweep', () => {
    const order = [
      '### Figures',
      '### Jobs',
      '### Prediction',
      'trips at 6m21s',
      '| ● completed |',
      '### Load on the service',
      '| connects | 1,500 |',
      '### Uncertainty over 20 seeds',
      'aborts in 75% (95% interval 55% to 95%) of 20 runs',
      '| things harmed | 20 |',
      '### Sweep',
      '| thresholdPercentage |',
    ].map((part) => markdown.indexOf(part));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('says nothing of what only a wire, a clock or a worker could tell', () => {
    for (const part of ['Latency', 'Clock scale', 'workers', 'Reconnects', 'Harness', 'schedule']) {
      expect(markdown).not.toContain(part);
    }
  });
});
