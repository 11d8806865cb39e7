import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Agenda } from '../../../src/base/agenda.ts';

it('hands out items by time, equal times in the order they came', () => {
  const agenda = new Agenda<string>();
  agenda.add(20, 'late');
  agenda.add(10, 'first');
  agenda.add(10, 'second');

  expect(agenda.nextAt).toBe(10);
  expect([agenda.takeDue(10), agenda.takeDue(10), agenda.takeDue(10)]).toEqual([
    'first',
    'second',
    undefined,
  ]);
  expect(agenda.takeDue(20)).toBe('late');
  expect(agenda.nextAt).toBeUndefined();
});

it('ignores the cancelling of an item that has left', () => {
  const agenda = new Agenda<string>();
  const gone = agenda.add(1, 'gone');
  agenda.takeDue(1);
  agenda.add(2, 'stays');

  agenda.cancel(gone);

  expect(agenda.size).toBe(1);
});

it('agrees with sorting, whatever is added and cancelled', () => {
  const plan = fc.array(
    fc.record({ at: fc.integer({ min: 0, max: 20 }), isCancelled: fc.boolean() }),
  );
  fc.assert(
    fc.property(plan, (entries) => {
      const agenda = new Agenda<number>();
      const added = entries.map(({ at }, index) => agenda.add(at, index));
      for (const [index, { isCancelled }] of entries.entries()) {
        const appointment = added[index];
        if (isCancelled && appointment) agenda.cancel(appointment);
      }
      const left: number[] = [];
      for (let item = agenda.takeDue(20); item !== undefined; item = agenda.takeDue(20)) {
        left.push(item);
      }

      const expected = entries
        .map((entry, index) => ({ ...entry, index }))
        .filter(({ isCancelled }) => !isCancelled)
        .sort((a, b) => a.at - b.at || a.index - b.index)
        .map(({ index }) => index);
      expect(left).toEqual(expected);
    }),
  );
});
