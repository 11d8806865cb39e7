import { Agenda } from '../base/agenda.ts';
import type { Cancel, Clock, Millis } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import { AppError } from '../base/errors.ts';

/** More actions at one instant are one that schedules itself for now, over and over. */
const actionsPerInstantMax = 20_000_000;

/** A clock that stands still until it is run, and then jumps from one appointment to the next. */
export class VirtualClock implements Clock {
  readonly #agenda = new Agenda<() => void>();
  readonly #startAt: Millis;
  #now: Millis;
  #actions = 0;

  constructor(startAt: Millis) {
    this.#startAt = startAt;
    this.#now = startAt;
  }

  /** Appointments kept so far: the events of a simulation. */
  get actions(): number {
    return this.#actions;
  }

  now(): Millis {
    return this.#now;
  }

  schedule(at: Millis, action: () => void): Cancel {
    const appointment = this.#agenda.add(Math.max(at, this.#now), action);
    return () => this.#agenda.cancel(appointment);
  }

  /** As `schedule`, for what is never taken back. */
  post(at: Millis, action: () => void): void {
    this.#agenda.add(Math.max(at, this.#now), action);
  }

  /**
   * Runs what is due by `untilAt`, in order, until `isDone` says so; it is asked after every action.
   * Time ends at the last action, or at `untilAt` when nothing is left before it.
   */
  run(untilAt: Millis, isDone: () => boolean = () => false): void {
    let left = actionsPerInstantMax;
    while (!isDone()) {
      const at = this.#agenda.nextAt;
      if (at === undefined || at > untilAt) {
        this.#now = Math.max(this.#now, untilAt);
        return;
      }
      if (at > this.#now) {
        this.#now = at;
        left = actionsPerInstantMax;
      } else if (--left === 0) {
        throw new AppError('internal', `simulated time stands still at ${this.#elapsed()}`, {
          hint: 'please report it, with the scenario',
        });
      }
      this.#actions++;
      this.#agenda.takeDue(at)?.();
    }
  }

  #elapsed(): string {
    return formatDuration(this.#now - this.#startAt);
  }
}
