import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { type Backoff, backoffMs } from '../../../src/device/backoff.ts';

const backoff = (jitter: Backoff['jitter']): Backoff => ({
  min: 1000,
  max: 10_000,
  factor: 3,
  jitter,
});

it('waits longer each time, up to the limit', () => {
  const waits = [1, 2, 3, 4].map((failures) =>
    backoffMs(backoff('none'), failures, seededRandom('x')),
  );

  expect(waits).toEqual([1000, 3000, 9000, 10_000]);
});

it.each([
  ['equal', 4500, 9000],
  ['full', 0, 9000],
] as const)('%s jitter draws between %d and %d ms', (jitter, low, high) => {
  const random = seededRandom(jitter);
  const waits = Array.from({ length: 2000 }, () => backoffMs(backoff(jitter), 3, random));

  expect(Math.min(...waits)).toBeGreaterThanOrEqual(low);
  expect(Math.min(...waits)).toBeLessThan(low + 100);
  expect(Math.max(...waits)).toBeLessThan(high);
  expect(Math.max(...waits)).toBeGreaterThan(high - 100);
});
