import type { Millis } from './clock.ts';

/** How well this machine keeps time. */
export interface ClockProbe {
  /** Wall time as the system tells it, in milliseconds since the epoch. */
  readonly wallAt: Millis;
  /** How much further the wall clock went than the monotonic one: it was set meanwhile, or is steered hard. */
  readonly driftMs: Millis;
  /** The worst of some timers. */
  readonly latenessMs: Millis;
}

const timers = 10;
const timerMs = 10;

/** Watches both clocks and some timers, for a tenth of a second. */
export async function probeClock(): Promise<ClockProbe> {
  const wallFrom = Date.now();
  const from = performance.now();
  let latenessMs = 0;
  for (let index = 0; index < timers; index++) {
    const dueAt = performance.now() + timerMs;
    await new Promise((resolve) => setTimeout(resolve, timerMs));
    latenessMs = Math.max(latenessMs, performance.now() - dueAt);
  }
  const wallAt = Date.now();
  return { wallAt, driftMs: wallAt - wallFrom - (performance.now() - from), latenessMs };
}
