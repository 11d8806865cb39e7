import type { Clock, Millis } from '../base/clock.ts';
import { TokenBucket } from '../base/token-bucket.ts';

/** What a whole fleet may do in a second of wall time; what is not set is not held back. */
export interface Rates {
  readonly connects?: number | undefined;
  /** get and describe. */
  readonly reads?: number | undefined;
  /** start-next and update. */
  readonly writes?: number | undefined;
}

export interface PacedLineOptions {
  /** Of wall time. */
  readonly perSecond: number;
  readonly clock: Clock;
  /** Simulated milliseconds per wall millisecond. */
  readonly clockScale: number;
  /** Something had to stand in line for so long, in wall milliseconds, and has left it. */
  onWaited(ms: Millis): void;
}

/** A whole second's worth at once could be twice the rate within some second of the service's. */
const burstSeconds = 0.1;

interface Turn {
  readonly sinceAt: Millis;
  readonly go: () => void;
}

/**
 * Lets things happen no faster than a rate, in the order they came. It is as long as the things of a
 * worker that want something at once: a device has a few requests on their way at most.
 */
export class PacedLine {
  readonly #options: PacedLineOptions;
  readonly #bucket: TokenBucket;
  readonly #waiting = new Map<string, Turn>();
  #isArmed = false;

  constructor(options: PacedLineOptions) {
    this.#options = options;
    this.#bucket = new TokenBucket(options.perSecond, options.perSecond * burstSeconds);
  }

  /** `go` is called at once or in its turn, unless `key` leaves before. */
  enter(key: string, go: () => void): void {
    const now = this.#now();
    if (this.#waiting.size === 0 && this.#bucket.take(now)) {
      go();
      return;
    }
    this.#waiting.set(key, { sinceAt: now, go });
    this.#arm(now);
  }

  /** Whether it stood in line. */
  leave(key: string): boolean {
    const turn = this.#waiting.get(key);
    if (turn === undefined) return false;
    this.#take(key, turn, this.#now());
    return true;
  }

  #take(key: string, { sinceAt }: Turn, now: Millis): void {
    this.#waiting.delete(key);
    this.#options.onWaited(now - sinceAt);
  }

  #arm(now: Millis): void {
    if (this.#isArmed || this.#waiting.size === 0) return;
    this.#isArmed = true;
    const { clock, clockScale } = this.#options;
    const at = (now + this.#bucket.waitMs(now)) * clockScale;
    clock.schedule(Math.max(at, clock.now()), () => {
      this.#isArmed = false;
      this.#admit(this.#now());
    });
  }

  #admit(now: Millis): void {
    for (const [key, turn] of this.#waiting) {
      if (!this.#bucket.take(now)) break;
      this.#take(key, turn, now);
      turn.go();
    }
    this.#arm(now);
  }

  /** Of the wall, as far as simulated time tells. */
  #now(): Millis {
    return this.#options.clock.now() / this.#options.clockScale;
  }
}
