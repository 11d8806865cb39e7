import { expect, it } from 'vitest';
import { PacedLine } from '../../../src/fleet/paced-line.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function lineOf(perSecond: number, clockScale = 1) {
  const clock = new ManualClock();
  const went: string[] = [];
  const waitedMs: number[] = [];
  const onWaited = (ms: number) => waitedMs.push(ms);
  const line = new PacedLine({ perSecond, clock, clockScale, onWaited });
  const enter = (...keys: string[]) => {
    for (const key of keys) line.enter(key, () => went.push(`${key}@${clock.now()}`));
  };
  return { clock, line, went, waitedMs, enter };
}

it('lets through in order at its rate, and at once no more than a tenth of a second allows', () => {
  const { clock, went, waitedMs, enter } = lineOf(20);

  enter('a', 'b', 'c', 'd', 'e');
  expect(went).toEqual(['a@0', 'b@0']);
  clock.advanceTo(10_000);

  expect(went.slice(2)).toEqual(['c@50', 'd@100', 'e@150']);
  expect(waitedMs).toEqual([50, 100, 150]);
});

it('holds nobody back behind one that has left', () => {
  const { clock, line, went, waitedMs, enter } = lineOf(1);
  enter('a', 'b', 'c');
  clock.advanceTo(400);

  expect(line.leave('b')).toBe(true);
  expect(line.leave('b')).toBe(false);
  expect(line.leave('a')).toBe(false);
  clock.advanceTo(5000);

  expect(went).toEqual(['a@0', 'c@1000']);
  expect(waitedMs).toEqual([400, 1000]);
});

it('lets nobody past those who wait, be there one to take already', () => {
  const { clock, went, enter } = lineOf(3);
  enter('a', 'b');
  clock.advanceTo(333.5);

  enter('c');
  expect(went).toEqual(['a@0']);
  clock.advanceTo(3000);

  expect(went).toEqual(['a@0', 'b@334', 'c@668']);
});

it('takes its seconds from the wall, however fast time goes by', () => {
  const { clock, went, waitedMs, enter } = lineOf(1, 60);

  enter('a', 'b');
  clock.advanceTo(120_000);

  expect(went).toEqual(['a@0', 'b@60000']);
  expect(waitedMs).toEqual([1000]);
});

it('is slow where its part of a rate is less than one a second', () => {
  const { clock, went, enter } = lineOf(0.25);

  enter('a', 'b');
  clock.advanceTo(10_000);

  expect(went).toEqual(['a@0', 'b@4000']);
});
