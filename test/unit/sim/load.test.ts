import { expect, it } from 'vitest';
import { PerSecond } from '../../../src/sim/load.ts';

it('tells the busiest second, the first of equal ones, whatever order they were counted in', () => {
  const counts = new PerSecond();

  counts.add(5100);
  counts.add(5900);
  counts.add(2500, 2);
  counts.add(7000);

  expect(counts.peak()).toEqual({ perSecond: 2, at: 2000 });
  expect(counts.total).toBe(5);
  expect([...counts.running()]).toEqual([
    { endAt: 3000, sum: 2 },
    { endAt: 6000, sum: 4 },
    { endAt: 8000, sum: 5 },
  ]);
});

it('has no peak without a count', () => {
  expect(new PerSecond().peak()).toBeUndefined();
});
