import { describe, expect, it } from 'vitest';
import { diffTraces } from '../../../../src/report/trace/trace-diff.ts';
import type { EventLine, TraceLine } from '../../../../src/report/trace/trace-line.ts';
import { jobState, message, traceOf } from '../../../support/traces.ts';

const diff = (a: readonly TraceLine[], b: readonly TraceLine[]) =>
  diffTraces(traceOf(a), traceOf(b));

const update = (fields: object, t = 0) =>
  message('in', 'fw/update/accepted', { timestamp: t, clientToken: `${t}`, ...fields }, { t });

const notify = (payload: object, t = 0) => message('in', 'notify', payload, { t });

describe('what two runs may differ in', () => {
  it.each<[string, object, object]>([
    ['times', { timestamp: 1, queuedAt: 2 }, { timestamp: 3, queuedAt: 4 }],
    ['tokens', { clientToken: 'a' }, { clientToken: 'b' }],
    ['where executions begin to count', { executionNumber: 1 }, { executionNumber: 7_311 }],
    ['the wording of a rejection', { code: 'X', message: 'no' }, { code: 'X', message: 'never' }],
    ['values of a job document', { jobDocument: { url: 'a' } }, { jobDocument: { url: 'b' } }],
    ['the order of fields', { status: 'X', code: 1 }, { code: 1, status: 'X' }],
  ])('%s', async (_, a, b) => {
    const { first } = await diff([message('in', 'x', a)], [message('in', 'x', b)]);

    expect(first).toBeUndefined();
  });

  it('how streams cross each other', async () => {
    const answer = update({});
    const notice = notify({ jobs: {} });
    const other = message('in', 'other/update/accepted', {});

    const { first, things } = await diff([answer, notice, other], [other, notice, answer]);

    expect(first).toBeUndefined();
    expect(things).toEqual({ compared: 1, diverging: 0 });
  });

  it('how often the very same notice is delivered', async () => {
    const { first } = await diff([notify({ a: 1 }), notify({ a: 1 })], [notify({ a: 1 })]);

    expect(first).toBeUndefined();
  });

  it('what comes after the end of the other', async () => {
    const lines = [update({}), message('out', '$next/get', {}, { t: 60_000 })];
    const short = traceOf(lines.slice(0, 1), { endAt: 50_000 });

    expect((await diffTraces(traceOf(lines), short)).first).toBeUndefined();
    expect((await diffTraces(short, traceOf(lines))).first).toBeUndefined();
    const long = traceOf(lines.slice(0, 1), { endAt: 70_000 });
    expect((await diffTraces(traceOf(lines), long)).first?.kind).toBe('only in a: out $next/get');
  });

  it('a state that may have come and gone between two looks', async () => {
    const passing = [jobState('SCHEDULED'), jobState('IN_PROGRESS', 1), jobState('COMPLETED', 2)];

    const { first, jobs } = await diff(passing, [jobState('COMPLETED', 3)]);

    expect(first).toBeUndefined();
    expect(jobs).toEqual({ compared: 1, diverging: 0 });
  });
});

describe('where they part', () => {
  it('at an answer: says which, and shows both', async () => {
    const a = [update({ executionState: { versionNumber: 2 } }), update({ code: 'A' }, 70)];
    const b = [update({ executionState: { versionNumber: 3 } }, 20), update({ code: 'B' }, 70)];

    const { first, kinds, things } = await diff(a, b);

    expect(first).toMatchObject({
      t: 0,
      thing: 'pump-0',
      fields: [{ path: 'executionState.versionNumber', a: 2, b: 3 }],
      a: { t: 0, payload: { executionState: { versionNumber: 2 } } },
      b: { t: 20, payload: { executionState: { versionNumber: 3 } } },
    });
    expect(things.diverging).toBe(1);
    expect(kinds.map(({ kind }) => kind)).toEqual([
      'in fw/update/accepted: executionState.versionNumber',
      'in fw/update/accepted: code A ≠ B',
    ]);
  });

  it.each<[string, readonly TraceLine[], readonly TraceLine[], string]>([
    ['a field', [update({ a: 1 })], [update({})], 'in fw/update/accepted: a only in a'],
    ['the length of a list', [notify({ q: [1] })], [notify({ q: [] })], 'in notify: q.length'],
    [
      'a topic',
      [message('in', 'fw/update/accepted', {})],
      [message('in', 'fw/update/rejected', {})],
      'in fw/update/accepted ≠ in fw/update/rejected',
    ],
    ['a message', [], [notify({})], 'only in b: in notify'],
    [
      'notices of other times',
      [notify({ timestamp: 1 }), notify({ timestamp: 2 })],
      [notify({ timestamp: 1 })],
      'only in a: in notify',
    ],
    [
      'the order within a stream',
      [update({ status: 'X' }), update({ status: 'Y' })],
      [update({ status: 'Y' }), update({ status: 'X' })],
      'in fw/update/accepted: status X ≠ Y',
    ],
    [
      'keys of a document',
      [update({ jobDocument: { a: 1 } })],
      [update({ jobDocument: {} })],
      'in fw/update/accepted: jobDocument.a only in a',
    ],
    [
      'a second attempt',
      [update({ executionNumber: 1 }), update({ executionNumber: 2 })],
      [update({ executionNumber: 1 }), update({ executionNumber: 1 })],
      'in fw/update/accepted: executionNumber #2 ≠ #1',
    ],
    [
      'what is no JSON',
      [message('out', 'fw/update', undefined, { text: '{"a"' })],
      [message('out', 'fw/update', { a: 1 })],
      'out fw/update: ',
    ],
  ])('%s', async (_, a, b, kind) => {
    expect((await diff(a, b)).first?.kind).toBe(kind);
  });

  it('at a job: names its event before what befell the things a moment earlier or later', async () => {
    const trip = { failureType: 'FAILED', failed: 4, notified: 40 };
    const a = [
      jobState('CANCELED', 90_000, { trip: { ...trip, executed: 40 } }),
      notify({ x: 1 }, 59_500),
    ];
    const b = [
      jobState('CANCELED', 60_000, { trip: { ...trip, executed: 20 } }),
      notify({ x: 2 }, 61_000),
    ];

    const { first, jobs, things } = await diff(a, b);

    expect(first).toMatchObject({
      t: 60_000,
      job: 'fw',
      fields: [{ path: 'trip.executed', a: 40, b: 20 }],
    });
    expect({ jobs, things }).toMatchObject({ jobs: { diverging: 1 }, things: { diverging: 1 } });
  });

  it('at a thing, where the job comes well after it', async () => {
    const a = [notify({ x: 1 }, 10_000), jobState('COMPLETED', 90_000)];
    const b = [notify({ x: 2 }, 10_000), jobState('CANCELED', 60_000)];

    const { first, jobDivergences } = await diff(a, b);

    expect(first?.thing).toBe('pump-0');
    expect(jobDivergences).toMatchObject([{ t: 60_000, kind: 'COMPLETED ≠ CANCELED' }]);
  });

  it('compares how many were executed by lists where only one service tells of its trip', async () => {
    const trip = { failureType: 'FAILED', executed: 40, failed: 4, notified: 40 };
    const known = jobState('CANCELED', 1, { trip, completed: 40 });

    const same = await diff([known], [jobState('CANCELED', 1, { completed: 40 })]);
    const other = await diff([known], [jobState('CANCELED', 1, { completed: 41 })]);

    expect(same.first).toBeUndefined();
    expect(other.first?.kind).toBe('CANCELED: completed');
  });

  it('a job that only one run has, and counters at the end', async () => {
    const end = (SUCCEEDED: number) =>
      jobState('COMPLETED', 9, { what: 'end', executions: { SUCCEEDED, FAILED: 0 } });

    expect((await diff([end(2)], [end(3)])).first?.kind).toBe('end: executions.SUCCEEDED');
    expect((await diff([end(2)], [])).first?.kind).toBe('only in a: end');
    const early = await diff([jobState('CANCELED', 5), end(2)], [end(2)]);
    expect(early.first?.kind).toBe('only in a: CANCELED');
  });
});

it('before the run began is before everything else', async () => {
  const ramp = (status: string) => message('in', '$next/get/accepted', { status }, { ramp: 100 });
  const early = (status: string): TraceLine => {
    const { t: _, ...line } = ramp(status);
    return line;
  };

  const { first } = await diff([early('X'), notify({ x: 1 })], [early('Y'), notify({ x: 2 })]);

  expect(first).toMatchObject({ t: -400, kind: 'in $next/get/accepted: status X ≠ Y' });
});

it('events are compared where both have heard of them, in whatever order they came', async () => {
  const event = (operation: string, payload: object, name?: string): EventLine => ({
    ...{
      type: 'event',
      t: 5,
      job: 'fw',
      operation,
      payload: { eventId: `${Math.PI}`, ...payload },
    },
    ...(name === undefined ? {} : { name }),
  });
  const a = [
    event('canceled', { n: 1 }),
    event('succeeded', {}, 'pump-0'),
    event('failed', {}, 'pump-0'),
  ];
  const b = [
    event('failed', {}, 'pump-0'),
    event('succeeded', {}, 'pump-0'),
    event('canceled', { n: 1 }),
  ];

  expect((await diff(a, b)).first).toBeUndefined();
  expect((await diff(a, [event('canceled', { n: 2 }), ...b.slice(0, 2)])).first).toMatchObject({
    job: 'fw',
    kind: 'event fw/canceled: n',
  });
  const missing = await diff(a, a.slice(0, 2));
  expect(missing.first).toMatchObject({ thing: 'pump-0', kind: 'only in a: event fw/failed' });
  const { first, remarks } = await diff(a, []);
  expect(first).toBeUndefined();
  expect(remarks).toEqual(['only a has heard of job and execution events: they are not compared']);
});

it('says what makes the comparison unfair', async () => {
  const other = { seed: '2', things: 3, scenario: 'large' };

  const { remarks } = await diffTraces(traceOf([]), traceOf([], { header: other }));

  expect(remarks).toEqual([
    'the scenarios have other names: small and large',
    'the seeds differ (1 and 2): the things drew other outcomes',
    'there are 2 and 3 things',
  ]);
});
