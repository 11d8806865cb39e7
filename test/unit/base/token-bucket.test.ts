import { expect, it } from 'vitest';
import { KeyedBuckets, TokenBucket } from '../../../src/base/token-bucket.ts';

/** Whether each of so many takes at these times goes through: `1110`. */
function takes(perSecond: number, times: readonly number[]): string {
  const bucket = new TokenBucket(perSecond);
  return times.map((at) => (bucket.take(at) ? '1' : '0')).join('');
}

it.each([
  ['a second’s worth at once', 3, [0, 0, 0, 0], '1110'],
  ['refills evenly', 2, [0, 0, 0, 499, 500, 500], '110010'],
  ['never holds more than a second’s worth', 2, [0, 10_000, 10_000, 10_000], '1110'],
  ['stands while time stands', 1, [5, 5, 5], '100'],
  ['less than one a second', 0.5, [0, 1000, 2000, 2000], '1010'],
  ['a clock that steps back gives nothing', 1, [1000, 0, 900], '100'],
])('%s', (_, perSecond, times, expected) => {
  expect(takes(perSecond, times)).toBe(expected);
});

it('tells how long it takes until there is one, and is right', () => {
  const bucket = new TokenBucket(3);
  for (let taken = 0; taken < 3; taken++) {
    expect(bucket.waitMs(0)).toBe(0);
    bucket.take(0);
  }

  expect(bucket.waitMs(0)).toBe(334);
  expect(bucket.waitMs(100)).toBe(234);
  expect(bucket.take(333)).toBe(false);
  expect(bucket.take(334)).toBe(true);
});

it('keeps a bucket per key and forgets the full ones', () => {
  const buckets = new KeyedBuckets(1);

  expect(buckets.take('a', 0)).toBe(true);
  expect(buckets.take('a', 999)).toBe(false);
  expect(buckets.take('b', 999)).toBe(true);

  for (let index = 0; index < 5000; index++) buckets.take(`client-${index}`, 10 * index);
  expect(buckets.size).toBeLessThan(1200);
});
