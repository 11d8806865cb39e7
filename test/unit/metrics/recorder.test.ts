import { describe, expect, it } from 'vitest';
import { MergedMetrics, Recorder } from '../../../src/metrics/recorder.ts';

function mergedOf(recorder: Recorder): MergedMetrics {
  const merged = new MergedMetrics();
  merged.add('worker', recorder.takeSnapshot());
  return merged;
}

describe('Recorder', () => {
  it('keeps the two latencies of an operation apart', () => {
    const recorder = new Recorder();

    recorder.record('update', 1500, 400);

    const merged = mergedOf(recorder);
    expect(merged.percentile('update', 'corrected', 50)).toBe(1500);
    expect(merged.percentile('update', 'fromSend', 50)).toBe(400);
  });

  it.each([
    ['zero', 0, 1],
    ['a fraction', 2.6, 3],
    ['a clock that went back', -5, 1],
  ])('records %s as %d -> %d µs', (_, us, recorded) => {
    const recorder = new Recorder();

    recorder.record('get', us, us);

    expect(mergedOf(recorder).percentile('get', 'corrected', 100)).toBe(recorded);
  });

  it('records a day as the hour that the histogram ends at', () => {
    const recorder = new Recorder();

    recorder.record('execution', 86_400e6, 86_400e6);

    const hour = mergedOf(recorder).percentile('execution', 'corrected', 100);
    expect(hour / 3_600e6).toBeCloseTo(1, 2);
  });

  it('hands out what changed since the last snapshot, and leaves out what did not', () => {
    const recorder = new Recorder();
    recorder.record('connect', 10, 10);
    recorder.count('connects/ok');
    recorder.count('bytes/in', 40);
    recorder.gauge('connected', 7);

    const first = recorder.takeSnapshot();
    recorder.count('connects/ok', 2);
    const second = recorder.takeSnapshot();

    expect(Object.keys(first.histograms)).toEqual(['connect/corrected', 'connect/fromSend']);
    expect(first.counters).toEqual({ 'connects/ok': 1, 'bytes/in': 40 });
    expect(first.gauges).toEqual({ connected: 7 });
    expect(second).toEqual({ histograms: {}, counters: { 'connects/ok': 2 }, gauges: {} });
  });
});

it('tells how late timers fired since the start, not only since the last snapshot', () => {
  const recorder = new Recorder();
  recorder.recordScheduleDelay(8000);
  const first = recorder.takeSnapshot();
  recorder.recordScheduleDelay(2000);

  const second = recorder.takeSnapshot();

  expect(Object.keys(first.histograms)).toEqual(['schedule/corrected']);
  expect(first.gauges).toEqual(second.gauges);
  expect(second.gauges['schedule.delayMaxMs']).toBeCloseTo(8, 1);
});

describe('MergedMetrics', () => {
  const gauges = (things: number, delayMs: number) => ({
    histograms: {},
    counters: {},
    gauges: { things, 'loop.delayP99Ms': delayMs },
  });

  it('adds up counts and takes the maximum of delays, from the last word of each source', () => {
    const merged = new MergedMetrics();

    merged.add('a', gauges(100, 9));
    merged.add('a', gauges(90, 2));
    merged.add('b', gauges(50, 4));

    expect(merged.gauge('things')).toBe(140);
    expect(merged.gauge('loop.delayP99Ms')).toBe(4);
    expect(merged.gauge('connected')).toBe(0);
    expect(merged.peak('loop.delayP99Ms')).toBe(9);
    expect(merged.peak('loop.delayP99Ms', 'b')).toBe(4);
    expect(Object.fromEntries(merged.gauges('loop.delayP99Ms'))).toEqual({ a: 2, b: 4 });
  });

  it('adds up counters of all sources', () => {
    const merged = new MergedMetrics();

    merged.add('a', { histograms: {}, counters: { 'connects/ok': 2 }, gauges: {} });
    merged.add('b', { histograms: {}, counters: { 'connects/ok': 3, reconnects: 1 }, gauges: {} });

    expect(Object.fromEntries(merged.counters())).toEqual({ 'connects/ok': 5, reconnects: 1 });
    expect(merged.counter('never')).toBe(0);
  });

  it('has no histogram, percentile 0 and an empty encoding for what was never recorded', () => {
    const merged = new MergedMetrics();
    const copy = new MergedMetrics();

    copy.add('x', {
      histograms: { 'get/corrected': merged.encode('get', 'corrected') },
      counters: {},
      gauges: {},
    });

    expect(merged.histogram('get', 'corrected')).toBeUndefined();
    expect(merged.percentile('get', 'corrected', 99)).toBe(0);
    expect(copy.histogram('get', 'corrected')?.totalCount).toBe(0);
  });
});
