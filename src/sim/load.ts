import type { Millis } from '../base/clock.ts';

/** What is counted by the second of simulated time. */
const loadKinds = [
  'connect',
  'update',
  'describe',
  'get',
  'start-next',
  'refusal',
  /** Messages to devices that carry a job document. */
  'document',
] as const;
export type LoadKind = (typeof loadKinds)[number];

export interface Peak {
  readonly perSecond: number;
  /** Simulated instant at which that second begins. */
  readonly at: Millis;
}

/** Counts by second, made for times that mostly go on; earlier ones cost a little more. */
export class PerSecond {
  readonly #bySecond = new Map<number, number>();
  #total = 0;
  /** Of the current second, not in the map yet. */
  #second = Number.NEGATIVE_INFINITY;
  #count = 0;

  get total(): number {
    return this.#total;
  }

  add(at: Millis, count = 1): void {
    const second = Math.floor(at / 1000);
    this.#total += count;
    if (second !== this.#second) {
      this.#flush();
      this.#second = second;
    }
    this.#count += count;
  }

  /** Undefined when nothing was counted. The first of equal peaks. */
  peak(): Peak | undefined {
    this.#flush();
    let peak: Peak | undefined;
    for (const [second, perSecond] of this.#bySecond) {
      const at = second * 1000;
      const isHigher = peak === undefined || perSecond > peak.perSecond;
      if (isHigher || (perSecond === peak?.perSecond && at < peak.at)) peak = { perSecond, at };
    }
    return peak;
  }

  /** In order of time: the seconds in which something was counted, and the sum up to their end. */
  *running(): Generator<{ readonly endAt: Millis; readonly sum: number }> {
    this.#flush();
    let sum = 0;
    for (const second of [...this.#bySecond.keys()].sort((a, b) => a - b)) {
      sum += this.#bySecond.get(second) ?? 0;
      yield { endAt: (second + 1) * 1000, sum };
    }
  }

  #flush(): void {
    if (this.#count === 0) return;
    this.#bySecond.set(this.#second, (this.#bySecond.get(this.#second) ?? 0) + this.#count);
    this.#count = 0;
  }
}

/** What the devices ask of the service, second by second. */
export class Load {
  readonly #kinds = new Map(loadKinds.map((kind) => [kind, new PerSecond()]));
  /** Up by one with every connection made, down with every one that ends. */
  readonly connected = new PerSecond();

  of(kind: LoadKind): PerSecond {
    const counts = this.#kinds.get(kind);
    if (counts === undefined) throw new RangeError(`no load is called ${kind}`);
    return counts;
  }
}
