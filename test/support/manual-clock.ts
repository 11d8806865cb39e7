import { Agenda } from '../../src/base/agenda.ts';
import type { Cancel, Clock, Millis } from '../../src/base/clock.ts';

/** Time that starts at 0 and stands still until told to move; what is due on the way runs in order. */
export class ManualClock implements Clock {
  readonly #agenda = new Agenda<() => void>();
  #now = 0;

  get nextAt(): Millis | undefined {
    return this.#agenda.nextAt;
  }

  now(): Millis {
    return this.#now;
  }

  schedule(at: Millis, action: () => void): Cancel {
    const appointment = this.#agenda.add(at, action);
    return () => this.#agenda.cancel(appointment);
  }

  advanceTo(at: Millis): void {
    for (let nextAt = this.nextAt; nextAt !== undefined && nextAt <= at; nextAt = this.nextAt) {
      this.#now = Math.max(this.#now, nextAt);
      this.#agenda.takeDue(nextAt)?.();
    }
    this.#now = Math.max(this.#now, at);
  }
}
