import { expect, it } from 'vitest';
import { Thinned } from '../../../src/run/thinned.ts';

function filled(count: number): Thinned<number> {
  const thinned = new Thinned<number>();
  for (let row = 0; row < count; row++) thinned.push(row);
  return thinned;
}

it('keeps everything while it fits', () => {
  expect(filled(0).rows()).toEqual([]);
  expect(filled(1500).rows()).toEqual(Array.from({ length: 1500 }, (_, row) => row));
});

it.each([2000, 2001, 7777, 100_000])('keeps an even spread of %i rows, with both ends', (count) => {
  const rows = filled(count).rows();

  expect(rows.length).toBeGreaterThanOrEqual(1000);
  expect(rows.length).toBeLessThanOrEqual(2001);
  expect(rows[0]).toBe(0);
  expect(rows.at(-1)).toBe(count - 1);
  const gaps = rows.slice(1, -1).map((row, index) => row - (rows[index] ?? 0));
  expect(new Set(gaps).size).toBe(1);
});

it('tells the last row whether it was kept or not', () => {
  expect(filled(0).last).toBeUndefined();
  expect(filled(4002).last).toBe(4001);
});
