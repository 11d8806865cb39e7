import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { Lane } from '../../../src/sim/network.ts';

it('messages take the latency, and never overtake each other', () => {
  const lane = new Lane({ latency: { uniform: [0, 1000] }, loss: 0 }, seededRandom('lane'));

  const arrivals = Array.from({ length: 200 }, (_, sentAt) => lane.arrival(sentAt) ?? 0);

  expect(arrivals).toEqual([...arrivals].sort((a, b) => a - b));
  expect(arrivals.every((at, sentAt) => at >= sentAt)).toBe(true);
  expect(Math.max(...arrivals)).toBeLessThanOrEqual(1199);
});

it('loses the share it is told to lose', () => {
  const lane = new Lane({ latency: 20, loss: 0.25 }, seededRandom('lane'));

  const lost = Array.from({ length: 4000 }, () => lane.arrival(0)).filter((at) => at === undefined);

  expect(lost.length).toBeGreaterThan(880);
  expect(lost.length).toBeLessThan(1120);
});

it('a constant latency draws nothing', () => {
  expect(new Lane({ latency: 20, loss: 0 }, undefined).arrival(100)).toBe(120);
});
