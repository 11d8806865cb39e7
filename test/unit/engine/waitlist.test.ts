import { expect, it } from 'vitest';
import { Waitlist } from '../../../src/engine/waitlist.ts';

it('gives names out in the order they came, each once', () => {
  const list = new Waitlist();
  for (const name of ['b', 'a', 'b', 'c']) list.add(name);

  list.delete('a');

  expect([list.size, list.take(), list.take(), list.take()]).toEqual([2, 'b', 'c', undefined]);
});

it('goes on when names come after it was empty', () => {
  const list = new Waitlist();
  list.add('a');
  expect([list.take(), list.take()]).toEqual(['a', undefined]);

  list.add('a');

  expect([list.has('a'), list.take(), list.size]).toEqual([true, 'a', 0]);
});

it('takes a hundred thousand names without walking over those already taken', () => {
  const list = new Waitlist();
  for (let index = 0; index < 100_000; index++) list.add(`t${index}`);

  let taken = 0;
  while (list.take() !== undefined) taken += 1;

  expect(taken).toBe(100_000);
});
