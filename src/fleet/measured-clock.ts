import type { Cancel, Clock, Millis } from '../base/clock.ts';

/**
 * A clock that tells how late its actions run, in simulated milliseconds: the harness's own part in
 * every latency. An action asked for too late counts from when it was asked for.
 */
export function measuredClock(clock: Clock, onDelay: (delayMs: Millis) => void): Clock {
  return {
    now: () => clock.now(),
    schedule(at: Millis, action: () => void): Cancel {
      const dueAt = Math.max(at, clock.now());
      return clock.schedule(at, () => {
        onDelay(clock.now() - dueAt);
        action();
      });
    },
  };
}
