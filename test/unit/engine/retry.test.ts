import { describe, expect, it } from 'vitest';
import {
  listExecutionsForJob,
  listExecutionsForThing,
} from '../../../src/engine/execution-queries.ts';
import type { RetryCriterion } from '../../../src/protocol/job-config.ts';
import { EngineRig, groupArn, minute } from '../../support/engine-rig.ts';

function rigWithRetries(criteriaList: readonly RetryCriterion[], dialect = {}): EngineRig {
  const rig = new EngineRig(dialect);
  rig.provision(['t1'], 'g');
  rig.createJob({
    jobId: 'j',
    timeoutConfig: { inProgressTimeoutInMinutes: 1 },
    jobExecutionsRetryConfig: { criteriaList },
  });
  return rig;
}

const on = (failureType: RetryCriterion['failureType'], numberOfRetries: number) => ({
  failureType,
  numberOfRetries,
});

function fail(rig: EngineRig, how: 'FAILED' | 'TIMED_OUT'): void {
  if (how === 'FAILED') rig.update('t1', 'j', 'FAILED');
  else {
    rig.startNext('t1');
    rig.advance(minute);
  }
}

describe('the budget', () => {
  it.each([
    [[on('FAILED', 2)], ['FAILED', 'FAILED', 'FAILED'], 3],
    [[on('FAILED', 0)], ['FAILED'], 1],
    [[on('TIMED_OUT', 2)], ['FAILED'], 1],
    [[on('ALL', 2)], ['FAILED', 'TIMED_OUT', 'FAILED'], 3],
    [[on('FAILED', 1), on('TIMED_OUT', 1)], ['FAILED', 'TIMED_OUT', 'TIMED_OUT'], 3],
    [[on('FAILED', 1), on('TIMED_OUT', 1)], ['FAILED', 'FAILED'], 2],
  ] as const)('%o and %o make %i attempts', (criteria, failures, attempts) => {
    const rig = rigWithRetries(criteria);

    for (const failure of failures) {
      expect(rig.job('j').status).toBe('IN_PROGRESS');
      fail(rig, failure);
    }

    expect(rig.execution('t1', 'j').executionNumber).toBe(attempts);
    expect(rig.job('j').status).toBe('COMPLETED');
  });

  it.each(['SUCCEEDED', 'REJECTED'])('is not for %s', (status) => {
    const rig = rigWithRetries([on('ALL', 3)]);

    rig.update('t1', 'j', status);

    expect(rig.job('j').status).toBe('COMPLETED');
  });

  it('is not for an execution that an operator cancelled', () => {
    const rig = rigWithRetries([on('ALL', 3)]);

    rig.must({ type: 'cancel-execution', thingName: 't1', jobId: 'j', force: false });

    expect(rig.job('j').status).toBe('COMPLETED');
  });

  it('is not for a thing that is gone', () => {
    const rig = rigWithRetries([on('ALL', 3)]);

    rig.must({ type: 'delete-thing', thingName: 't1' });

    expect(rig.execution('t1', 'j')).toMatchObject({ status: 'REMOVED', executionNumber: 1 });
  });

  it('may only be lowered to none', () => {
    const rig = rigWithRetries([on('FAILED', 3)]);
    const update = (retries: number) =>
      rig.send({
        type: 'update-job',
        jobId: 'j',
        settings: { jobExecutionsRetryConfig: { criteriaList: [on('FAILED', retries)] } },
      });

    expect(update(5)).toMatchObject({ rejection: { code: 'InvalidRequest' } });
    expect(update(0).ok).toBe(true);
    rig.update('t1', 'j', 'FAILED');

    expect(rig.job('j').status).toBe('COMPLETED');
  });
});

describe('a retry', () => {
  it('is a new execution behind others queued meanwhile; the failed one stays and counts', () => {
    const rig = rigWithRetries([on('FAILED', 3)]);
    rig.advance(1000);
    rig.createJob({ jobId: 'k' });
    rig.advance(1000);
    rig.update('t1', 'j', { status: 'IN_PROGRESS', statusDetails: { a: '1' } });

    rig.update('t1', 'j', 'FAILED');

    expect(rig.execution('t1', 'j')).toMatchObject({
      status: 'QUEUED',
      executionNumber: 2,
      versionNumber: 1,
      queuedAt: rig.now,
      statusDetails: undefined,
    });
    expect(rig.view.worklists.get('t1')?.pending.map(({ job }) => job.jobId)).toEqual(['k', 'j']);
    expect(rig.job('j').jobProcessDetails).toMatchObject({
      numberOfFailedThings: 1,
      numberOfQueuedThings: 1,
    });
    expect(rig.observe('j')).toMatchObject({ targeted: 1, notified: 1 });
  });

  it('is listed as an entry of its own with its number', () => {
    const rig = rigWithRetries([on('FAILED', 3)]);
    rig.advance(1000);
    rig.update('t1', 'j', 'FAILED');

    const [retry, first] = [
      {
        status: 'QUEUED',
        queuedAt: rig.now,
        lastUpdatedAt: rig.now,
        executionNumber: 2,
        retryAttempt: 1,
      },
      { status: 'FAILED', queuedAt: rig.now - 1000, lastUpdatedAt: rig.now, executionNumber: 1 },
    ];
    const page = { limit: 10 };
    expect(listExecutionsForThing(rig.view, 't1', {}, page)).toEqual({
      ok: true,
      value: {
        executionSummaries: [
          { jobId: 'j', jobExecutionSummary: retry },
          { jobId: 'j', jobExecutionSummary: first },
        ],
      },
    });
    expect(listExecutionsForJob(rig.view, 'j', { status: 'FAILED' }, page)).toMatchObject({
      value: { executionSummaries: [{ jobExecutionSummary: first }] },
    });
  });

  it('lets an update reach the latest attempt, and refuses one of the earlier', () => {
    const rig = rigWithRetries([on('FAILED', 3)]);
    rig.update('t1', 'j', 'FAILED');

    expect(rig.update('t1', 'j', { status: 'IN_PROGRESS', executionNumber: 1 })).toMatchObject({
      rejection: { code: 'InvalidStateTransition' },
    });
    expect(rig.update('t1', 'j', 'IN_PROGRESS').ok).toBe(true);
    expect(rig.execution('t1', 'j').executionNumber).toBe(2);
  });

  it('never reuses a number, also when the latest attempt was deleted', () => {
    const rig = new EngineRig();
    rig.provision(['t1'], 'g');
    rig.createJob({ jobId: 'j', targets: [groupArn('g')], targetSelection: 'CONTINUOUS' });
    rig.must({
      type: 'delete-execution',
      thingName: 't1',
      jobId: 'j',
      executionNumber: 1,
      force: true,
    });

    rig.must({ type: 'leave-group', thingName: 't1', groupName: 'g' });
    rig.must({ type: 'join-group', thingName: 't1', groupName: 'g' });

    expect(rig.execution('t1', 'j').executionNumber).toBe(2);
  });
});

describe('a delayed retry', () => {
  const delayed = () => rigWithRetries([on('FAILED', 3)], { retryDelayMs: 5000 });

  it('keeps the job in progress and comes after its time', () => {
    const rig = delayed();
    rig.update('t1', 'j', 'FAILED');
    expect(rig.news().slice(-2)).toEqual(['t1 notify', 't1 next -']);
    expect(rig.job('j').status).toBe('IN_PROGRESS');

    rig.advance(4999);
    expect(rig.status('t1', 'j')).toBe('FAILED');
    rig.advance(1);

    expect(rig.news()).toEqual(['t1 notify QUEUED[j]', 't1 next j QUEUED v1']);
    expect(rig.execution('t1', 'j').queuedAt).toBe(rig.now);
  });

  it.each([
    [
      'the job is cancelled',
      (rig: EngineRig) => rig.must({ type: 'cancel-job', jobId: 'j', force: false }),
      'CANCELED',
    ],
    [
      'the thing is deleted',
      (rig: EngineRig) => rig.must({ type: 'delete-thing', thingName: 't1' }),
      'COMPLETED',
    ],
    [
      'the failed execution is deleted',
      (rig: EngineRig) =>
        rig.must({
          type: 'delete-execution',
          thingName: 't1',
          jobId: 'j',
          executionNumber: 1,
          force: false,
        }),
      'COMPLETED',
    ],
  ])('does not come when %s meanwhile', (_name, change, status) => {
    const rig = delayed();
    rig.update('t1', 'j', 'FAILED');

    change(rig);

    expect(rig.job('j').status).toBe(status);
    rig.advance(10_000);
    expect(rig.job('j').jobProcessDetails.numberOfQueuedThings).toBe(0);
  });

  it('does not come when retries are taken off the job meanwhile', () => {
    const rig = delayed();
    rig.update('t1', 'j', 'FAILED');
    const jobExecutionsRetryConfig = { criteriaList: [on('FAILED', 0)] };

    rig.must({ type: 'update-job', jobId: 'j', settings: { jobExecutionsRetryConfig } });
    rig.advance(10_000);

    expect(rig.job('j')).toMatchObject({
      status: 'COMPLETED',
      jobProcessDetails: { numberOfQueuedThings: 0 },
    });
  });
});
