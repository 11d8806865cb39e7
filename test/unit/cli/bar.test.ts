import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bar, type Segment } from '../../../src/cli/bar.ts';

const segmentsOf = (counts: readonly number[]): Segment[] =>
  counts.map((count, index) => ({ count, glyph: 'abcdefgh'.charAt(index), shade: 'plain' }));
const draw = (counts: readonly number[], total: number, columns: number) =>
  bar(segmentsOf(counts), total, columns, '.')
    .map(({ text }) => text)
    .join('');

it.each([
  [[], 0, '..........'],
  [[0], 100, '..........'],
  [[50], 100, 'aaaaa.....'],
  [[100], 100, 'aaaaaaaaaa'],
  // Retries may add up to more executions than there are things.
  [[150, 50], 100, 'aaaaaaaabb'],
  [[1], 5000, 'a.........'],
  [[4999], 5000, 'aaaaaaaaa.'],
  [[90, 1, 1, 0, 8], 100, 'aaaaaaaaae'],
  [[88, 5, 0, 0, 7], 100, 'aaaaaaaabe'],
])('%j of %i', (counts, total, text) => {
  expect(draw(counts, total, 10)).toBe(text);
});

it('is always as long as it should be, and shows nothing that is not there', () => {
  const counts = fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 8 });
  fc.assert(
    fc.property(counts, fc.nat(), fc.integer({ min: 0, max: 60 }), (some, total, columns) => {
      const text = draw(some, total, columns);

      expect(text).toHaveLength(columns);
      for (const [index, count] of some.entries()) {
        if (count === 0) expect(text).not.toContain('abcdefgh'.charAt(index));
      }
    }),
  );
});
