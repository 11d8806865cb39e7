import { expect, it } from 'vitest';
import { Summary, summaryJsonSchema } from '../../../src/report/summary.ts';
import { summaryOf } from '../../support/summaries.ts';

// After a change of the schema: npx vitest run test/unit/report/summary.test.ts -u
it('docs/report.schema.json is the schema of report.json', async () => {
  const schema = `${JSON.stringify(summaryJsonSchema(), undefined, 2)}\n`;

  await expect(schema).toMatchFileSnapshot('../../../docs/report.schema.json');
});

it.each([
  ['an unknown member', { ...summaryOf(), extra: 1 }],
  ['another version', { ...summaryOf(), schemaVersion: 2 }],
  ['a figure that is no number', { ...summaryOf(), fleet: { ...summaryOf().fleet, things: NaN } }],
  [
    'an operation whose file would lie elsewhere',
    { ...summaryOf(), operations: [{ ...summaryOf().operations[0], name: '../update' }] },
  ],
])('refuses %s', (_, summary) => {
  expect(Summary.safeParse(summaryOf()).success).toBe(true);
  expect(Summary.safeParse(summary).success).toBe(false);
});
