import { expect, it } from 'vitest';
import { renderEventsNdjson } from '../../../src/report/events-ndjson.ts';
import { summaryOf } from '../../support/summaries.ts';

it('one event a line, whatever its message holds', () => {
  const summary = summaryOf();

  const lines = renderEventsNdjson(summary).split('\n');

  expect(lines.pop()).toBe('');
  expect(lines.map((line) => JSON.parse(line))).toEqual(summary.events);
});
