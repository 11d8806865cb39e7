import type { Clock, Millis } from './clock.ts';

/** Resolves at an instant of that clock; at once when it has passed. */
export function waitUntil(clock: Clock, at: Millis): Promise<void> {
  if (at <= clock.now()) return Promise.resolve();
  return new Promise((resolve) => {
    clock.schedule(at, resolve);
  });
}
