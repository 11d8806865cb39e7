import { expect, it } from 'vitest';
import { tellPercent } from '../../../src/report/uncertainty-text.ts';
import { formatPercentage, tellCriterion } from '../../../src/report/wording.ts';

it.each([
  [10.13, [], '10.13%'],
  [0, [], '0%'],
  [100, [], '100%'],
  [20, [20], '20%'],
  [19.9976, [20], '19.998%'],
  [19.9976, [], '20%'],
  [100 / 30_000, [], '0.003%'],
  [100 - 100 / 30_000, [], '99.997%'],
  [1e-15, [], '0%'],
] as const)('%d percent beside %j', (value, limits, text) => {
  expect(formatPercentage(value, ...limits)).toBe(text);
});

it('a share of one in thousands is neither nothing nor, the rest, everything', () => {
  expect(tellPercent(1 / 3000)).toBe('0.03%');
  expect(tellPercent(2999 / 3000)).toBe('99.97%');
  expect(tellPercent(0.125)).toBe('12.5%');
});

it('tells an abort criterion as the service counts for it', () => {
  const criterion = {
    ...{ failureType: 'ALL', thresholdPercentage: 30, minNumberOfExecutedThings: 100 },
    ...({ gate: 'notified', denominator: 'notified', tripped: true } as const),
    ...{ executed: 2700, failed: 900, notifiedBeforeTrip: 3000, percentage: 30 },
  };

  expect(tellCriterion(criterion)).toBe(
    'ALL limit 30% once 100 notified: 900 of 3,000 notified, 30%',
  );
  expect(tellCriterion({ ...criterion, denominator: 'completed', percentage: 33.333 })).toBe(
    'ALL limit 30% once 100 notified: 900 of 2,700 executed, 33.33%',
  );
});
