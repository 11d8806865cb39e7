import type { Millis, SteerableClock } from './clock.ts';
import type { TrafficCount } from './traffic.ts';

/** How one party of a run stands while simulated time does. Plain data. */
export interface Standing {
  /** For messages: `the emulator`, `agent-0/worker-1`. */
  readonly party: string;
  /** Simulated. */
  readonly now: Millis;
  /** When it will do something of its own accord, if ever. */
  readonly nextAt?: Millis;
  /** At its end of the links between things and service. */
  readonly traffic: TrafficCount;
  /** What it is in the middle of, beyond packets. */
  readonly busyWith?: string;
}

/** An order to a party: to an instant, and no further. */
export interface Step {
  readonly to: Millis;
  /**
   * False only sets the clock. What is due happens once every party's clock is set: a message must not
   * reach anybody before the time it was sent at.
   */
  readonly isRun: boolean;
}

/** The clock is frozen from now on. Going where it is already only looks. */
export function takeStep(
  clock: SteerableClock,
  { to, isRun }: Step,
): Pick<Standing, 'now' | 'nextAt'> {
  if (isRun) clock.advanceTo(to);
  else clock.holdAt(to);
  const { now, nextAt } = clock.read();
  return { now, ...(nextAt === undefined ? {} : { nextAt }) };
}
