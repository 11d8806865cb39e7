import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dueLooks, lookPaceMs } from '../../../src/run/look-pace.ts';

it.each([
  [1, undefined, 1000],
  [500, undefined, 1000],
  [4, 9, 1000],
  [5, 9, 2000],
  [100, 9, 23_000],
])('%i jobs at %s calls a second are looked at every %i ms', (jobs, rate, paceMs) => {
  expect(lookPaceMs(jobs, rate)).toBe(paceMs);
});

it('takes half of the calls at most, and looks at every job in its turn', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 2, max: 20 }), (jobs, rate) => {
      const watches = Array.from({ length: jobs }, () => ({ lookedAt: Number.NEGATIVE_INFINITY }));
      const paceMs = lookPaceMs(jobs, rate);
      for (let now = 0; now <= 3 * paceMs; now += 1000) {
        const due = dueLooks(watches, now, rate);
        expect(due.length).toBeLessThanOrEqual(Math.max(1, rate / 2));
        for (const watch of due) watch.lookedAt = now;
        if (now < 2 * paceMs) continue;
        // A turn may come as much later as the calls of a second do not divide evenly.
        const longest = Math.max(...watches.map(({ lookedAt }) => now - lookedAt));
        expect(longest).toBeLessThanOrEqual(2 * paceMs);
      }
    }),
  );
});

it('what an event has made stale is looked at next', () => {
  const watches = [{ lookedAt: 9500 }, { lookedAt: Number.NEGATIVE_INFINITY }, { lookedAt: 9400 }];
  expect(dueLooks(watches, 10_000, 9)).toEqual([watches[1]]);
});
