import type { Millis } from './clock.ts';

/**
 * Lets through so many a second on average, and at once what one second allows, unless told otherwise.
 * Time is told with each call and may stand still or jump.
 */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #capacity: number;
  #tokens: number;
  #filledAt: Millis | undefined;

  /** `burst` is what it lets through at once; one at least. */
  constructor(perSecond: number, burst = perSecond) {
    this.#perSecond = perSecond;
    this.#capacity = Math.max(1, burst);
    this.#tokens = this.#capacity;
  }

  /** False when there is nothing left to take. */
  take(now: Millis): boolean {
    this.#fill(now);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Whole milliseconds until there is one to take, if nobody takes it first; 0 when there is one now. */
  waitMs(now: Millis): Millis {
    this.#fill(now);
    return Math.ceil((Math.max(0, 1 - this.#tokens) / this.#perSecond) * 1000);
  }

  isFull(now: Millis): boolean {
    this.#fill(now);
    return this.#tokens >= this.#capacity;
  }

  #fill(now: Millis): void {
    const elapsedMs = Math.max(0, now - (this.#filledAt ?? now));
    this.#filledAt = now;
    this.#tokens = Math.min(this.#capacity, this.#tokens + (elapsedMs / 1000) * this.#perSecond);
  }
}

const pruneFrom = 1024;

/** A bucket for each key. Full ones are forgotten: a new one would be the same. */
export class KeyedBuckets {
  readonly #perSecond: number;
  readonly #buckets = new Map<string, TokenBucket>();
  #pruneAt = pruneFrom;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  get size(): number {
    return this.#buckets.size;
  }

  take(key: string, now: Millis): boolean {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      this.#prune(now);
      bucket = new TokenBucket(this.#perSecond);
      this.#buckets.set(key, bucket);
    }
    return bucket.take(now);
  }

  #prune(now: Millis): void {
    if (this.#buckets.size < this.#pruneAt) return;
    for (const [key, bucket] of this.#buckets) {
      if (bucket.isFull(now)) this.#buckets.delete(key);
    }
    this.#pruneAt = Math.max(pruneFrom, 2 * this.#buckets.size);
  }
}
