import type { Millis } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { type Distribution, drawApart } from './distribution.ts';
import type { Profile } from './profile.ts';

/** One way in which a network comes and goes, and the names of its draws. */
interface Rhythm {
  readonly up: Distribution;
  readonly down: Distribution;
  readonly names: { readonly up: string; readonly down: string };
  /** Keeps a rhythm whose times come out as zero from spinning. */
  readonly msMin: Millis;
}

/** Windows so far name the draws, so that one rhythm never shifts another. */
interface Outage extends Rhythm {
  windows: number;
  nextAt: Millis;
}

/** When a device's network goes by itself: for long (`offline`), or again and again for a moment (`flapping`). */
export class Outages {
  readonly #random: Random;
  readonly #outages: readonly Outage[];

  constructor(link: Profile['link'], random: Random) {
    this.#random = random;
    this.#outages = rhythmsOf(link).map((rhythm) => ({
      ...rhythm,
      windows: 0,
      nextAt: Number.POSITIVE_INFINITY,
    }));
  }

  /** Infinite when the network stays. */
  get nextAt(): Millis {
    return this.#outages.reduce((at, { nextAt }) => Math.min(at, nextAt), Number.POSITIVE_INFINITY);
  }

  /** Power on. */
  begin(now: Millis): void {
    for (const outage of this.#outages) outage.nextAt = now + this.#draw(outage, 'up');
  }

  /** Until when the network is gone; undefined when no outage is due. */
  take(now: Millis): Millis | undefined {
    const due = this.#outages.filter(({ nextAt }) => now >= nextAt);
    return due.length === 0 ? undefined : Math.max(...due.map((outage) => this.#pass(outage, now)));
  }

  #pass(outage: Outage, now: Millis): Millis {
    const untilAt = now + this.#draw(outage, 'down');
    outage.windows++;
    outage.nextAt = untilAt + this.#draw(outage, 'up');
    return untilAt;
  }

  #draw(outage: Outage, part: 'up' | 'down'): Millis {
    const name = `link/${outage.names[part]}/${outage.windows}`;
    return Math.max(outage.msMin, drawApart(outage[part], this.#random, name));
  }
}

/** Whether the device's network goes by itself, even while nothing is pending. */
export function hasOutages({ offline, flapping }: Profile['link']): boolean {
  return offline !== undefined || flapping !== undefined;
}

function rhythmsOf({ offline, flapping }: Profile['link']): Rhythm[] {
  return [
    ...(offline === undefined
      ? []
      : [
          {
            up: offline.every,
            down: offline.for,
            names: { up: 'every', down: 'for' },
            msMin: 1000,
          },
        ]),
    ...(flapping === undefined
      ? []
      : [{ ...flapping, names: { up: 'up', down: 'down' }, msMin: 100 }]),
  ];
}
