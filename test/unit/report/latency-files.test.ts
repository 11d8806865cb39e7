import { encodeIntoCompressedBase64, HistogramLogReader, listTags } from 'hdr-histogram-js';
import { expect, it } from 'vitest';
import { renderHgrm, renderHistogramLog } from '../../../src/report/latency-files.ts';
import { histogramOf, operationOf } from '../../support/summaries.ts';

const startAt = 1_795_210_803_000;

it('the log reads back with tags, times and counts', () => {
  const log = renderHistogramLog([
    {
      operation: 'update',
      startAt,
      endAt: startAt + 1000,
      hdrBase64: encodeIntoCompressedBase64(histogramOf(1500, 2500)),
    },
    {
      operation: 'notify',
      startAt,
      endAt: startAt + 1000,
      hdrBase64: encodeIntoCompressedBase64(histogramOf()),
    },
    {
      operation: 'start-next',
      startAt: startAt + 1000,
      endAt: startAt + 2000,
      hdrBase64: encodeIntoCompressedBase64(histogramOf(700)),
    },
  ]);

  const reader = new HistogramLogReader(log);
  const first = reader.nextIntervalHistogram();
  const second = reader.nextIntervalHistogram();

  expect(listTags(log)).toEqual(['update', 'start-next']);
  expect(first).toMatchObject({ tag: 'update', totalCount: 2, startTimeStampMsec: startAt });
  expect(first?.getValueAtPercentile(50)).toBe(1500);
  expect(second).toMatchObject({ tag: 'start-next', endTimeStampMsec: startAt + 2000 });
  expect(reader.nextIntervalHistogram()).toBeNull();
  expect(log).toContain(`[StartTime: ${startAt / 1000}.000 (seconds since epoch)]`);
  expect(log).toMatch(/^#.*MICROSECONDS/m);
});

it('a log of nothing is still a log', () => {
  expect(new HistogramLogReader(renderHistogramLog([])).nextIntervalHistogram()).toBeNull();
});

it('the spectrum is in milliseconds', () => {
  const hgrm = renderHgrm(operationOf());

  expect(hgrm).toMatch(/^\s*Value\s+Percentile\s+TotalCount/);
  expect(hgrm).toMatch(/^\s*1\.000 0\.0/m);
  expect(hgrm).toMatch(/Total count\s+=\s+4\]/);
});
