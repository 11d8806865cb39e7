import { expect, it } from 'vitest';
import { MetricHistory } from '../../../src/metrics/metric-history.ts';
import type { ClassicHistogram, MetricTable } from '../../../src/metrics/metric-table.ts';
import { renderOpenMetrics } from '../../../src/metrics/open-metrics.ts';
import { runMetrics } from '../../../src/metrics/prometheus.ts';
import type { RunFacts } from '../../../src/metrics/run-facts.ts';
import { runFactsOf } from '../../support/run-facts.ts';

interface Facts {
  readonly done: number;
  readonly errors?: number;
  readonly waits?: ClassicHistogram;
}

const row = { help: 'A "thing".', example: '' };
const table: MetricTable<Facts> = {
  build_info: { ...row, kind: 'info', labels: ['version'], samples: () => [[['a"b\\c\nd'], 1]] },
  done_total: { ...row, kind: 'counter', labels: [], samples: ({ done }) => [[[], done]] },
  errors_total: {
    ...row,
    kind: 'counter',
    labels: ['code'],
    samples: ({ errors }) => (errors === undefined ? [] : [[['LOST'], errors]]),
  },
  waits_seconds: {
    ...row,
    kind: 'histogram',
    labels: [],
    samples: ({ waits }) => (waits === undefined ? [] : [[[], waits]]),
  },
};

function historyOf(...facts: readonly Facts[]): MetricHistory<Facts> {
  const history = new MetricHistory(table);
  for (const [second, each] of facts.entries()) history.take((second + 1) * 1000, each);
  return history;
}

it('tells every family in one piece, its samples in order of time', () => {
  const waits = { bounds: [0.5, 1], counts: [1, 2], sum: 2.5, count: 3 };

  const text = renderOpenMetrics(historyOf({ done: 1 }, { done: 5, waits }), { run_id: 'r' });

  expect(text.split('\n')).toEqual([
    '# TYPE build info',
    '# HELP build A \\"thing\\".',
    'build_info{run_id="r",version="a\\"b\\\\c\\nd"} 1 1',
    'build_info{run_id="r",version="a\\"b\\\\c\\nd"} 1 2',
    '# TYPE done counter',
    '# HELP done A \\"thing\\".',
    'done_total{run_id="r"} 1 1',
    'done_total{run_id="r"} 5 2',
    '# TYPE errors counter',
    '# HELP errors A \\"thing\\".',
    '# TYPE waits_seconds histogram',
    '# UNIT waits_seconds seconds',
    '# HELP waits_seconds A \\"thing\\".',
    'waits_seconds_bucket{run_id="r",le="0.5"} 1 2',
    'waits_seconds_bucket{run_id="r",le="1.0"} 2 2',
    'waits_seconds_bucket{run_id="r",le="+Inf"} 3 2',
    'waits_seconds_count{run_id="r"} 3 2',
    'waits_seconds_sum{run_id="r"} 2.5 2',
    '# EOF',
    '',
  ]);
});

it('what stayed at 0 is told at its beginning and its end', () => {
  const facts = [{ done: 0 }, ...[1, 2, 3, 4].map((done) => ({ done, errors: 0 }))];

  const text = renderOpenMetrics(historyOf(...facts), {});

  expect(text.match(/^errors_total.*$/gm)).toEqual([
    'errors_total{code="LOST"} 0 2',
    'errors_total{code="LOST"} 0 5',
  ]);
  expect(text.match(/^done_total.*$/gm)).toHaveLength(5);
});

it('a histogram that stands still is told before it goes on, and every minute', () => {
  const waitsOf = (count: number) => ({ bounds: [1], counts: [count], sum: count, count });
  const still = Array.from({ length: 90 }, () => ({ done: 1, waits: waitsOf(1) }));
  const history = historyOf({ done: 1, waits: waitsOf(0) }, ...still, {
    done: 2,
    waits: waitsOf(2),
  });

  const text = renderOpenMetrics(history, {});

  expect(text.match(/^waits_seconds_count.*$/gm)).toEqual([
    'waits_seconds_count 0 1',
    'waits_seconds_count 1 2',
    'waits_seconds_count 1 62',
    'waits_seconds_count 1 91',
    'waits_seconds_count 2 92',
  ]);
  expect(text.match(/^done_total.*$/gm)).toHaveLength(92);
});

it('what became known only later stands beside what was known', () => {
  const history = historyOf({ done: 1 }, { done: 2 }, { done: 3 });
  history.insert('errors_total', { code: 'LATE' }, (place) =>
    place === 0 ? undefined : place * 10,
  );

  const text = renderOpenMetrics(history, {});

  expect(text.match(/^errors_total.*$/gm)).toEqual([
    'errors_total{code="LATE"} 10 2',
    'errors_total{code="LATE"} 20 3',
  ]);
});

it('a long history thins out evenly, and never loses what was taken last', () => {
  const history = new MetricHistory(table);
  const seconds = 3000;
  for (let second = 1; second <= seconds; second++) {
    history.offer(second * 1000, () => ({
      done: second,
      ...(second > 10 ? { errors: second } : {}),
    }));
  }
  history.take(seconds * 1000 + 1, { done: -1 });

  const { takenAt } = history;

  expect(takenAt.length).toBeGreaterThan(60);
  expect(takenAt.length).toBeLessThanOrEqual(120);
  const steps = new Set(takenAt.slice(1, -1).map((at, place) => at - (takenAt[place] ?? 0)));
  expect([...steps]).toEqual([32_000]);
  const [done] = history.tracks('done_total');
  expect(done?.values).toEqual([...takenAt.slice(0, -1).map((at) => at / 1000), -1]);
  const [errors] = history.tracks('errors_total');
  expect(errors?.values.slice(0, 3)).toEqual([undefined, 33, 65]);
});

it('times ascend by a millisecond at least', () => {
  const history = new MetricHistory(table);
  history.offer(1000.2, () => ({ done: 1 }));
  history.offer(1000.4, () => ({ done: 2 }));
  history.take(1000.4, { done: 3 });

  expect(history.takenAt).toEqual([1000, 1001]);
});

it('no two families of a run share a name', () => {
  const history = new MetricHistory<RunFacts>(runMetrics);
  history.take(1000, runFactsOf());

  const families = renderOpenMetrics(history, {}).match(/^# TYPE \S+/gm) ?? [];

  expect(new Set(families).size).toBe(Object.keys(runMetrics).length);
});
