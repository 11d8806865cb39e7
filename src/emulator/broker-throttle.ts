import type { Clock } from '../base/clock.ts';
import { KeyedBuckets, TokenBucket } from '../base/token-bucket.ts';
import type { BrokerLimits } from './broker-limits.ts';

/** The broker's rates over all connections (reference §9.5), in simulated time. Off where infinite. */
export class BrokerThrottle {
  readonly #clock: Clock;
  readonly #connects: TokenBucket | undefined;
  readonly #connectsPerClient: KeyedBuckets | undefined;
  readonly #subscribes: TokenBucket | undefined;
  readonly #publishesIn: TokenBucket | undefined;
  readonly #publishesOut: TokenBucket | undefined;

  constructor(limits: BrokerLimits, clock: Clock) {
    this.#clock = clock;
    this.#connects = bucketOf(limits.connectsPerSecondMax);
    const perClient = limits.connectsPerClientPerSecondMax;
    this.#connectsPerClient = Number.isFinite(perClient) ? new KeyedBuckets(perClient) : undefined;
    this.#subscribes = bucketOf(limits.subscribesPerSecondMax);
    this.#publishesIn = bucketOf(limits.publishesInPerSecondMax);
    this.#publishesOut = bucketOf(limits.publishesOutPerSecondMax);
  }

  /** Which rate the CONNECT is past, if any. */
  connectFlaw(clientId: string): string | undefined {
    if (this.#connectsPerClient?.take(clientId, this.#clock.now()) === false) {
      return 'too many CONNECTs of one client id a second';
    }
    return this.#take(this.#connects) ? undefined : 'too many CONNECTs a second';
  }

  admitsSubscribe(): boolean {
    return this.#take(this.#subscribes);
  }

  admitsPublish(direction: 'in' | 'out'): boolean {
    return this.#take(direction === 'in' ? this.#publishesIn : this.#publishesOut);
  }

  #take(bucket: TokenBucket | undefined): boolean {
    return bucket?.take(this.#clock.now()) ?? true;
  }
}

function bucketOf(perSecond: number): TokenBucket | undefined {
  return Number.isFinite(perSecond) ? new TokenBucket(perSecond) : undefined;
}
