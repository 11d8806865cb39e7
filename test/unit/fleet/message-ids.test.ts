import { expect, it } from 'vitest';
import { MessageIds } from '../../../src/fleet/message-ids.ts';

it('hands out the lowest free id, past the first few dozen too', () => {
  const ids = new MessageIds();

  const taken = Array.from({ length: 100 }, () => ids.take());

  expect(taken).toEqual(Array.from({ length: 100 }, (_, place) => place + 1));
  for (const id of [70, 31, 32, 5]) expect(ids.free(id)).toBe(true);
  expect([ids.take(), ids.take(), ids.take(), ids.take(), ids.take()]).toEqual([
    5, 31, 32, 70, 101,
  ]);
});

it('runs out at 65,535', () => {
  const ids = new MessageIds();
  for (let id = 1; id <= 65_535; id++) expect(ids.add(id)).toBe(true);

  expect(ids.take()).toBeUndefined();
  ids.free(65_535);
  expect(ids.take()).toBe(65_535);
});

it('knows which ids are in use', () => {
  const ids = new MessageIds();

  expect([ids.add(2), ids.add(2), ids.add(40), ids.add(40)]).toEqual([true, false, true, false]);
  expect([ids.free(2), ids.free(2), ids.free(40), ids.free(40)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  ids.add(3);
  ids.add(50);
  ids.clear();
  expect([ids.has(3), ids.has(50), ids.take()]).toEqual([false, false, 1]);
});
