import { expect, it } from 'vitest';
import { parseSweepAxes, parseSweepAxis } from '../../../src/scenario/sweep-axis.ts';
import { loadText } from '../../support/scenarios.ts';

it.each([
  ['fleet.things=2..20:6', ['2', '8', '14', '20']],
  ['fleet.things=2..9:3', ['2', '5', '8']],
  ['fleet.things=3..5', ['3', '4', '5']],
  ['fleet.things=7..7', ['7']],
  ['a.b=0..0.3:0.1', ['0', '0.1', '0.2', '0.3']],
  ['a.b=-1..1', ['-1', '0', '1']],
  ['a.b=5%..15%:5%', ['5%', '10%', '15%']],
  ['a.b=10s..30s:10', ['10s', '20s', '30s']],
  ['a.b=10,50,100', ['10', '50', '100']],
  ['a.b=x', ['x']],
  ['a.b=5s, {uniform: [5s, 9s]},7s', ['5s', '{uniform: [5s, 9s]}', '7s']],
  ['a.b=a=b,c', ['a=b', 'c']],
])('%s', (text, values) => {
  const { overrides } = parseSweepAxis(text);

  expect(overrides.map(({ value }) => value)).toEqual(values);
});

it('an axis remembers its path as it was written, and where it leads', () => {
  const { path, overrides } = parseSweepAxis('jobs.0.at=1s,2s');

  expect(path).toBe('jobs.0.at');
  expect(overrides[1]).toEqual({
    origin: '--sweep',
    prefix: 'jobs.0.at=',
    path: ['jobs', 0, 'at'],
    value: '2s',
  });
});

it.each([
  [['fleet.things'], /--sweep fleet\.things: expected path=values/],
  [['=1..2'], /expected path=values/],
  [['a..b=1'], /expected path=values/],
  [['a b=1'], /expected path=values/],
  [['a.b='], /a value is missing/],
  [['a.b=1,,2'], /a value is missing/],
  [['a.b=1..9:0'], /the step must be above 0/],
  [['a.b=9..1'], /1 is below 9/],
  [['a.b=1s..2m'], /both ends need the same unit/],
  [['a.b=1s..2s:1%'], /both ends need the same unit/],
  [['a.b=1..1000000:1'], /more than 10000 values/],
  [['a.b=1', 'a.c=1', 'a.b=2'], /--sweep a\.b=2: this path is swept already/],
])('%j is refused', (texts, message) => {
  expect(() => parseSweepAxes(texts)).toThrow(message);
});

const text = `
name: two
fleet: { things: 3, group: all }
jobs:
  - create: { jobId: first, document: {} }
  - create: { jobId: second, document: {} }`;

it('a job may be named by its id wherever a scenario value is set from outside', () => {
  const { overrides } = parseSweepAxis('jobs.second.at=30s');

  expect(loadText(text, { overrides }).scenario.jobs.map(({ at }) => at)).toEqual([0, 30_000]);
});

it('a job that is read from a file, too', () => {
  const fromFile = text.replace('{ jobId: second, document: {} }', '{ file: job.json }');
  const { overrides } = parseSweepAxis('jobs.second.create.description=told');
  const files = { 'job.json': '{ "jobId": "second", "document": {} }' };

  const { jobs } = loadText(fromFile, { overrides, files });

  expect(jobs.map(({ request }) => request.description)).toEqual([undefined, 'told']);
});

it('a job that is not there is named', () => {
  const { overrides } = parseSweepAxis('jobs.third.at=30s');

  expect(() => loadText(text, { overrides })).toThrow(
    /--sweep.*jobs has 2 items, counted from 0: there is no item "third"/s,
  );
});

it('the healthy cohort must be one of the fleet', () => {
  expect(() => loadText(`${text}\npredict: { healthy: al }`)).toThrow(
    /this scenario has no cohort "al"/,
  );
  expect(loadText(`${text}\npredict: { healthy: all }`).scenario.predict.healthy).toBe('all');
});
