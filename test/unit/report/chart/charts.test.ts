import { encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import type { AbortBasis } from '../../../../src/report/abort-share.ts';
import { abortCharts } from '../../../../src/report/chart/abort.ts';
import type { Chart } from '../../../../src/report/chart/chart.ts';
import { tabulate } from '../../../../src/report/chart/chart-table.ts';
import { errorsOverTimeChart } from '../../../../src/report/chart/errors-over-time.ts';
import { latencyOverTimeCharts } from '../../../../src/report/chart/latency-over-time.ts';
import {
  latencyPercentilesChart,
  percentilesChart,
} from '../../../../src/report/chart/percentiles.ts';
import { rolloutCharts } from '../../../../src/report/chart/rollout.ts';
import { statesChart } from '../../../../src/report/chart/states.ts';
import type { CriterionSummary, JobSummary, Summary } from '../../../../src/report/summary.ts';
import { histogramOf, jobOf, operationOf, summaryOf } from '../../../support/summaries.ts';

const seriesOf = (chart: Chart | undefined, name: string) =>
  chart?.series.find((one) => one.name === name);

const withJob = (job: Partial<JobSummary>, rest: Partial<Summary> = {}): Summary =>
  summaryOf({ jobs: [jobOf(job)], events: [], ...rest });

const columns = jobOf().progress.columns;

const rolloutOf = (rollout: Partial<JobSummary['rollout']>): JobSummary['rollout'] => ({
  observed: [],
  steps: [],
  ...rollout,
});

describe('the rollout', () => {
  it('is told by two charts that share their time', () => {
    const [curve, rate] = rolloutCharts(withJob({}), 0);

    expect(curve?.x).toEqual(rate?.x);
    expect(curve?.series.map(({ name }) => name)).toEqual([
      'notified',
      'notified, predicted',
      'succeeded',
      'failed, rejected or timed out',
    ]);
    expect(curve?.series.at(-1)?.endLabel).toBe('unsuccessful 109');
    expect(seriesOf(curve, 'notified, predicted')?.dash).toBe('dashed');
    expect(curve?.caption).toContain('1,320 of 1,500 things targeted were notified (88%)');
    expect(curve?.bands).toEqual([{ from: 384.5 }]);
  });

  it('has no prediction where there is none, and no chart where nothing was notified', () => {
    const [curve] = rolloutCharts(withJob({ rollout: rolloutOf({ observed: [[5, 1]] }) }), 0);

    expect(seriesOf(curve, 'notified, predicted')).toBeUndefined();
    expect(rolloutCharts(withJob({ rollout: rolloutOf({}) }), 0)).toEqual([]);
    expect(rolloutCharts(summaryOf({ jobs: [] }), 0)).toEqual([]);
  });

  it('counts things a minute: what was released with the very start is in the first bin', () => {
    const observed: [number, number][] = [
      [0, 10],
      [60, 70],
      [120, 190],
    ];
    const job = { createdAt: 0, endedAt: 120, rollout: rolloutOf({ observed }) };
    const progress = { columns, rows: [] };

    const [, rate] = rolloutCharts(withJob({ ...job, progress, abort: { criteria: [] } }), 0);

    const bars = rate?.series[0];
    const total = bars?.points.reduce((sum, [, perMinute = 0]) => sum + perMinute, 0) ?? 0;
    expect((total * (bars?.span ?? 0)) / 60).toBeCloseTo(190, 9);
    expect(bars?.points[0]?.[1]).toBeGreaterThan(200);
    expect(bars?.points.at(-1)?.[1]).toBeCloseTo(120, 9);
  });

  it('that is stopped within a bin does not seem to slow down before', () => {
    const observed = Array.from({ length: 63 }, (_, t): [number, number] => [t, t]);
    const job = {
      createdAt: 0,
      endedAt: 62.5,
      status: 'CANCELED',
      rollout: rolloutOf({ observed }),
    };
    const rows = [[120, 63, 0, 0, 63, 0, 0, 0, 0, 0]];

    const [, rate] = rolloutCharts(
      withJob({ ...job, progress: { columns, rows }, abort: { criteria: [] } }),
      0,
    );

    const bars = rate?.series[0]?.points.map(([, perMinute = 0]) => Math.round(perMinute));
    expect(rate?.series[0]?.span).toBe(2);
    expect(bars?.slice(29, 34)).toEqual([60, 60, 45, 0, 0]);
  });

  it('shows what happened to the job and to the fleet, and nothing of other jobs', () => {
    const event = (kind: string, data: Record<string, unknown>) => ({
      ...{ t: 20, kind, message: kind, data },
    });
    const events = [
      event('things-added', { count: 50 }),
      event('disconnected', { share: 0.2, forMs: 1000 }),
      event('job-cancelled', { jobId: 'another' }),
      event('job-aborted', { jobId: 'fw-1-4' }),
      event('job-status', { jobId: 'fw-1-4' }),
    ];

    const [curve] = rolloutCharts(withJob({}, { events }), 0);

    expect(curve?.rules?.map(({ at, label }) => `${at} ${label}`)).toEqual([
      '384.5 aborted',
      '20 added 50',
      '20 20% cut off',
    ]);
  });
});

describe('an abort criterion', () => {
  const rows = [
    // t, notified, queued, in progress, succeeded, failed, rejected, timed out, removed, canceled
    [10, 50, 0, 46, 1, 3, 0, 0, 0, 0],
    [20, 120, 0, 20, 84, 10, 4, 2, 0, 0],
    [30, 140, 0, 20, 100, 14, 4, 2, 0, 0],
    [40, 140, 0, 10, 110, 14, 4, 2, 0, 0],
  ];
  const criterion = {
    ...{ failureType: 'FAILED', thresholdPercentage: 11, minNumberOfExecutedThings: 100 },
    ...{ gate: 'completed' as AbortBasis, denominator: 'completed' as AbortBasis },
    ...{ tripped: true, at: 30, executed: 120, failed: 14, percentage: 11.67 },
    ...{ notifiedBeforeTrip: 138, notifiedAfterTrip: 2 },
  };
  const summaryWith = (overrides: Partial<CriterionSummary> = {}) =>
    withJob({ progress: { columns, rows }, abort: { criteria: [{ ...criterion, ...overrides }] } });

  it('is the share of failures among executed: succeeded, failed, rejected and timed out', () => {
    const [chart] = abortCharts(summaryWith(), 0);

    expect(chart?.series[0]?.points.slice(0, 4)).toEqual([
      [10, 75],
      [20, 10],
      [30, 11.67],
      [40, (100 * 14) / 130],
    ]);
    expect(seriesOf(chart, 'limit')?.points.map(([, y]) => y)).toEqual([11, 11]);
    expect(seriesOf(chart, 'tripped')?.points).toEqual([[30, 11.67]]);
  });

  it('counts every failure for ALL', () => {
    const [chart] = abortCharts(summaryWith({ failureType: 'ALL', tripped: false }), 0);

    expect(chart?.series[0]?.points[1]).toEqual([20, 16]);
  });

  it('is shaded until it is armed and after it tripped, and the caption says both', () => {
    const [chart] = abortCharts(summaryWith({ armedAt: 19.25 }), 0);

    expect(chart?.bands).toEqual([{ to: 19.25 }, { from: 30 }]);
    expect(chart?.caption).toContain('tripped at 30s, 14 of 120 executed, 11.67%');
    expect(chart?.caption).toContain('overshoot 2 notified after it');
    expect(chart?.caption).toContain('Armed at 19.3s, once 100 were executed');
  });

  it('was armed some time before the look that shows it, where nobody tells when', () => {
    const [chart] = abortCharts(summaryWith(), 0);

    expect(chart?.caption).toContain('Armed by 20s, once 100 were executed');
  });

  it('is not armed by what ends after the job has', () => {
    const job = { progress: { columns, rows }, endedAt: 15 };
    const criteria = [{ ...criterion, tripped: false }];

    const [chart] = abortCharts(withJob({ ...job, abort: { criteria } }), 0);

    expect(chart?.caption).toContain('Never armed');
  });

  it('is never rounded onto its limit', () => {
    const tripped = { thresholdPercentage: 20, percentage: 20.0025, failed: 24, executed: 120 };

    const [chart] = abortCharts(summaryWith(tripped), 0);

    expect(chart?.rules?.[0]?.label).toBe('tripped: 20.003% (24 of 120 executed)');
  });

  it('that was never armed is shaded throughout', () => {
    const never = { minNumberOfExecutedThings: 1000, tripped: false };

    const [chart] = abortCharts(summaryWith(never), 0);

    expect(chart?.bands).toEqual([{}]);
    expect(chart?.caption).toContain('Never armed: fewer than 1,000 were executed');
  });

  it('is read as the emulator was told to read it', () => {
    const reading = { gate: 'notified', denominator: 'notified', percentage: 10.14 } as const;

    const [chart] = abortCharts(summaryWith({ ...reading, minNumberOfExecutedThings: 110 }), 0);

    expect(chart?.y.label).toBe('FAILED in % of notified');
    // 120 notified, but only 100 executed.
    expect(chart?.bands?.[0]).toEqual({ to: 20 });
    expect(chart?.series[0]?.points[0]).toEqual([10, 6]);
    expect(seriesOf(chart, 'tripped')?.points).toEqual([[30, 10.14]]);
    expect(chart?.rules?.[0]?.label).toBe('tripped: 10.14% (14 of 138 notified)');
    expect(chart?.caption).toContain(
      'limit 11% once 110 notified: tripped at 30s, 14 of 138 notified',
    );
  });

  it('leaves out of sight what swings before it counts', () => {
    const [chart] = abortCharts(summaryWith(), 0);

    expect(chart?.y.max).toBeLessThan(20);
  });
});

describe('the statuses', () => {
  it('are stacked with those not notified on top; what never came up is left out', () => {
    const chart = statesChart(withJob({}), 0);

    expect(chart?.series.map(({ name }) => name)).toEqual([
      'succeeded',
      'failed',
      'canceled',
      'in progress',
      'queued',
      'not notified',
    ]);
    const total = chart?.series.reduce((sum, { points }) => sum + (points[1]?.[1] ?? 0), 0);
    expect(total).toBe(1500);
  });

  it('of a continuous job have those not notified only as far as it is known who was targeted', () => {
    const config = { targetSelection: 'CONTINUOUS' };
    const rows = [
      [0, 40, 40, 0, 0, 0, 0, 0, 0, 0, 50],
      [60, 55, 55, 0, 0, 0, 0, 0, 0, 0, 60],
      [384, 60, 60, 0, 0, 0, 0, 0, 0, 0, 60],
    ];
    const looked = { columns: [...columns, 'targeted'], rows };

    const known = statesChart(withJob({ config, progress: looked }), 0);
    const unknown = statesChart(withJob({ config }), 0);

    expect(seriesOf(known, 'not notified')?.points.slice(0, 3)).toEqual([
      [0, 10],
      [60, 5],
      [384, 0],
    ]);
    expect(seriesOf(unknown, 'not notified')).toBeUndefined();
  });

  it('are not drawn of a job nobody looked at', () => {
    expect(statesChart(withJob({ progress: { columns, rows: [] } }), 0)).toBeUndefined();
  });
});

describe('latency', () => {
  const base64 = (...values: number[]) => encodeIntoCompressedBase64(histogramOf(...values));
  const curve = { name: 'update', color: 'set-1' as const };

  it('by percentile climbs from the least to the largest value', () => {
    const values = Array.from({ length: 1000 }, (_, at) => 1000 + at);

    const chart = percentilesChart('p', 'Latency', [
      { ...curve, hdrBase64: base64(...values), maxUs: 1999 },
    ]);

    const points = chart?.series[0]?.points ?? [];
    const ys = points.map(([, y = 0]) => y);
    expect(ys).toEqual(ys.toSorted((a, b) => a - b));
    expect(points[0]).toEqual([0, 1000]);
    expect(points.at(-1)).toEqual([99.95, 1999]);
    expect(points.find(([x]) => x === 50)?.[1]).toBeCloseTo(1500, -1);
  });

  it('tells no percentile above the largest value seen', () => {
    const chart = percentilesChart('p', 'Latency', [
      { ...curve, hdrBase64: base64(2974), maxUs: 2974 },
    ]);

    expect(chart?.description).toContain('update 2.97ms');
    expect(chart?.y.label).toBe('latency, wall time');
  });

  it('leaves executions out, which take simulated time', () => {
    const operations = [operationOf(), operationOf({ name: 'execution' })];
    const names = (chart: Chart | undefined) => chart?.series.map(({ name }) => name);

    expect(names(latencyPercentilesChart(summaryOf({ operations })))).toEqual([
      'update',
      'update, from send',
    ]);
    expect(latencyOverTimeCharts(summaryOf({ operations })).map(names)).toEqual([
      ['update'],
      ['update'],
    ]);
  });

  it('before the start of the run is explained', () => {
    const [operation] = [operationOf()];
    const rows = [[-20, 2, 1500, 2000, 2000], ...operation.overTime.rows];
    const early = { ...operation, overTime: { ...operation.overTime, rows } };

    expect(latencyOverTimeCharts(summaryOf())[0]?.caption).toBeUndefined();
    expect(latencyOverTimeCharts(summaryOf({ operations: [early] }))[0]?.caption).toBe(
      'Times below zero are before the start, while the fleet connects.',
    );
  });

  it('of nothing is no chart', () => {
    expect(
      percentilesChart('p', 'Latency', [{ ...curve, hdrBase64: base64(), maxUs: 0 }]),
    ).toBeUndefined();
  });

  it('from when it was sent is dashed, and only there where it differs', () => {
    const alike = operationOf({ name: 'describe' });
    const operations = [operationOf(), { ...alike, fromSendHdrBase64: alike.hdrBase64 }];

    const chart = latencyPercentilesChart(summaryOf({ operations }));

    expect(chart?.series.map(({ name, dash }) => [name, dash])).toEqual([
      ['update', undefined],
      ['update, from send', 'dashed'],
      ['describe', undefined],
    ]);
  });

  it('over time has a gap where nothing was measured for long', () => {
    const rows = [0, 1, 2, 3, 40, 41].map((t) => [t, 9, 100, 200, 300]);
    const overTime = { columns: ['t', 'count', 'p50', 'p99', 'max'], rows };

    const [p99, p50] = latencyOverTimeCharts(
      summaryOf({ operations: [operationOf({ overTime })] }),
    );

    expect(p99?.series[0]?.points.filter(([, y]) => y === undefined)).toHaveLength(1);
    expect(p50?.series[0]?.points[0]).toEqual([0, 100]);
  });
});

describe('errors', () => {
  it('are counted a second, from the start of the run on', () => {
    const errorsOverTime = {
      columns: ['t', 'LOST'],
      rows: [
        [10, 5],
        [20, 5],
        [30, 25],
      ],
    };

    const chart = errorsOverTimeChart(summaryOf({ errorsOverTime }));

    expect(chart?.series[0]?.points).toEqual([
      [0, 0.5],
      [10, 0],
      [20, 2],
      [30, 2],
    ]);
    expect(chart?.caption).toBe('In all: LOST 25.');
    expect(chart?.y.label).toBe('errors per simulated second');
  });

  it('that never came up are no chart', () => {
    const errorsOverTime = { columns: ['t'], rows: [[10], [20]] };

    expect(errorsOverTimeChart(summaryOf({ errorsOverTime }))).toBeUndefined();
  });
});

describe('the table of a chart', () => {
  const long: Chart = {
    id: 'long',
    title: '',
    description: '',
    x: { label: 'time', unit: 'seconds', scale: 'linear' },
    y: { label: 'p99', unit: 'microseconds', scale: 'log' },
    series: [
      {
        name: 'update',
        shape: 'line',
        color: 'set-1',
        points: Array.from({ length: 5000 }, (_, at) => [at, at === 777 ? 90_000 : 1000]),
      },
    ],
    rules: [{ at: 1234.5, label: 'aborted', color: 'alarm' }],
  };

  it('has 60 rows at most, its first and last instant, its peak and what happened among them', () => {
    const { headings, rows } = tabulate(long);

    expect(headings).toEqual(['time', 'update']);
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.length).toBeLessThanOrEqual(60);
    expect(rows[0]?.cells).toEqual(['0s', '1ms']);
    expect(rows.at(-1)?.cells).toEqual(['1h23m', '1ms']);
    expect(rows.map(({ cells }) => cells.join(' '))).toContain('12m57s 90ms');
    expect(rows.map(({ cells }) => cells[0])).toContain('20m34s');
  });

  it('goes from the left to the right edge of the plot', () => {
    const positions = tabulate(long).rows.map(({ position }) => position);

    expect(positions[0]).toBe(0);
    expect(positions.at(-1)).toBe(1);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  });

  it('says nothing where a series has nothing', () => {
    const [one] = long.series;
    const series = one === undefined ? [] : [{ ...one, points: [[5, 1] as const] }, one];

    expect(tabulate({ ...long, series }).rows[0]?.cells[1]).toBe('–');
  });
});
