import type { Cancel, Clock } from '../base/clock.ts';

/** What a sweep looks after. */
export interface Swept {
  /** One wall second went by. */
  tick(): void;
}

const tickMs = 1000;

/**
 * The time of all connections of a worker: one timer that tells each of them when a second went by.
 * With a timer for each, as many would be armed and fire as there are things; 15,000 ticks take less
 * than half a millisecond.
 */
export class LinkSweep {
  readonly #wall: Clock;
  readonly #links = new Set<Swept>();
  #cancel: Cancel | undefined;

  constructor(wall: Clock) {
    this.#wall = wall;
  }

  add(link: Swept): void {
    this.#links.add(link);
    this.#cancel ??= this.#arm(this.#wall.now() + tickMs);
  }

  remove(link: Swept): void {
    this.#links.delete(link);
    if (this.#links.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(at: number): Cancel {
    return this.#wall.schedule(at, () => {
      for (const link of this.#links) link.tick();
      // A late tick is one tick: a thread that stalled must not take it for its brokers' silence.
      if (this.#links.size > 0) this.#cancel = this.#arm(Math.max(at + tickMs, this.#wall.now()));
    });
  }
}
