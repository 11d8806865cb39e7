import { type ClockSetting, SteerableClock } from '../base/clock.ts';
import type { Store } from './store.ts';

interface StoredClock extends ClockSetting {
  readonly frozenAt?: number;
}

/**
 * The clock of an emulator that may have run before. Simulated time went on while it was away, as it was
 * set, unless it stood still; `given` settings win over stored ones, and nothing lets time go back.
 */
export function resumeClock(
  store: Store,
  given: SteerableClock | Partial<ClockSetting> = {},
): SteerableClock {
  const clock = given instanceof SteerableClock ? given : begin(store, given);
  const { lastAt } = store.journal;
  if (lastAt !== undefined && clock.now() < lastAt) clock.advanceTo(lastAt);
  return clock;
}

/** To be called whenever the clock was steered. */
export function saveClock(store: Store, clock: SteerableClock): void {
  const { wallOriginAt, simulatedOriginAt, scale, isFrozen, now } = clock.read();
  const stored: StoredClock = {
    wallOriginAt,
    simulatedOriginAt,
    scale,
    ...(isFrozen ? { frozenAt: now } : {}),
  };
  store.values.put('clock', JSON.stringify(stored));
}

function begin(store: Store, given: Partial<ClockSetting>): SteerableClock {
  const text = store.values.get('clock');
  const hasOrigin = given.wallOriginAt !== undefined || given.simulatedOriginAt !== undefined;
  if (text === undefined || hasOrigin) return new SteerableClock(given);
  const { frozenAt, ...stored } = JSON.parse(text) as StoredClock;
  const scale = given.scale ?? stored.scale;
  if (frozenAt !== undefined) {
    const clock = new SteerableClock({ simulatedOriginAt: frozenAt, scale });
    clock.freeze();
    return clock;
  }
  const clock = new SteerableClock(stored);
  if (scale !== stored.scale) clock.setScale(scale);
  return clock;
}
