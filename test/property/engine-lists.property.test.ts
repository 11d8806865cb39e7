import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareText, MutableDirectory } from '../../src/engine/directory.ts';
import { MutableExecutionLog } from '../../src/engine/execution-log.ts';
import { SortedRecords } from '../../src/engine/sorted-records.ts';
import type { Execution } from '../../src/engine/state.ts';
import { type ExecutionStatus, executionStatuses } from '../../src/protocol/status.ts';

const byNumber = (a: number, b: number) => a - b;
const numbersFrom = (start: number) => (each: number) => each >= start;

/** Mostly runs of neighbours, as names with an index are, and some from anywhere. */
const numbers = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 2500, size: 'max' });

describe('records in order', () => {
  it('are those of a plain set, from wherever one begins', () => {
    const property = fc.property(numbers, numbers, fc.nat(3001), (first, changes, start) => {
      const expected = new Set(first);
      const records = new SortedRecords(expected, byNumber);
      for (const change of changes) {
        if (expected.delete(change)) records.remove(change);
        else {
          expected.add(change);
          records.add(change);
        }
      }
      const sorted = [...expected].sort(byNumber);
      expect(records.all()).toEqual(sorted);
      expect([...records.from(numbersFrom(start))]).toEqual(sorted.filter(numbersFrom(start)));
    });

    fc.assert(property, { numRuns: 50 });
  });

  it('ignore the removal of one that is not among them', () => {
    const records = new SortedRecords([1, 3], byNumber);

    records.remove(2);
    records.remove(4);

    expect(records.all()).toEqual([1, 3]);
  });

  it.each(['rising', 'falling'])(
    'are added in %s order with a search each, not a sort',
    (order) => {
      let comparisons = 0;
      const records = new SortedRecords<number>([], (a, b) => {
        comparisons++;
        return a - b;
      });
      const count = 20_000;

      for (let place = 0; place < count; place++) {
        records.add(order === 'rising' ? place : count - place);
        records.from(numbersFrom(0)).next();
      }

      expect(comparisons).toBeLessThan(count * 20);
    },
  );
});

describe('a directory', () => {
  it('keeps its order while records come, are replaced and go', () => {
    const directory = new MutableDirectory<{ readonly name: string }>((a, b) =>
      compareText(a.name, b.name),
    );
    const names = () => directory.sorted().map(({ name }) => name);
    for (const name of ['c', 'a']) directory.set(name, { name });
    expect(names()).toEqual(['a', 'c']);

    const replacement = { name: 'a' };
    directory.set('b', { name: 'b' });
    directory.set('a', replacement);
    directory.delete('c');

    expect(names()).toEqual(['a', 'b']);
    expect(directory.sorted()[0]).toBe(replacement);
    expect([...directory.sortedFrom(({ name }) => name > 'a')]).toEqual([{ name: 'b' }]);
  });
});

interface Entry {
  readonly order: number;
  status: ExecutionStatus;
}

const newLog = () => new MutableExecutionLog<Entry & Execution>();

/** As much of an execution as the log looks at. */
function entryOf(order: number, status: ExecutionStatus): Entry & Execution {
  return { order, status } as Entry & Execution;
}

const anyStatus = fc.constantFrom(...executionStatuses);
const anyChange = fc.record({
  place: fc.nat(),
  become: fc.option(anyStatus, { freq: 2, nil: undefined }),
});

describe('the log of a job', () => {
  it('holds what was not removed, in the order it came, by the status it has now', () => {
    const property = fc.property(
      fc.array(anyStatus, { maxLength: 1500, size: 'max' }),
      fc.array(anyChange, { maxLength: 1500, size: 'max' }),
      fc.uniqueArray(anyStatus),
      fc.integer({ min: -1, max: 3000 }),
      (appended, changes, statuses, after) => {
        const log = newLog();
        const entries = appended.map((status, place) => entryOf(2 * place, status));
        const blocks = new Map(entries.map((entry) => [entry, log.append(entry)]));
        for (const { place, become } of changes) {
          const entry = entries[place % Math.max(1, entries.length)];
          if (entry === undefined) break;
          const before = entry.status;
          if (become === undefined) {
            log.remove(entry);
            entries.splice(entries.indexOf(entry), 1);
          } else {
            entry.status = become;
            blocks.get(entry)?.changed(entry, before);
          }
        }

        const expected = entries.filter(({ order }) => order > after);
        expect(log.size).toBe(entries.length);
        expect([...log.after(after)]).toEqual(expected);
        expect([...log.after(after, statuses)]).toEqual(
          expected.filter(({ status }) => statuses.includes(status)),
        );
      },
    );

    fc.assert(property, { numRuns: 50 });
  });

  it('finds a page of the few among the many without a look at the rest', () => {
    let looks = 0;
    const log = newLog();
    const count = 100_000;
    for (let order = 0; order < count; order++) {
      const status = order % 10_000 === 9999 ? 'FAILED' : 'SUCCEEDED';
      const entry = {
        order,
        get status() {
          looks++;
          return status;
        },
      };
      log.append(entry as unknown as Entry & Execution);
    }
    looks = 0;

    const found = [...log.after(count / 2, ['FAILED'])].map(({ order }) => order);

    expect(found).toEqual([59_999, 69_999, 79_999, 89_999, 99_999]);
    expect(looks).toBeLessThan(6 * 256);
  });
});
