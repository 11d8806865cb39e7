import { expect, it } from 'vitest';
import { deviation } from '../../../src/run/deviation.ts';

const seconds = (...at: number[]) => at.map((second) => second * 1000);
const releases = (createdAt: number, ...at: number[]) => ({
  createdAt: createdAt * 1000,
  at: seconds(...at),
});

it.each([
  ['the same', releases(0, 0, 10, 20), releases(0, 0, 10, 20), 0],
  ['the same, of a job that was created later', releases(0, 0, 10), releases(50, 50, 60), 0],
  ['a second late', releases(0, 0, 10, 20), releases(0, 1, 11, 21), 0],
  ['two seconds late', releases(0, 0, 10, 20), releases(0, 2, 12, 22), 1],
  ['one release behind at the end', releases(0, 0, 10, 20), releases(0, 0, 10), 1],
  ['far ahead in the middle only', releases(0, 0, 1, 2, 3, 60), releases(0, 0, 57, 58, 59, 60), 3],
  ['a burst against none', releases(0, 5, 5, 5, 5), releases(0), 4],
  ['neither releases any', releases(0), releases(0), 0],
])('%s: off by that many things', (_, a, b, things) => {
  expect(deviation(a, b, 10)).toBe(things * 10);
  expect(deviation(b, a, 10)).toBe(things * 10);
});

it('of no things there is no share', () => {
  expect(deviation(releases(0), releases(0), 0)).toBeUndefined();
});

it('what a service does not tell apart is no deviation', () => {
  const late = releases(0, 2, 12, 22);
  expect(deviation(releases(0, 0, 10, 20), late, 10, 1000)).toBe(0);
  expect(deviation(late, releases(0, 0, 10, 20), 10, 999)).toBe(10);
});
