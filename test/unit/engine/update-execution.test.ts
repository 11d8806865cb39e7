import { describe, expect, it } from 'vitest';
import type { UpdateRequest } from '../../../src/protocol/messages.ts';
import { EngineRig, thingArn } from '../../support/engine-rig.ts';

function rigWithJob(dialect = {}): EngineRig {
  const rig = new EngineRig(dialect);
  rig.provision(['t1', 't2']);
  rig.createJob({ jobId: 'j' });
  return rig;
}

const details = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));

describe('a refused update', () => {
  /** Every flaw at once; each row mends the one that was answered before (reference §14.2). */
  const ladder: [string, string, string, UpdateRequest][] = [
    ['InvalidRequest', 'ghost', 'ghost', { status: 'QUEUED', expectedVersion: 9 }],
    ['ResourceNotFound', 'ghost', 'ghost', { status: 'SUCCEEDED', expectedVersion: 9 }],
    ['ResourceNotFound', 't1', 'ghost', { status: 'SUCCEEDED', expectedVersion: 9 }],
    ['ResourceNotFound', 't2', 'j', { status: 'SUCCEEDED', expectedVersion: 9 }],
    [
      'ResourceNotFound',
      't1',
      'j',
      { status: 'SUCCEEDED', expectedVersion: 9, executionNumber: 2 },
    ],
    ['VersionMismatch', 't1', 'j', { status: 'SUCCEEDED', expectedVersion: 9, executionNumber: 1 }],
    ['InvalidStateTransition', 't1', 'j', { status: 'SUCCEEDED', expectedVersion: 2 }],
  ];

  it.each(ladder)('is answered %s for %s, %s, %o', (code, thingName, jobId, request) => {
    const rig = rigWithJob();
    rig.update('t1', 'j', 'FAILED');

    const reply = rig.update(thingName, jobId, request);

    expect(reply).toMatchObject({ ok: false, rejection: { code } });
    expect(rig.execution('t1', 'j')).toMatchObject({ status: 'FAILED', versionNumber: 2 });
  });

  it('shows the state with InvalidStateTransition and VersionMismatch only', () => {
    const rig = rigWithJob();
    const state = { status: 'QUEUED', versionNumber: 1 };

    expect(rig.update('t1', 'j', { status: 'SUCCEEDED', expectedVersion: 99 })).toEqual({
      ok: false,
      rejection: {
        code: 'VersionMismatch',
        message: 'Expected version 99 but found version 1',
        executionState: state,
      },
    });
    const foreign = rig.update('t1', 'j', 'QUEUED');
    expect(foreign).toMatchObject({ rejection: { code: 'InvalidRequest' } });
    expect(foreign).not.toHaveProperty('rejection.executionState');
  });

  it.each(['QUEUED', 'CANCELED', 'TIMED_OUT', 'REMOVED', 'succeeded', 'DONE'])(
    'may come from the status %s, by the dialect with another code',
    (status) => {
      const strict = rigWithJob().update('t1', 'j', status);
      const state = rigWithJob({ foreignStatus: 'InvalidStateTransition' }).update(
        't1',
        'j',
        status,
      );

      expect(strict).toMatchObject({ rejection: { code: 'InvalidRequest' } });
      expect(state).toMatchObject({ rejection: { code: 'InvalidStateTransition' } });
    },
  );

  it('has another code for a terminal execution in the other dialect', () => {
    const rig = rigWithJob({ terminalUpdate: 'TerminalStateReached' });
    rig.update('t1', 'j', 'SUCCEEDED');

    const reply = rig.update('t1', 'j', 'SUCCEEDED');

    expect(reply).toEqual({
      ok: false,
      rejection: { code: 'TerminalStateReached', message: expect.any(String) },
    });
  });

  it('comes from details that merge to more than ten', () => {
    const rig = rigWithJob({ statusDetailsUpdate: 'merge' });
    rig.update('t1', 'j', { status: 'IN_PROGRESS', statusDetails: details(10) });

    const reply = rig.update('t1', 'j', { status: 'IN_PROGRESS', statusDetails: { one: 'more' } });

    expect(reply).toMatchObject({ ok: false, rejection: { code: 'InvalidRequest' } });
  });
});

describe('an accepted update', () => {
  it('answers nothing unless asked, then the state after it and the parsed document', () => {
    const rig = rigWithJob();

    expect(rig.update('t1', 'j', 'IN_PROGRESS')).toEqual({ ok: true, value: {} });
    expect(
      rig.update('t1', 'j', {
        status: 'SUCCEEDED',
        expectedVersion: 2,
        statusDetails: { step: 'done' },
        includeJobExecutionState: true,
        includeJobDocument: true,
      }),
    ).toEqual({
      ok: true,
      value: {
        executionState: {
          status: 'SUCCEEDED',
          statusDetails: { step: 'done' },
          versionNumber: 3,
        },
        jobDocument: { op: 'test' },
      },
    });
  });

  it('raises the version each time, also when nothing else changes', () => {
    const rig = rigWithJob();

    for (const version of [2, 3, 4]) {
      rig.advance(1000);
      rig.update('t1', 'j', 'IN_PROGRESS');
      expect(rig.execution('t1', 'j')).toMatchObject({
        versionNumber: version,
        lastUpdatedAt: rig.now,
      });
    }
    expect(rig.execution('t1', 'j').startedAt).toBe(rig.now - 2000);
  });

  it('leaves startedAt unset when the execution never started', () => {
    const rig = rigWithJob();

    rig.update('t1', 'j', 'SUCCEEDED');

    expect(rig.execution('t1', 'j').startedAt).toBeUndefined();
  });

  it.each([
    ['replace', undefined, { a: '1' }],
    ['replace', { b: '2' }, { b: '2' }],
    ['replace', {}, undefined],
    ['merge', { b: '2' }, { a: '1', b: '2' }],
    ['merge', {}, { a: '1' }],
  ] as const)('by the dialect %s makes of {a:1} and %o: %o', (dialect, given, stored) => {
    const rig = rigWithJob({ statusDetailsUpdate: dialect });
    rig.update('t1', 'j', { status: 'IN_PROGRESS', statusDetails: { a: '1' } });

    rig.update('t1', 'j', {
      status: 'IN_PROGRESS',
      ...(given === undefined ? {} : { statusDetails: given }),
    });

    expect(rig.execution('t1', 'j').statusDetails).toEqual(stored);
  });
});

describe('start-next', () => {
  it('hands out an execution in progress again, unchanged', () => {
    const rig = rigWithJob();
    rig.startNext('t1');
    rig.advance(5000);

    const reply = rig.send({
      type: 'start-next',
      thingName: 't1',
      request: { statusDetails: { a: '1' }, stepTimeoutInMinutes: 5 },
    });

    expect(reply).toEqual({
      ok: true,
      value: {
        execution: {
          jobId: 'j',
          thingName: 't1',
          status: 'IN_PROGRESS',
          queuedAt: 1_000_000,
          startedAt: 1_000_000,
          lastUpdatedAt: 1_000_000,
          versionNumber: 2,
          executionNumber: 1,
          jobDocument: { op: 'test' },
        },
      },
    });
  });

  it('prefers what is in progress to what was queued earlier', () => {
    const rig = rigWithJob();
    rig.createJob({ jobId: 'k' });
    rig.update('t1', 'k', 'IN_PROGRESS');

    expect(rig.startNext('t1')).toMatchObject({ value: { execution: { jobId: 'k' } } });
  });

  it('answers without an execution when nothing is pending, and refuses an unknown thing', () => {
    const rig = rigWithJob();

    expect(rig.startNext('t2')).toEqual({ ok: true, value: {} });
    expect(rig.startNext('ghost')).toMatchObject({ rejection: { code: 'ResourceNotFound' } });
  });
});

describe('cancel-execution', () => {
  it.each([
    ['VersionConflict', { force: false, expectedVersion: 7 }],
    ['InvalidStateTransition', { force: false, expectedVersion: 2 }],
  ] as const)('is refused with %s', (code, request) => {
    const rig = rigWithJob();
    rig.startNext('t1');

    const reply = rig.send({ type: 'cancel-execution', thingName: 't1', jobId: 'j', ...request });

    expect(reply).toMatchObject({ ok: false, rejection: { code } });
  });

  it('with force ends a started execution, marks it and keeps the details it was given', () => {
    const rig = rigWithJob();
    rig.startNext('t1');

    rig.must({
      type: 'cancel-execution',
      thingName: 't1',
      jobId: 'j',
      force: true,
      statusDetails: { why: 'recall' },
    });

    expect(rig.execution('t1', 'j')).toMatchObject({
      status: 'CANCELED',
      forceCanceled: true,
      versionNumber: 3,
      statusDetails: { why: 'recall' },
    });
    expect(rig.job('j').status).toBe('COMPLETED');
  });

  it('leaves the version alone in the other dialect', () => {
    const rig = rigWithJob({ versionOnServiceChange: 'keep' });

    rig.must({ type: 'cancel-execution', thingName: 't1', jobId: 'j', force: false });

    expect(rig.execution('t1', 'j')).toMatchObject({ status: 'CANCELED', versionNumber: 1 });
  });
});

describe('delete-execution', () => {
  const remove = (rig: EngineRig, executionNumber: number) =>
    rig.send({
      type: 'delete-execution',
      thingName: 't1',
      jobId: 'j',
      executionNumber,
      force: true,
    });

  it('takes it out of the counters and may complete the job', () => {
    const rig = rigWithJob();
    rig.createJob({ jobId: 'k', targets: [thingArn('t1'), thingArn('t2')] });

    remove(rig, 1);

    expect(rig.job('j')).toMatchObject({
      status: 'COMPLETED',
      jobProcessDetails: { numberOfQueuedThings: 0 },
    });
    expect(remove(rig, 1)).toMatchObject({ rejection: { code: 'ResourceNotFound' } });
    expect(remove(rig, 2)).toMatchObject({ rejection: { code: 'ResourceNotFound' } });
  });
});
