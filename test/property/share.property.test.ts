import fc from 'fast-check';
import { expect, it } from 'vitest';
import { placesOf, shareOf } from '../../src/fleet/share.ts';

it('the workers of all agents cover a batch exactly once, in shares that differ by one at most', () => {
  fc.assert(
    fc.property(
      fc.nat(3000),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      (count, agents, workers) => {
        const batch = { firstIndex: 7, count, startMs: 0 };
        const shares: number[][] = [];
        for (let agent = 0; agent < agents; agent++) {
          for (let worker = 0; worker < workers; worker++) {
            shares.push([...placesOf(batch, shareOf(agent, agents, worker, workers))]);
          }
        }

        const places = shares.flat().sort((a, b) => a - b);
        const sizes = shares.map(({ length }) => length);
        expect(places).toEqual(Array.from({ length: count }, (_, place) => place));
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 1000 },
  );
});
