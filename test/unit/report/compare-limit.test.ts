import { expect, it } from 'vitest';
import type { FigureValue } from '../../../src/metrics/thresholds.ts';
import { judgeChange, parseChangeLimit } from '../../../src/report/compare-limit.ts';
import { namesIn } from '../../../src/report/compare-names.ts';
import { summaryOf } from '../../support/summaries.ts';

const known = namesIn([summaryOf()]);

function judgeText(text: string, base: FigureValue | undefined, head: FigureValue | undefined) {
  const parsed = parseChangeLimit(text, known);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return judgeChange(
    parsed.limit,
    () => base,
    () => head,
  );
}

it.each<[string, FigureValue, FigureValue, 'met' | 'not met']>([
  ['latency.update.p99 > +10%', 100, 110.1, 'met'],
  ['latency.update.p99 > +10%', 100, 110, 'not met'],
  ['latency.update.p99 >= +10%', 100, 110, 'met'],
  ['latency.update.p99 > +5ms', 100, 105.5, 'met'],
  ['latency.update.p99 > +5ms', 100, 104, 'not met'],
  ['latency.update.p99 < -1%', 100, 98, 'met'],
  ['latency.update.p99<-1.5%', 100, 99, 'not met'],
  ['latency.update.p99 <= -1ms', 100, 99, 'met'],
  ['cohorts.healthy.workSeconds.p50 > +30s', 40, 71, 'met'],
  ['cohorts.healthy.workSeconds.p50 > +30s', 40, 69, 'not met'],
  ['jobs.fw-1-4.executions.FAILED > +0', 3, 4, 'met'],
  ['jobs.fw-1-4.executions.FAILED > +0', 3, 3, 'not met'],
  ['jobs.fw-1-4.abort.percentage > +2pp', 8, 10.5, 'met'],
  ['jobs.fw-1-4.abort.percentage > +50%', 8, 10.5, 'not met'],
  ['jobs.fw-1-4.rollout.ratePerMinuteMax < -1/s', 200, 130, 'met'],
  ['jobs.fw-1-4.status != same', 'COMPLETED', 'CANCELED', 'met'],
  ['jobs.fw-1-4.status != same', 'COMPLETED', 'COMPLETED', 'not met'],
  ['jobs.fw-1-4.notified == same', 5, 5, 'met'],
  ['harness.trusted != same', true, false, 'met'],
  // From nothing, any growth is more than any share.
  ['operations.update.errors > +1000%', 0, 1, 'met'],
  ['operations.update.errors > +10%', 0, 0, 'not met'],
  // Any loss counts down from where it stood, also below zero.
  ['latency.update.mean > +10%', -100, -80, 'met'],
])('%s from %s to %s is %s', (text, base, head, result) => {
  expect(judgeText(text, base, head)).toMatchObject({ text, result });
});

it('tells both values and the change in %', () => {
  expect(judgeText('latency.update.p99 > +10%', 100, 123.4).detail).toBe(
    '100ms to 123.4ms, +23.4%',
  );
});

it('a figure that a run does not have is an error, never a pass', () => {
  const text = 'jobs.fw-1-4.duration > +10%';

  expect(judgeText(text, 5, undefined)).toEqual({
    text,
    result: 'error',
    detail: 'head has no value of jobs.fw-1-4.duration',
  });
  expect(judgeText(text, undefined, 5).detail).toMatch(/^base has/);
  expect(judgeText(text, undefined, undefined).detail).toMatch(/^neither run has/);
  expect(judgeText(text, Number.NaN, 5).result).toBe('error');
});

it.each<[string, string, RegExp, RegExp]>([
  ['latency.updat.p99 > +10%', 'updat', /unknown figure/, /did you mean "update"/],
  ['jobs.fw-2.notified > +1', 'fw-2', /these runs have no job "fw-2"/, /fw-1-4/],
  ['latency.update > +10%', 'latency.update', /unfinished figure/, /p50/],
  ['latency.update.p99 > 10%', '10%', /is a value and no change/, /\+10%/],
  ['latency.update.p99 > +10', '+10', /no unit/, /with a sign/],
  ['latency.update.p99 > +5apples', '+5apples', /measured in ms/, /250ms/],
  ['jobs.fw-1-4.notified > +5ms', '+5ms', /plain number/, /20/],
  ['jobs.fw-1-4.abort.percentage > +2', '+2', /no unit/, /\+2pp/],
  ['latency.update.p99 == +5ms', '==', /only goes with "same"/, /use </],
  ['latency.update.p99 > same', '>', /says nothing/, /== or !=/],
  ['jobs.fw-1-4.status > +5', '+5', /is no number/, /!= same/],
  ['just words', 'just words', /not a limit/, /latency\.update\.p99/],
  ['latency.update.p99 >', 'latency.update.p99 >', /not a limit/, /<change>/],
])('refuses %s for its "%s"', (text, blamed, message, hint) => {
  const parsed = parseChangeLimit(text, known);

  if (parsed.ok) throw new Error('it was taken');
  const { problem } = parsed;
  expect(text.slice(problem.offset, problem.offset + problem.length)).toBe(blamed);
  expect(problem.message).toMatch(message);
  expect(problem.hint).toMatch(hint);
});
