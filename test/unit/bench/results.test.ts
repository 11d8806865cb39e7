import { expect, it } from 'vitest';
import { medianOf, type Results, ratioTo } from '../../../bench/results.ts';
import { renderTable } from '../../../bench/table.ts';

const rate = (value: number) => ({ name: 'executions', value, unit: 'executions/s' });

const resultsOf = (value: number): Results => ({
  date: '2026-01-01T00:00:00.000Z',
  node: '20.20.2',
  machine: { platform: 'linux x64', cpu: 'any', cpus: 2, memoryBytes: 1, load: 0 },
  commit: 'abc',
  repeats: 1,
  benches: { executions: [rate(value)] },
});

it('takes the median of every figure over the runs', () => {
  const cpu = (value: number) => ({ name: 'CPU', value, unit: 'us' });
  const runs = [
    [rate(10), cpu(3)],
    [rate(30), cpu(1)],
    [rate(20), cpu(2)],
  ];

  expect(medianOf(runs)).toEqual([rate(20), cpu(2)]);
  expect(medianOf(runs.slice(0, 2))).toEqual([rate(20), cpu(2)]);
});

it('compares with the same figure of the same bench, and with no other', () => {
  const old = resultsOf(100);

  expect(ratioTo(old, 'executions', rate(150))).toBe(1.5);
  expect(ratioTo(old, 'paced', rate(150))).toBeUndefined();
  expect(ratioTo(old, 'executions', { ...rate(150), unit: 'us' })).toBeUndefined();
  expect(ratioTo(undefined, 'executions', rate(150))).toBeUndefined();
});

it('shows how often the old value each figure is, where there is one', () => {
  const figures = [rate(150), { name: 'lost', value: 0, unit: 'messages' }];
  const old = resultsOf(100);

  const table = renderTable('executions', figures, (figure) => ratioTo(old, 'executions', figure));

  expect(table.split('\n')).toEqual([
    'executions',
    '  executions         150 executions/s  × 1.50',
    '  lost                 0 messages',
  ]);
});
