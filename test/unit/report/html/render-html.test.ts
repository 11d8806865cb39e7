import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { enhancer } from '../../../../src/report/html/enhancer.ts';
import { keyFigures } from '../../../../src/report/html/key-figures.ts';
import { renderHtml } from '../../../../src/report/html/render-html.ts';
import type { JobSummary } from '../../../../src/report/summary.ts';
import {
  emptySummary,
  hostileSummary,
  predictionSummary,
  richSummary,
} from '../../../support/rich-summary.ts';
import { assertionOf, jobOf, operationOf, summaryOf } from '../../../support/summaries.ts';

const pages = [
  ['a run', renderHtml(richSummary())],
  ['a prediction', renderHtml(predictionSummary())],
  ['a run that came to nothing', renderHtml(emptySummary())],
  ['two jobs', renderHtml(summaryOf({ jobs: [jobOf(), jobOf({ jobId: 'fw-1-5' })] }))],
  ['a hostile run', renderHtml(hostileSummary('<a href="http://x/">'))],
] as const;

describe.each(pages)('the page of %s', (_, page) => {
  it('is one file that names no other', () => {
    expect(page).not.toMatch(/<(link|img|iframe|object|embed|base|form)\b/);
    expect(page).not.toMatch(/\s(src|srcset|action|style|on\w+)="/);
    expect(page).not.toMatch(/url\(|@import|@font-face/);
    expect(
      [...page.matchAll(/\shref="([^"]*)"/g)].filter(([, to]) => !to?.startsWith('#')),
    ).toEqual([]);
  });

  it('lets nothing run or style but what is its own', () => {
    const policy = /content="(default-src[^"]*)"/.exec(page)?.[1] ?? '';
    for (const tag of ['style', 'script']) {
      const parts = [...page.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))];
      const hash = createHash('sha256')
        .update(parts[0]?.[1] ?? '')
        .digest('base64');

      expect(parts).toHaveLength(1);
      expect(policy).toContain(`${tag}-src 'sha256-${hash}'`);
    }
  });

  it('has every id once, and every link leads to one', () => {
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    const named = [...page.matchAll(/(?:href="#|aria-(?:labelledby|describedby)=")([^"]*)"/g)];

    expect(new Set(ids).size).toBe(ids.length);
    expect(
      named.flatMap(([, list = '']) => list.split(' ')).filter((id) => !ids.includes(id)),
    ).toEqual([]);
  });

  it('has headings in order', () => {
    const levels = [...page.matchAll(/<h([1-6])\b/g)].map(([, level]) => Number(level));

    expect(levels[0]).toBe(1);
    for (const [index, level] of levels.entries()) {
      expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1);
    }
  });

  it('says nothing that nobody understands', () => {
    expect(page).not.toMatch(/\b(undefined|NaN|null|Infinity)\b(?![^<]*<\/script>)/);
  });
});

it('sections of a run stand in the order of the questions', () => {
  expect(headings(renderHtml(richSummary()))).toEqual([
    'Expectations',
    'Rollout',
    'Abort criterion',
    'Executions by state',
    'Latency by percentile, in wall time',
    'Latency and errors over time',
    'Cohorts',
    'Predicted and observed',
    'Timeline',
    'Slowest things',
    'Invariants',
    'Harness health',
    'Scenario',
  ]);
});

it('a prediction tells readings, load, chances and sweep, and no latency', () => {
  const page = renderHtml(predictionSummary());

  expect(headings(page)).toEqual([
    'Expectations',
    'Rollout',
    'Abort criterion',
    'Executions by state',
    'Readings of the abort rule',
    'Load on the service',
    'Uncertainty',
    'Sweep',
    'Cohorts',
    'Timeline',
    'Slowest things',
    'Invariants',
    'Scenario',
  ]);
  expect(page).toContain('aborts in 75% (95% interval 55% to 95%) of 20 runs');
  expect(page).toContain('● completed');
  expect(page).toContain('Trade-off of thresholdPercentage');
  expect(page).not.toContain('from send');
});

it('of a run that came to nothing it says so, everywhere', () => {
  const page = renderHtml(emptySummary());

  for (const words of [
    'port 1883 is in use',
    'The scenario states none',
    'No job was created.',
    'No operation was measured.',
    'No operation was refused or lost.',
    'No cohort is known of this run.',
    'There is no prediction beside this run.',
    'Nothing was noted.',
    'No thing has worked on a job.',
    'None could be checked.',
    'No worker threads took part.',
  ]) {
    expect(page, words).toContain(words);
  }
});

it('a job of which little was seen is told in words', () => {
  const { rollout, progress } = jobOf();
  const page = renderHtml(
    summaryOf({
      jobs: [
        jobOf({
          rollout: { ...rollout, observed: [] },
          progress: { ...progress, rows: [] },
        }),
        jobOf({ jobId: 'other', abort: { criteria: [] } }),
      ],
    }),
  );

  expect(page).toContain('Too little was seen of this job to draw it.');
  expect(page).toContain('FAILED limit 10% once 100 executed: tripped at 6m25s');
  expect(page).toContain('The job has none: it never cancels itself.');
  expect(page.match(/<h3>other<\/h3>/g)).toHaveLength(4);
});

it('what did not hold comes first, with what was expected, what was, and where it is stated', () => {
  const missed = assertionOf({
    expr: 'latency.update.p99 < 250ms',
    expected: '< 250ms',
    actual: '312ms',
    result: 'failed',
    line: 40,
  });
  const page = renderHtml(summaryOf({ assertions: [assertionOf(), missed] }));

  expect(page).toContain('1 failed, 1 held.');
  expect(page.indexOf('latency.update.p99 &lt; 250ms')).toBeLessThan(
    page.indexOf('jobs.fw-1-4.status == CANCELED'),
  );
  for (const told of ['&lt; 250ms', '312ms', 'scenarios/canary.yaml:40']) {
    expect(page).toContain(told);
  }
});

it('coordinated omission is explained by the dashed curve only where one is drawn', () => {
  const alike = operationOf();
  const operations = [{ ...alike, fromSendHdrBase64: alike.hdrBase64 }];

  expect(renderHtml(summaryOf())).toContain('the dashed curve counts from when it was sent');
  const page = renderHtml(summaryOf({ operations }));
  expect(page).toContain('coordinated omission');
  expect(page).not.toContain('dashed curve');
});

it('latency says that it is wall time, and holds no executions, which are simulated', () => {
  const page = renderHtml(
    summaryOf({ operations: [operationOf(), operationOf({ name: 'execution' })] }),
  );
  const latency = page.slice(page.indexOf('<section id="latency"'), page.indexOf('id="cohorts"'));

  expect(latency).toContain('latency, wall time');
  expect(latency).toContain('p99 latency, wall time');
  expect(latency).not.toMatch(/>execution</);
  expect(page).toContain('<dt>Worst p99</dt><dd>250ms <small>update, wall time</small>');
});

it('what happened before the start is told so', () => {
  const page = renderHtml(
    summaryOf({ events: [{ t: -181, kind: 'connecting', message: 'the fleet connects' }] }),
  );

  expect(page).toContain('<time>3m1s before the start</time>');
});

describe('the figures asked first', () => {
  const figures = (...jobs: JobSummary[]) =>
    Object.fromEntries(
      keyFigures(summaryOf({ jobs })).map(({ name, value, note }) => [name, `${value} ${note}`]),
    );
  const { abort, executions } = jobOf();
  const calm = { criteria: abort.criteria.filter(({ tripped }) => !tripped) };

  it('of one job', () => {
    const rejected = { ...executions, REJECTED: 3, TIMED_OUT: 1 };

    expect(figures(jobOf({ executions: rejected }))).toMatchObject({
      Notified: '1,320 of 1,500 things targeted',
      Unsuccessful: '113 10.5% of executed: 109 FAILED, 3 REJECTED, 1 TIMED_OUT',
      'Aborted at': '6m25s FAILED 10.13%',
    });
  });

  it('of several jobs: of how many executions, which job tripped first, and how many did', () => {
    const early = jobOf({
      jobId: 'early',
      abort: {
        criteria: abort.criteria.map((each) => (each.tripped ? { ...each, at: 60 } : each)),
      },
    });

    expect(figures(jobOf(), early, jobOf({ jobId: 'calm', abort: calm }))).toMatchObject({
      Notified: '3,960 of 4,500 executions targeted by 3 jobs',
      'First abort at': '1m early: FAILED 10.13%; 2 of 3 jobs aborted',
    });
    expect(figures(jobOf(), jobOf({ jobId: 'calm', abort: calm }))).toMatchObject({
      'Aborted at': '6m25s fw-1-4: FAILED 10.13%',
    });
  });

  it('where nothing tripped, whether anything could', () => {
    expect(figures(jobOf({ abort: calm }))).toMatchObject({ Abort: 'none no criterion tripped' });
    expect(figures(jobOf({ abort: { criteria: [] } }))).toMatchObject({
      Abort: 'none no job has a criterion',
    });
  });
});

it('the cohorts count executions, and say so', () => {
  const page = renderHtml(summaryOf());
  const cohorts = page.slice(
    page.indexOf('<section id="cohorts"'),
    page.indexOf('id="comparison"'),
  );

  for (const part of [
    '>executions<',
    '>took<',
    'from notice to end',
    'p50 40s, p99 3m',
    'Counted are executions',
  ]) {
    expect(cohorts).toContain(part);
  }
  expect(cohorts).not.toMatch(/>executed<|work p/);
});

it('says above all why it is not to be trusted', () => {
  const page = renderHtml(richSummary());
  const doubt = page.indexOf('not to be trusted, because');

  expect(doubt).toBeGreaterThan(page.indexOf('<h1>'));
  expect(doubt).toBeLessThan(page.indexOf('<main'));
  expect(page.indexOf('schedule delay p99 820ms')).toBeGreaterThan(doubt);
  expect(renderHtml(summaryOf())).not.toContain('not to be trusted, because');
});

it('every chart is told in words and in a table', () => {
  const figures = renderHtml(richSummary()).split('<figure').slice(1);

  expect(figures.length).toBeGreaterThanOrEqual(8);
  for (const figure of figures) {
    expect(figure).toMatch(/<svg[^>]*role="img"/);
    expect(figure).toMatch(/<desc[^>]*>[^<]{20,}/);
    expect((figure.match(/<tr>/g) ?? []).length).toBeGreaterThan(2);
    expect(figure).toContain('<output aria-live="polite">');
  }
});

it('an abort is told with its arming point, its trip point and its overshoot', () => {
  const page = renderHtml(richSummary());

  expect(page).toMatch(/tripped at 6m25s, 109 of 1,076 executed, 10\.13%, overshoot 20 notified/);
  expect(page).toMatch(/Armed by \dm\d+s, once 100 were executed/);
});

it('where time waits for messages, it does not speak of when they were due', () => {
  const { environment } = summaryOf();
  const page = renderHtml(summaryOf({ environment: { ...environment, clockScale: 'max' } }));

  expect(page).toContain('simulated time waits meanwhile');
  expect(page).not.toContain('coordinated omission');
});

it('the same summary makes the same page', () => {
  expect(renderHtml(richSummary())).toBe(renderHtml(richSummary()));
});

it('a run like the quickstart fits into 300 KB, and its script into 3', () => {
  expect(Buffer.byteLength(renderHtml(richSummary()))).toBeLessThanOrEqual(300 * 1024);
  expect(Buffer.byteLength(enhancer)).toBeLessThanOrEqual(3 * 1024);
});

function headings(page: string): string[] {
  return [...page.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, text = '']) => text);
}
