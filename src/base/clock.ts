import { Agenda } from './agenda.ts';

/** An instant or a span in milliseconds; instants count from the Unix epoch and may carry a fraction. */
export type Millis = number;

/** Takes a scheduled action back. Calling it late or twice does nothing. */
export type Cancel = () => void;

/** The only way time enters a machine's driver. */
export interface Clock {
  now(): Millis;
  /** Runs `action` once at `at`, or as soon as possible when that has passed. Never synchronously. */
  schedule(at: Millis, action: () => void): Cancel;
}

/** How simulated time follows the wall. Processes that share these three agree on the time. */
export interface ClockSetting {
  /** Wall instant at which simulated time was `simulatedOriginAt`. */
  readonly wallOriginAt: Millis;
  readonly simulatedOriginAt: Millis;
  /** Simulated milliseconds per wall millisecond; above 0. */
  readonly scale: number;
}

/** The simulated instant at a wall instant, and the other way round. */
export function simulatedAt(setting: ClockSetting, wallInstant: Millis): Millis {
  return setting.simulatedOriginAt + (wallInstant - setting.wallOriginAt) * setting.scale;
}

export function wallAt(setting: ClockSetting, simulatedInstant: Millis): Millis {
  return setting.wallOriginAt + (simulatedInstant - setting.simulatedOriginAt) / setting.scale;
}

export interface ClockReading extends ClockSetting {
  readonly now: Millis;
  readonly isFrozen: boolean;
  /** When the next scheduled action is due, if any. */
  readonly nextAt?: Millis;
}

/** A timer longer than this overflows Node's 32-bit delay; such waits are cut into pieces. */
const longestTimerMs = 2 ** 31 - 1;

/** Wall time in milliseconds since the epoch, with the fraction that `Date` lacks. */
export function wallNow(): Millis {
  return performance.timeOrigin + performance.now();
}

/**
 * Wall time × scale, that an operator may freeze, advance, set or rescale. All actions share one
 * Node timer. This is the only place in fleetrig where a timer or the wall clock is touched.
 */
export class SteerableClock implements Clock {
  readonly #agenda = new Agenda<() => void>();
  #setting: ClockSetting;
  /** Simulated time while it stands still; undefined while it runs. */
  #frozenAt: Millis | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timerAt: Millis = Number.POSITIVE_INFINITY;

  constructor(setting?: Partial<ClockSetting>) {
    const wallOriginAt = setting?.wallOriginAt ?? wallNow();
    this.#setting = {
      wallOriginAt,
      simulatedOriginAt: setting?.simulatedOriginAt ?? wallOriginAt,
      scale: setting?.scale ?? 1,
    };
  }

  now(): Millis {
    if (this.#frozenAt !== undefined) return this.#frozenAt;
    return simulatedAt(this.#setting, wallNow());
  }

  schedule(at: Millis, action: () => void): Cancel {
    const appointment = this.#agenda.add(at, action);
    this.#arm();
    return () => this.#agenda.cancel(appointment);
  }

  read(): ClockReading {
    const nextAt = this.#agenda.nextAt;
    return {
      ...this.#setting,
      now: this.now(),
      isFrozen: this.#frozenAt !== undefined,
      ...(nextAt === undefined ? {} : { nextAt }),
    };
  }

  freeze(): void {
    this.#frozenAt = this.now();
    this.#disarm();
  }

  /** Freezes time at `at`, or now if that is later, and leaves what is due by then to `advanceTo`. */
  holdAt(at: Millis): void {
    this.freeze();
    this.#frozenAt = Math.max(this.now(), at);
  }

  resume(): void {
    if (this.#frozenAt === undefined) return;
    this.#rebase(this.#frozenAt, this.#setting.scale);
  }

  setScale(scale: number): void {
    const wasFrozen = this.#frozenAt !== undefined;
    this.#rebase(this.now(), scale);
    if (wasFrozen) this.freeze();
  }

  /** Moves time forward to `at`, running everything due on the way at its own time, in order. */
  advanceTo(at: Millis): void {
    const wasFrozen = this.#frozenAt !== undefined;
    this.#frozenAt = this.now();
    for (;;) {
      const nextAt = this.#agenda.nextAt;
      if (nextAt === undefined || nextAt > at) break;
      this.#frozenAt = Math.max(this.#frozenAt, nextAt);
      this.#agenda.takeDue(nextAt)?.();
    }
    this.#frozenAt = Math.max(this.#frozenAt, at);
    if (!wasFrozen) this.resume();
  }

  /** Moves time forward to the next scheduled action and runs it; false when nothing is scheduled. */
  advanceToNext(): boolean {
    const nextAt = this.#agenda.nextAt;
    if (nextAt === undefined) return false;
    this.advanceTo(nextAt);
    return true;
  }

  /** Drops everything scheduled and lets the process end. */
  stop(): void {
    this.#agenda.clear();
    this.#disarm();
  }

  #rebase(simulatedOriginAt: Millis, scale: number): void {
    this.#setting = { wallOriginAt: wallNow(), simulatedOriginAt, scale };
    this.#frozenAt = undefined;
    this.#disarm();
    this.#arm();
  }

  #arm(): void {
    const at = this.#agenda.nextAt;
    if (at === undefined || at >= this.#timerAt) return;
    // Frozen time does not come to later items; what is due at this very instant still runs.
    if (this.#frozenAt !== undefined && at > this.#frozenAt) return;
    this.#disarm();
    this.#timerAt = at;
    const delayMs = (at - this.now()) / this.#setting.scale;
    this.#timer = setTimeout(
      () => this.#fire(),
      Math.min(Math.max(0, Math.ceil(delayMs)), longestTimerMs),
    );
  }

  #fire(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    // No more than was there when the timer fired: an action that schedules itself for now must not
    // keep the event loop from its sockets.
    const now = this.now();
    for (let left = this.#agenda.size; left > 0; left--) {
      const action = this.#agenda.takeDue(now);
      if (action === undefined) break;
      action();
    }
    this.#arm();
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }
}

/** `2026-11-20T21:40:03.120Z`, from milliseconds since the epoch. */
export function isoTime(at: Millis): string {
  return new Date(at).toISOString();
}

/** `Thu, 20 Nov 2026 21:40:03 GMT`, the form of HTTP's date headers. */
export function httpTime(at: Millis): string {
  return new Date(at).toUTCString();
}

/** The instant of an ISO 8601 text; undefined when it is none. */
export function instantOf(text: string): Millis | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** For libraries that ask for one. */
export function dateOf(at: Millis): Date {
  return new Date(at);
}
