import { describe, expect, it, onTestFinished } from 'vitest';
import { type Clock, SteerableClock } from '../../../src/base/clock.ts';
import {
  ConnectWindow,
  followRamp,
  type Ramp,
  rampSteps,
  windowOf,
} from '../../../src/fleet/connect-ramp.ts';

describe('followRamp', () => {
  const start = 1_000_000;

  function follow(clock: Clock, places: Iterable<number>, ramp: Partial<Ramp> = {}) {
    const taken: [place: number, at: number][] = [];
    const steps = rampSteps(places, {
      originAt: start + 100,
      perSecond: 500,
      clockScale: 1,
      ...ramp,
    });
    followRamp(clock, steps, ({ place, dueAt }) => {
      expect(clock.now()).toBeGreaterThanOrEqual(dueAt);
      taken.push([place, dueAt - start]);
    });
    return taken;
  }

  function frozenClock(): SteerableClock {
    const clock = new SteerableClock({ simulatedOriginAt: start });
    clock.freeze();
    clock.advanceTo(start);
    onTestFinished(() => clock.stop());
    return clock;
  }

  it.each([
    ['the first at once, the 501st a second later', {}, [0, 500], [100, 1100]],
    ['slower than one a second', { perSecond: 0.5 }, [0, 1], [100, 2100]],
    ['in wall time, however fast the simulated clock', { clockScale: 60 }, [500], [60_100]],
  ])('%s', (_, ramp, places, dueAts) => {
    const clock = frozenClock();
    const taken = follow(clock, places, ramp);

    clock.advanceTo(start + 100_000);

    expect(taken).toEqual(places.map((place, index) => [place, dueAts[index]]));
  });

  it('takes no step before it is due', () => {
    const clock = frozenClock();
    const taken = follow(clock, [0, 1, 2, 3]);

    clock.advanceTo(start + 103);

    expect(taken).toEqual([
      [0, 100],
      [1, 102],
    ]);
  });

  it('takes all that is overdue, but lets the event loop breathe', () => {
    const turns: (() => void)[] = [];
    const clock: Clock = {
      now: () => start,
      schedule: (_, action) => {
        turns.push(action);
        return () => undefined;
      },
    };
    const taken = follow(clock, Array.from({ length: 1000 }).keys(), { originAt: start - 5000 });
    const takenPerTurn: number[] = [];

    for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
      const before = taken.length;
      turn();
      takenPerTurn.push(taken.length - before);
    }

    expect(taken).toHaveLength(1000);
    expect(Math.max(...takenPerTurn)).toBeLessThanOrEqual(256);
  });
});

describe('windowOf', () => {
  it.each([
    [400, 3],
    [401, 4],
    [7, 7],
  ])('divides %d among %d without losing any', (inFlight, parts) => {
    const windows = Array.from({ length: parts }, (_, part) => windowOf(inFlight, part, parts));

    expect(windows.reduce((sum, size) => sum + size, 0)).toBe(inFlight);
    expect(Math.max(...windows) - Math.min(...windows)).toBeLessThanOrEqual(1);
  });

  it('lets every worker connect, even when there are more workers than places', () => {
    expect(windowOf(1, 0, 2)).toBe(1);
    expect(windowOf(1, 1, 2)).toBe(1);
  });
});

describe('ConnectWindow', () => {
  function connectorsOf(names: readonly string[]) {
    const begun: string[] = [];
    const connectors = names.map((name) => ({ beginConnect: () => void begun.push(name) }));
    return { begun, connectors };
  }

  it('opens no more than its size at once, the others in the order they came', () => {
    const window = new ConnectWindow(2);
    const { begun, connectors } = connectorsOf(['a', 'b', 'c', 'd']);
    const [a, b] = connectors;

    for (const connector of connectors) window.enter(connector);
    expect(begun).toEqual(['a', 'b']);
    expect(window.connecting).toBe(4);

    if (b !== undefined) window.leave(b);
    expect(begun).toEqual(['a', 'b', 'c']);
    if (a !== undefined) window.leave(a);
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    expect(window.connecting).toBe(2);
  });

  it('forgets who gave up before their turn, and whoever leaves twice', () => {
    const window = new ConnectWindow(1);
    const { begun, connectors } = connectorsOf(['a', 'b', 'c', 'd']);
    const [a, b] = connectors;
    for (const connector of connectors) window.enter(connector);

    for (const connector of [b, b, a, a]) if (connector !== undefined) window.leave(connector);

    expect(begun).toEqual(['a', 'c']);
    expect(window.connecting).toBe(2);
  });
});
