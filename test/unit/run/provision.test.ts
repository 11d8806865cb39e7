import { expect, it } from 'vitest';
import { inLanes, thingNames } from '../../../src/run/provision.ts';

it('works through everything, some at a time', async () => {
  const done: number[] = [];
  let underWay = 0;
  let most = 0;

  await inLanes(
    Array.from({ length: 100 }, (_, index) => index),
    async (item) => {
      most = Math.max(most, ++underWay);
      await Promise.resolve();
      underWay--;
      done.push(item);
    },
  );

  expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(16);
});

it('stops all lanes at the first failure, and tells it', async () => {
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    await Promise.resolve();
    if (item === 3) throw new Error('no more');
  };

  await expect(
    inLanes(
      Array.from({ length: 1000 }, (_, index) => index),
      work,
    ),
  ).rejects.toThrow('no more');
  expect(begun.length).toBeLessThan(100);
});

it('names a batch by its place in the fleet', () => {
  expect(thingNames('pump-{index:03}', { firstIndex: 8, count: 3, startMs: 0 })).toEqual([
    'pump-008',
    'pump-009',
    'pump-010',
  ]);
  expect(thingNames('x{index}', undefined)).toEqual([]);
});
