import { expect, it } from 'vitest';
import { Pace } from '../../../src/cli/pace.ts';

it('tells nothing from one reading', () => {
  const pace = new Pace();
  pace.add(0, 10);

  expect(pace.perMinute()).toBeUndefined();
});

it('follows a change of rate within a minute', () => {
  const pace = new Pace();
  for (let second = 0; second <= 300; second++) pace.add(second * 1000, second);
  expect(pace.perMinute()).toBeCloseTo(60);

  for (let second = 1; second <= 61; second++) pace.add((300 + second) * 1000, 300 + 10 * second);
  expect(pace.perMinute()).toBeCloseTo(600);
});

it('takes several readings however far they are apart', () => {
  const pace = new Pace();
  for (const [minute, count] of [
    [0, 0],
    [10, 1000],
    [20, 1000],
    [30, 1000],
    [40, 1300],
  ] as const) {
    pace.add(minute * 60_000, count);
  }

  expect(pace.perMinute()).toBeCloseTo(10);
});
