import type { Clock } from '../base/clock.ts';
import { TokenBucket } from '../base/token-bucket.ts';
import type { DeviceOperation } from '../protocol/messages.ts';
import type { Quotas } from '../protocol/quotas.ts';
import { rejected } from '../protocol/rejections.ts';

const deviceRates = {
  get: 'dataReads',
  describe: 'dataReads',
  'start-next': 'dataWrites',
  update: 'dataWrites',
} as const satisfies Record<DeviceOperation, string>;

/** AWS's request quotas of one account; requests count whether or not they succeed (reference §9.6). */
export class Throttle {
  readonly #clock: Clock;
  readonly #control: ReadonlyMap<string, TokenBucket>;
  readonly #rates: ReadonlyMap<string, TokenBucket>;
  /** By operation, then by limit. */
  readonly #refused = refusalsAtZero();

  /** Counts in the time of `clock`: the simulated one. */
  constructor(quotas: Quotas, clock: Clock) {
    this.#clock = clock;
    this.#control = buckets(quotas.control);
    this.#rates = buckets(quotas.rates);
  }

  admitsControl(operation: string): boolean {
    return this.#take(this.#control.get(operation), operation, 'control');
  }

  /** HTTP and MQTT draw from the same buckets. */
  admitsDevice(operation: DeviceOperation): boolean {
    const rate = deviceRates[operation];
    return this.#take(this.#rates.get(rate), operation, rate);
  }

  /** How often an operation was refused, by the limit that was used up. */
  refused(): Record<string, Record<string, number>> {
    return Object.fromEntries(this.#refused);
  }

  #take(bucket: TokenBucket | undefined, operation: string, limit: string): boolean {
    if (bucket?.take(this.#clock.now()) !== false) return true;
    const counts = this.#refused.get(operation);
    this.#refused.set(operation, { ...counts, [limit]: (counts?.[limit] ?? 0) + 1 });
    return false;
  }
}

/** What nobody was refused yet; also what a service without quotas has to tell. */
export function refusalsAtZero(): Map<string, Record<string, number>> {
  return new Map(
    Object.entries(deviceRates).map(([operation, limit]) => [operation, { [limit]: 0 }]),
  );
}

export function rateExceeded() {
  return rejected('RequestThrottled', 'Rate exceeded');
}

function buckets(rates: Readonly<Record<string, number>>): Map<string, TokenBucket> {
  return new Map(Object.entries(rates).map(([name, rate]) => [name, new TokenBucket(rate)]));
}
