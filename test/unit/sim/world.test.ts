import { expect, it } from 'vitest';
import { VirtualClock } from '../../../src/sim/world.ts';

function clockWith(...appointments: readonly number[]) {
  const clock = new VirtualClock(1000);
  const seen: [at: number, name: number][] = [];
  for (const [name, at] of appointments.entries()) {
    clock.schedule(at, () => seen.push([clock.now(), name]));
  }
  return { clock, seen };
}

it('jumps from appointment to appointment; equal times keep their order', () => {
  const { clock, seen } = clockWith(3000, 2000, 3000, 9000);

  clock.run(5000);

  expect(seen).toEqual([
    [2000, 1],
    [3000, 0],
    [3000, 2],
  ]);
  expect(clock.now()).toBe(5000);
  expect(clock.actions).toBe(3);
});

it('keeps an appointment in the past at once, never synchronously', () => {
  const { clock, seen } = clockWith(500);

  expect(seen).toEqual([]);
  clock.run(1000);

  expect(seen).toEqual([[1000, 0]]);
});

it('stops where it is as soon as it is done', () => {
  const { clock, seen } = clockWith(2000, 3000, 4000);

  clock.run(5000, () => seen.length === 2);

  expect(clock.now()).toBe(3000);
});

it('forgets what was cancelled', () => {
  const { clock, seen } = clockWith(2000);
  const cancel = clock.schedule(1500, () => seen.push([0, 99]));

  cancel();
  clock.run(5000);

  expect(seen).toEqual([[2000, 0]]);
});
