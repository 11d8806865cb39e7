import type { Millis } from '../base/clock.ts';

interface Reading {
  readonly at: Millis;
  readonly count: number;
}

/** A rate that says something needs that many readings... */
const readingsMin = 4;
/** ...and that much time. */
const spanMs = 60_000;

/** How fast a count grows, over the last readings of it. */
export class Pace {
  #readings: Reading[] = [];

  add(at: Millis, count: number): void {
    this.#readings.push({ at, count });
    const from = this.#readings.findLastIndex(
      (reading, index) => reading.at <= at - spanMs && this.#readings.length - index >= readingsMin,
    );
    if (from > 0) this.#readings = this.#readings.slice(from);
  }

  /** Undefined until there are two readings. */
  perMinute(): number | undefined {
    const first = this.#readings[0];
    const last = this.#readings.at(-1);
    if (first === undefined || last === undefined || last.at <= first.at) return undefined;
    return ((last.count - first.count) * 60_000) / (last.at - first.at);
  }
}
