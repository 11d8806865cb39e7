import { expect, it } from 'vitest';
import { figures, findFigure, type KnownNames } from '../../../src/metrics/catalog.ts';
import { type FigureValue, judge, parseExpectation } from '../../../src/metrics/thresholds.ts';

const known: KnownNames = {
  job: ['fw-1', 'fw-2'],
  cohort: ['healthy'],
  executionStatus: ['SUCCEEDED', 'FAILED'],
  reportedStatus: ['SUCCEEDED', 'NONE'],
  jobStatus: ['COMPLETED', 'CANCELED'],
  failureType: ['FAILED', 'ALL'],
  errorCode: ['VersionMismatch', 'LOST'],
};

function judgeText(text: string, values: Readonly<Record<string, FigureValue>>) {
  const parsed = parseExpectation(text, known);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return judge(parsed.threshold, (figure) => values[figure]);
}

it.each<[string, Record<string, FigureValue>, string, string]>([
  ['jobs.fw-1.status == CANCELED', { 'jobs.fw-1.status': 'CANCELED' }, '== CANCELED', 'CANCELED'],
  ['jobs.fw-1.status != CANCELED', { 'jobs.fw-1.status': 'COMPLETED' }, '!= CANCELED', 'COMPLETED'],
  ['jobs.fw-1.executions.FAILED<=40', { 'jobs.fw-1.executions.FAILED': 40 }, '<= 40', '40'],
  ['latency.update.p99 < 250ms', { 'latency.update.p99': 249.9 }, '< 250ms', '249.9ms'],
  ['latency.update.p99 < 1.5s', { 'latency.update.p99': 1499 }, '< 1.5s', '1499ms'],
  ['run.duration > 1h30m', { 'run.duration': 5_400_001 }, '> 1h30m', '5400.001s'],
  [
    'cohorts.healthy.workSeconds.p99 <= 2m',
    { 'cohorts.healthy.workSeconds.p99': 120 },
    '<= 2m',
    '2m',
  ],
  ['jobs.fw-1.abort.percentage >= 8%', { 'jobs.fw-1.abort.percentage': 8.1 }, '>= 8%', '8.1%'],
  [
    'jobs.fw-1.rollout.ratePerMinuteMax <= 2/s',
    { 'jobs.fw-1.rollout.ratePerMinuteMax': 120 },
    '<= 120/min',
    '120/min',
  ],
  ['jobs.fw-1.abort.tripped == true', { 'jobs.fw-1.abort.tripped': true }, '== true', 'true'],
  ['harness.trusted != false', { 'harness.trusted': true }, '!= false', 'true'],
  ['operations.update.errors.LOST == 0', { 'operations.update.errors.LOST': 0 }, '== 0', '0'],
  [
    'jobs.fw-1.notified == jobs.fw-2.notified',
    { 'jobs.fw-1.notified': 7, 'jobs.fw-2.notified': 7 },
    '== 7 (jobs.fw-2.notified)',
    '7',
  ],
  [
    'jobs.fw-1.abort.executed == predicted',
    { 'jobs.fw-1.abort.executed': 224, 'predicted.jobs.fw-1.abort.executed': 224 },
    '== 224 (predicted.jobs.fw-1.abort.executed)',
    '224',
  ],
  [
    'cohorts.healthy.workSeconds.p50 < jobs.fw-1.duration',
    { 'cohorts.healthy.workSeconds.p50': 30, 'jobs.fw-1.duration': 30_001 },
    '< 30.001s (jobs.fw-1.duration)',
    '30s',
  ],
])('passes %s', (text, values, expected, actual) => {
  expect(judgeText(text, values)).toEqual({ result: 'passed', expected, actual });
});

it.each<[string, FigureValue, string]>([
  ['jobs.fw-1.status == CANCELED', 'COMPLETED', 'COMPLETED'],
  ['jobs.fw-1.executions.FAILED <= 40', 41, '41'],
  ['jobs.fw-1.executions.FAILED != 40', 40, '40'],
  ['latency.update.p99 < 250ms', 250, '250ms'],
  ['latency.update.p99 < 250ms', 250.04, '250.04ms'],
  ['latency.update.p99 > 10s', 10_000, '10s'],
  ['jobs.fw-1.abort.percentage > 8%', 8, '8%'],
  ['jobs.fw-1.abort.tripped == true', false, 'false'],
])('fails %s when it is %s', (text, value, actual) => {
  const name = text.split(' ')[0] ?? '';

  expect(judgeText(text, { [name]: value })).toMatchObject({ result: 'failed', actual });
});

it('is an error, never a pass, when the run has no such figure', () => {
  expect(judgeText('jobs.fw-1.abort.at != 5s', {})).toEqual({
    result: 'error',
    expected: '!= 5s',
    actual: 'no value: jobs.fw-1.abort.at',
  });
  expect(judgeText('jobs.fw-1.notified != 3', { 'jobs.fw-1.notified': Number.NaN })).toMatchObject({
    result: 'error',
  });
  expect(
    judgeText('jobs.fw-1.notified != jobs.fw-2.notified', { 'jobs.fw-1.notified': 3 }),
  ).toEqual({
    result: 'error',
    expected: '!= no value (jobs.fw-2.notified)',
    actual: 'no value: jobs.fw-2.notified',
  });
});

it.each([
  [
    'jobs.fw-1.statas == CANCELED',
    'unknown figure "jobs.fw-1.statas"',
    'did you mean "status"?',
    'statas',
  ],
  [
    'jobs.fw-3.status == CANCELED',
    'this scenario has no job "fw-3"',
    'did you mean "fw-1"?',
    'fw-3',
  ],
  [
    'cohorts.sick.things == 1',
    'this scenario has no cohort "sick"',
    'possible here: healthy',
    'sick',
  ],
  [
    'latency.updat.p99 < 3ms',
    'unknown figure "latency.updat.p99"',
    'did you mean "update"?',
    'updat',
  ],
  ['latency.update.p98 < 3ms', 'unknown figure "latency.update.p98"', 'did you mean "p90"?', 'p98'],
  [
    'latency.update < 3ms',
    'unfinished figure "latency.update"',
    'goes on with one of: p50, p90, p99, p999, max, mean, fromSend',
    'latency.update',
  ],
  ['fleet.things.more == 3', 'unknown figure "fleet.things.more"', undefined, 'more'],
  [
    'jobs.fw-1.status == CANCELLED',
    'it can never be "CANCELLED"',
    'did you mean "CANCELED"?',
    'CANCELLED',
  ],
  [
    'jobs.fw-1.abort.failureType == FAIL',
    'it can never be "FAIL"',
    'did you mean "FAILED"?',
    'FAIL',
  ],
  ['latency.update.p99 < 250', '"250" has no unit', 'write for example 250ms', '250'],
  [
    'latency.update.p99 < 5%',
    '"latency.update.p99" is measured in ms, not "5%"',
    'write for example 250ms',
    '5%',
  ],
  [
    'jobs.fw-1.notified < 5s',
    '"jobs.fw-1.notified" is a plain number, not "5s"',
    'write for example 20',
    '5s',
  ],
  [
    'fleet.things == predicted',
    '"fleet.things" is not predicted',
    'compare it with a value',
    'predicted',
  ],
  ['jobs.fw-1.abort.percentage < 8', '"8" has no unit', 'write for example 5%', '8'],
  [
    'jobs.fw-1.abort.tripped == yes',
    '"jobs.fw-1.abort.tripped" is true or false, not "yes"',
    undefined,
    'yes',
  ],
  [
    'jobs.fw-1.status < CANCELED',
    '"jobs.fw-1.status" is no number, so "<" says nothing',
    'use == or !=',
    '<',
  ],
  [
    'jobs.fw-1.notified == jobs.fw-1.duration',
    '"jobs.fw-1.duration" cannot be compared with "jobs.fw-1.notified"',
    undefined,
    'jobs.fw-1.duration',
  ],
  [
    'jobs.fw-1.notified = 3',
    'not an expectation',
    'write <figure> <operator> <value>; operators are == != <= >= < >',
    'jobs.fw-1.notified = 3',
  ],
])('refuses %s', (text, message, hint, culprit) => {
  const offset = culprit === '<' ? text.indexOf('<') : text.lastIndexOf(culprit);

  expect(parseExpectation(text, known)).toEqual({
    ok: false,
    problem: { message, hint, offset, length: culprit.length },
  });
});

it('finds every figure of the catalogue by its name', () => {
  const example: Record<string, string> = {
    job: 'fw-1',
    cohort: 'healthy',
    executionStatus: 'FAILED',
    reportedStatus: 'NONE',
    errorCode: 'LOST',
    operation: 'update',
    statistic: 'p99',
    workStatistic: 'p50',
  };

  for (const figure of figures) {
    const name = figure.pattern.replaceAll(/<(\w+)>/g, (_, kind: string) => example[kind] ?? '');

    expect(findFigure(name, known), name).toEqual({ ok: true, figure });
  }
});
