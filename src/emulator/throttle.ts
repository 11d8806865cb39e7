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

  /** Counts in the time of `clock`: the simulated one. */
  constructor(quotas: Quotas, clock: Clock) {
    this.#clock = clock;
    this.#control = buckets(quotas.control);
    this.#rates = buckets(quotas.rates);
  }

  admitsControl(operation: string): boolean {
    return this.#control.get(operation)?.take(this.#clock.now()) ?? true;
  }

  /** HTTP and MQTT draw from the same buckets. */
  admitsDevice(operation: DeviceOperation): boolean {
    return this.#rates.get(deviceRates[operation])?.take(this.#clock.now()) ?? true;
  }
}

export function rateExceeded() {
  return rejected('RequestThrottled', 'Rate exceeded');
}

function buckets(rates: Readonly<Record<string, number>>): Map<string, TokenBucket> {
  return new Map(Object.entries(rates).map(([name, rate]) => [name, new TokenBucket(rate)]));
}
