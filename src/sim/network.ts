import type { Millis } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { type Distribution, draw } from '../device/distribution.ts';

/** What lies between a device and the service. Offline windows are the device's own affair: its link. */
export interface Network {
  /** One way, of every single message. */
  readonly latency: Distribution;
  /** Ratio of messages, either way, that never arrive on a connection that stands. */
  readonly loss: number;
}

/** One direction of one device's connection: messages do not overtake each other. */
export class Lane {
  readonly #network: Network;
  /** Needed only where there is something to draw. */
  readonly #random: Random | undefined;
  #lastAt: Millis = 0;

  constructor(network: Network, random: Random | undefined) {
    this.#network = network;
    this.#random = random;
  }

  /** When a message sent now arrives; undefined when it is lost. */
  arrival(now: Millis): Millis | undefined {
    const at = Math.max(this.#lastAt, now + this.#latencyMs());
    this.#lastAt = at;
    return this.#isLost() ? undefined : at;
  }

  /** There and back again, of what is not lost: connecting and subscribing. */
  roundTrip(now: Millis): Millis {
    return now + this.#latencyMs() + this.#latencyMs();
  }

  #latencyMs(): Millis {
    const { latency } = this.#network;
    return this.#random === undefined || typeof latency === 'number'
      ? Number(latency)
      : draw(latency, this.#random);
  }

  #isLost(): boolean {
    return this.#random !== undefined && this.#random.next() < this.#network.loss;
  }
}

/** Whether messages differ, so that every device needs a stream of its own. */
export function isRandom({ latency, loss }: Network): boolean {
  return typeof latency !== 'number' || loss > 0;
}
