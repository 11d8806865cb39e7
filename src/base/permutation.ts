import { seededRandom } from './random.ts';

const rounds = 4;

/**
 * A seeded bijection of [0, size) onto itself that costs O(1) memory: a Feistel network over the next
 * power of four, walked until it lands inside. It deals things to cohorts so that shares come out
 * exact while neighbours in name order are unrelated.
 */
export function seededPermutation(seed: string, size: number): (index: number) => number {
  const halfBits = Math.max(1, Math.ceil(Math.log2(Math.max(2, size)) / 2));
  const mask = (1 << halfBits) - 1;
  const random = seededRandom(seed);
  const keys = Array.from({ length: rounds }, () => random.int(0x1_0000_0000));

  const shuffle = (value: number): number => {
    let left = value >>> halfBits;
    let right = value & mask;
    for (const key of keys) {
      const mixed = Math.imul(right ^ key, 0x9e37_79b1);
      [left, right] = [right, (left ^ (mixed >>> 15) ^ mixed) & mask];
    }
    return left * (mask + 1) + right;
  };

  return (index) => {
    let value = shuffle(index);
    while (value >= size) value = shuffle(value);
    return value;
  };
}
