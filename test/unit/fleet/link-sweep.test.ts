import { expect, it } from 'vitest';
import { LinkSweep } from '../../../src/fleet/link-sweep.ts';
import { ManualClock } from '../../support/manual-clock.ts';

it('tells every link of every second, while there are any', () => {
  const wall = new ManualClock();
  const sweep = new LinkSweep(wall);
  let ticks = '';
  const linkOf = (name: string) => ({
    tick: () => {
      ticks += name;
    },
  });
  const [a, b] = [linkOf('a'), linkOf('b')];

  sweep.add(a);
  wall.advanceTo(2000);
  sweep.add(b);
  wall.advanceTo(3000);
  sweep.remove(a);
  wall.advanceTo(4999);
  sweep.remove(b);

  expect(ticks).toBe('aaabb');
  expect(wall.nextAt).toBeUndefined();
  sweep.add(a);
  expect(wall.nextAt).toBe(5999);
});

it('lets a link leave at its own tick', () => {
  const wall = new ManualClock();
  const sweep = new LinkSweep(wall);
  const link = { tick: () => sweep.remove(link) };

  sweep.add(link);
  wall.advanceTo(1000);

  expect(wall.nextAt).toBeUndefined();
});
