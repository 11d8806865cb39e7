import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderTimeseriesCsv } from '../../../src/report/timeseries-csv.ts';
import { summaryOf } from '../../support/summaries.ts';

const column = fc.stringMatching(/^[\w ,"\n]{1,8}$/);
const series = fc.array(column, { minLength: 1, maxLength: 5 }).chain((columns) =>
  fc.record({
    stepSeconds: fc.constant(1),
    columns: fc.constant(columns),
    rows: fc.array(
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
        minLength: columns.length,
        maxLength: columns.length,
      }),
    ),
  }),
);

it('reads back as it was written', () => {
  fc.assert(
    fc.property(series, (timeseries) => {
      const [columns, ...rows] = readCsv(renderTimeseriesCsv(summaryOf({ timeseries })));

      expect(columns).toEqual(timeseries.columns);
      // Text has one zero.
      expect(rows.map((row) => row.map(Number))).toEqual(
        timeseries.rows.map((row) => row.map((value) => value + 0)),
      );
    }),
  );
});

/** RFC 4180, as a reader would. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^,"\n]*))(,|\n)/g,
  )) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\n') rows.push([]);
  }
  return rows.slice(0, -1);
}
