import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { SteerableClock } from '../../../src/base/clock.ts';

const t0 = 1_700_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: t0, toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
});

/** A clock that reads 0 now. */
function clockAtZero(scale = 1): SteerableClock {
  return new SteerableClock({ simulatedOriginAt: 0, scale });
}

it('runs scale times as fast as the wall', async () => {
  const clock = clockAtZero(60);
  const seen: number[] = [];
  clock.schedule(60_000, () => seen.push(clock.now()));

  await vi.advanceTimersByTimeAsync(999);
  expect(seen).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);

  expect(seen).toEqual([60_000]);
});

it('never runs an action while it is being scheduled', () => {
  const clock = clockAtZero();
  const action = vi.fn();

  clock.schedule(-5, action);

  expect(action).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(action).toHaveBeenCalledOnce();
});

it('drops a cancelled action', () => {
  const clock = clockAtZero();
  const action = vi.fn();
  const cancel = clock.schedule(10, action);

  cancel();
  vi.advanceTimersByTime(50);

  expect(action).not.toHaveBeenCalled();
});

it('stands still while frozen and goes on from there', () => {
  const clock = clockAtZero();
  const action = vi.fn();
  clock.schedule(100, action);
  vi.advanceTimersByTime(40);

  clock.freeze();
  vi.advanceTimersByTime(1000);
  expect(clock.now()).toBe(40);
  expect(action).not.toHaveBeenCalled();

  clock.resume();
  vi.advanceTimersByTime(60);
  expect(action).toHaveBeenCalledOnce();
});

it('runs what is due at the instant it stands at, frozen or not', () => {
  const clock = clockAtZero();
  clock.freeze();
  const action = vi.fn();
  const later = vi.fn();

  clock.schedule(clock.now(), action);
  clock.schedule(clock.now() + 1, later);
  vi.advanceTimersByTime(100);

  expect(action).toHaveBeenCalledOnce();
  expect(later).not.toHaveBeenCalled();
});

it('advances through everything due, each at its own time, also what is scheduled on the way', () => {
  const clock = clockAtZero();
  clock.freeze();
  const seen: number[] = [];
  const tick = () => {
    seen.push(clock.now());
    clock.schedule(clock.now() + 100, tick);
  };
  clock.schedule(100, tick);

  clock.advanceTo(350);

  expect(seen).toEqual([100, 200, 300]);
  expect(clock.now()).toBe(350);
});

it('jumps to the next event, and says when there is none', () => {
  const clock = clockAtZero();
  clock.freeze();
  clock.schedule(5000, () => undefined);

  expect(clock.advanceToNext()).toBe(true);
  expect(clock.now()).toBe(5000);
  expect(clock.advanceToNext()).toBe(false);
});

it('keeps its time when the scale changes, frozen or not', () => {
  const clock = clockAtZero();
  vi.advanceTimersByTime(100);
  clock.setScale(10);
  vi.advanceTimersByTime(10);
  expect(clock.now()).toBeCloseTo(200);

  clock.freeze();
  clock.setScale(1);
  vi.advanceTimersByTime(10);
  expect(clock.read()).toMatchObject({ isFrozen: true, scale: 1 });
  expect(clock.now()).toBeCloseTo(200);
});

it('two clocks of one setting agree', () => {
  const setting = { wallOriginAt: t0 - 1000, simulatedOriginAt: 0, scale: 7 };

  expect(new SteerableClock(setting).now()).toBe(new SteerableClock(setting).now());
});

it('waits longer than a 32-bit timer can', () => {
  const clock = clockAtZero();
  const action = vi.fn();
  const days60 = 60 * 86_400_000;
  clock.schedule(days60, action);

  vi.advanceTimersByTime(days60 - 1);
  expect(action).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);

  expect(action).toHaveBeenCalledOnce();
});

it('holds at an instant without doing what is due by then, until it is told to go there', () => {
  const clock = clockAtZero();
  const seen: number[] = [];
  clock.schedule(100, () => seen.push(clock.now()));

  clock.holdAt(500);
  clock.holdAt(200);
  vi.advanceTimersByTime(1000);
  expect([clock.now(), ...seen]).toEqual([500]);

  clock.advanceTo(500);
  expect(seen).toEqual([500]);
});
