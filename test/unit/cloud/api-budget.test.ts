import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../../src/base/token-bucket.ts';
import { ApiBudget } from '../../../src/cloud/api-budget.ts';

/** When so many calls that are all there at once would leave. */
function starts(budget: ApiBudget, count: number, now = 0): number[] {
  return Array.from({ length: count }, () => budget.reserve('CreateThing', now));
}

/** Calls a second once no burst is left. */
function paceAt(budget: ApiBudget, now: number): number {
  const [before = 0, last = 0] = starts(budget, 200, now).slice(-2);
  return 1000 / (last - before);
}

describe('an even pace', () => {
  it('lets half a second’s worth leave at once, and the rest evenly', () => {
    const at = starts(new ApiBudget({ CreateThing: 10 }), 16);

    expect(at.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(at.slice(6)).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
  });

  it('has no burst where a second allows no more than one', () => {
    expect(starts(new ApiBudget({ CreateThing: 0.5 }), 3)).toEqual([0, 2000, 4000]);
    expect(starts(new ApiBudget({ CreateThing: 1 }), 3)).toEqual([0, 1000, 2000]);
  });

  it('saves nothing up while nobody calls', () => {
    const budget = new ApiBudget({ CreateThing: 10 });
    starts(budget, 1);

    expect(starts(budget, 8, 60_000).filter((at) => at === 60_000)).toHaveLength(6);
  });

  it('is each operation’s own, and has a rate for those that nobody named', () => {
    const budget = new ApiBudget({ CreateThing: 10 }, 2);
    starts(budget, 100);

    expect(budget.reserve('DeleteThing', 0)).toBe(0);
    expect(budget.reserve('DeleteThing', 0)).toBe(0);
    expect(budget.reserve('DeleteThing', 0)).toBe(500);
  });

  it('is never refused by a service that allows that rate, whenever calls come', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 400, noNaN: true }),
        fc.array(fc.tuple(fc.nat(3000), fc.integer({ min: 1, max: 40 })), { maxLength: 60 }),
        (rate, arrivals) => {
          const budget = new ApiBudget({ CreateThing: rate });
          // Sums of fractions end a hair beside the whole.
          const service = new TokenBucket(rate * (1 + 1e-9));
          let now = 0;
          const leaving: number[] = [];
          for (const [afterMs, calls] of arrivals) {
            now += afterMs;
            leaving.push(...starts(budget, calls, now));
          }

          expect(leaving).toEqual(leaving.toSorted((a, b) => a - b));
          expect(leaving.filter((at) => !service.take(at + 1e-6))).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a refusal', () => {
  it('makes the next one wait for the slower pace', () => {
    const budget = new ApiBudget({ CreateThing: 10 });
    budget.reserve('CreateThing', 0);

    budget.refused('CreateThing', 50);

    const [first = 0, second = 0] = starts(budget, 2, 50);
    expect(first - 50).toBeCloseTo(1000 / 6);
    expect(second - first).toBeCloseTo(1000 / 6);
  });

  it('counts as one with others of the same round', () => {
    const budget = new ApiBudget({ CreateThing: 100 });
    for (let call = 0; call < 30; call++) budget.refused('CreateThing', call);

    expect(paceAt(budget, 100)).toBeCloseTo(60);
  });

  it('after refusal slows it down, but never to a standstill', () => {
    const budget = new ApiBudget({ CreateThing: 100 });
    const paces: number[] = [];
    for (let round = 0; round < 20; round++) {
      const now = round * 100_000;
      budget.refused('CreateThing', now);
      paces.push(paceAt(budget, now + 1000));
    }

    expect(paces.slice(0, 3).map((pace) => Number(pace.toFixed(3)))).toEqual([60, 36, 21.6]);
    expect(Math.min(...paces)).toBeCloseTo(2);
  });

  it('is made up for by successes, up to the full rate and no further', () => {
    const budget = new ApiBudget({ CreateThing: 100 });
    budget.refused('CreateThing', 0);
    for (let call = 0; call < 20; call++) budget.succeeded('CreateThing');
    expect(paceAt(budget, 10_000)).toBeCloseTo(80);

    for (let call = 0; call < 500; call++) budget.succeeded('CreateThing');
    expect(paceAt(budget, 100_000)).toBeCloseTo(100);
  });
});

it('tells what each operation was asked for, in order of name', () => {
  const budget = new ApiBudget({ CreateThing: 1, AttachPolicy: 10 });
  budget.begin('CreateThing');
  budget.begin('AttachPolicy');
  starts(budget, 3);
  budget.refused('CreateThing', 0);
  budget.failed('AttachPolicy');

  expect(budget.usage()).toEqual([
    { operation: 'AttachPolicy', calls: 1, attempts: 0, throttled: 0, failed: 1, waitedMs: 0 },
    { operation: 'CreateThing', calls: 1, attempts: 3, throttled: 1, failed: 0, waitedMs: 3000 },
  ]);
});
