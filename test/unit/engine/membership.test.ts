import { describe, expect, it } from 'vitest';
import { EngineRig, groupArn, minute, thingArn } from '../../support/engine-rig.ts';

const join = (rig: EngineRig, thingName: string, groupName = 'g') =>
  rig.must({ type: 'join-group', thingName, groupName });
const leave = (rig: EngineRig, thingName: string, groupName = 'g') =>
  rig.must({ type: 'leave-group', thingName, groupName });

function rigWithJob(
  targetSelection: 'SNAPSHOT' | 'CONTINUOUS',
  extra = {},
  dialect = {},
): EngineRig {
  const rig = new EngineRig(dialect);
  rig.must({ type: 'create-group', groupName: 'g', attributes: {} });
  rig.must({ type: 'create-group', groupName: 'sub', parentGroupName: 'g', attributes: {} });
  rig.provision(['t1'], 'g');
  rig.provision(['t2', 't3']);
  rig.createJob({ jobId: 'j', targets: [groupArn('g')], targetSelection, ...extra });
  return rig;
}

describe('a thing that joins', () => {
  it('a CONTINUOUS job gets an execution at once, outside the rate and its tokens', () => {
    const rig = rigWithJob('CONTINUOUS', { jobExecutionsRolloutConfig: { maximumPerMinute: 1 } });

    join(rig, 't2');
    join(rig, 't3', 'sub');

    expect([rig.status('t2', 'j'), rig.status('t3', 'j')]).toEqual(['QUEUED', 'QUEUED']);
    expect(rig.observe('j')).toMatchObject({ targeted: 3, notified: 3 });
  });

  it('a SNAPSHOT job or a job that has ended gets nothing', () => {
    const rig = rigWithJob('SNAPSHOT');
    rig.createJob({ jobId: 'k', targets: [groupArn('g')], targetSelection: 'CONTINUOUS' });
    rig.must({ type: 'cancel-job', jobId: 'k', force: false });

    join(rig, 't2');

    expect([rig.status('t2', 'j'), rig.status('t2', 'k')]).toEqual([undefined, undefined]);
  });

  it('while it waits for its release is released by it, and not twice', () => {
    const rig = new EngineRig();
    rig.provision(['a', 'b'], 'g');
    rig.must({ type: 'create-group', groupName: 'h', attributes: {} });
    rig.createJob({
      jobId: 'j',
      targets: [groupArn('g'), groupArn('h')],
      targetSelection: 'CONTINUOUS',
      jobExecutionsRolloutConfig: { maximumPerMinute: 1 },
    });
    expect(rig.status('b', 'j')).toBeUndefined();

    join(rig, 'b', 'h');
    expect(rig.job('j').isConcurrent).toBe(false);
    rig.advance(10 * minute);

    expect(rig.observe('j')).toMatchObject({ targeted: 2, notified: 2 });
    expect(rig.execution('b', 'j').executionNumber).toBe(1);
  });
});

describe('a thing that leaves', () => {
  it.each([
    ['CONTINUOUS', 'unaffected', 'REMOVED'],
    ['SNAPSHOT', 'unaffected', 'QUEUED'],
    ['SNAPSHOT', 'removed', 'REMOVED'],
  ] as const)('a %s job (snapshotLeave %s): %s', (targetSelection, snapshotLeave, status) => {
    const rig = rigWithJob(targetSelection, {}, { snapshotLeave });

    leave(rig, 't1');

    expect(rig.status('t1', 'j')).toBe(status);
    expect(rig.execution('t1', 'j').versionNumber).toBe(status === 'REMOVED' ? 2 : 1);
  });

  it('has its execution in progress removed too, and can no longer update it', () => {
    const rig = rigWithJob('CONTINUOUS');
    rig.startNext('t1');

    leave(rig, 't1');

    expect(rig.job('j').jobProcessDetails.numberOfRemovedThings).toBe(1);
    expect(rig.update('t1', 'j', 'SUCCEEDED')).toMatchObject({
      rejection: { code: 'InvalidStateTransition' },
    });
  });

  it.each([
    ['its own ARN', [groupArn('g'), thingArn('t1')]],
    ['another group', [groupArn('g'), groupArn('h')]],
  ])('stays when %s is a target as well', (_name, targets) => {
    const rig = new EngineRig();
    rig.provision(['t1'], 'g');
    rig.provision(['t1'], 'h');
    rig.createJob({ jobId: 'j', targets, targetSelection: 'CONTINUOUS' });

    leave(rig, 't1');

    expect(rig.status('t1', 'j')).toBe('QUEUED');
  });

  it('before its release is not released', () => {
    const rig = new EngineRig();
    rig.provision(['a', 'b'], 'g');
    rig.createJob({
      jobId: 'j',
      targets: [groupArn('g')],
      targetSelection: 'CONTINUOUS',
      jobExecutionsRolloutConfig: { maximumPerMinute: 1 },
    });

    rig.advance(1000);
    leave(rig, 'b');
    expect(rig.job('j')).toMatchObject({ isConcurrent: false, lastUpdatedAt: rig.now });
    rig.advance(10 * minute);

    expect(rig.status('b', 'j')).toBeUndefined();
    expect(rig.observe('j')).toMatchObject({ targeted: 1, notified: 1 });
  });

  it('because its group is deleted leaves like any other', () => {
    const rig = rigWithJob('CONTINUOUS');
    join(rig, 't2', 'sub');

    rig.must({ type: 'delete-group', groupName: 'sub' });

    expect([rig.status('t1', 'j'), rig.status('t2', 'j')]).toEqual(['QUEUED', 'REMOVED']);
  });

  it.each([
    ['REMOVED', [], 2],
    ['SUCCEEDED', ['SUCCEEDED'], 1],
    ['FAILED', ['FAILED'], 1],
  ])(
    'and rejoins after %s gets the job again only if it was removed from it',
    (_status, updates, number) => {
      const rig = rigWithJob('CONTINUOUS');
      for (const status of updates) rig.update('t1', 'j', status);
      leave(rig, 't1');

      join(rig, 't1');

      expect(rig.execution('t1', 'j')).toMatchObject({
        executionNumber: number,
        status: number === 2 ? 'QUEUED' : updates[0],
      });
    },
  );

  it('and rejoins starts with a fresh budget of retries', () => {
    const retryOnce = { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 1 }] };
    const rig = rigWithJob('CONTINUOUS', { jobExecutionsRetryConfig: retryOnce });
    rig.update('t1', 'j', 'FAILED');
    leave(rig, 't1');
    join(rig, 't1');

    rig.update('t1', 'j', 'FAILED');

    expect(rig.execution('t1', 'j')).toMatchObject({ status: 'QUEUED', executionNumber: 4 });
  });
});

describe('a thing that is deleted', () => {
  it('has its pending executions removed in one change, and completes jobs', () => {
    const rig = rigWithJob('SNAPSHOT');
    rig.createJob({ jobId: 'k' });
    rig.news();

    rig.must({ type: 'delete-thing', thingName: 't1' });

    expect(rig.news()).toEqual(['t1 notify', 't1 next -']);
    expect([rig.job('j').status, rig.job('k').status]).toEqual(['COMPLETED', 'COMPLETED']);
    expect(rig.job('j').jobProcessDetails.numberOfRemovedThings).toBe(1);
    expect(rig.startNext('t1')).toMatchObject({ rejection: { code: 'ResourceNotFound' } });
  });

  it('keeps them in the other dialect, and finds them when it is created again', () => {
    const rig = rigWithJob('SNAPSHOT', {}, { deletedThing: 'kept' });

    rig.must({ type: 'delete-thing', thingName: 't1' });
    expect(rig.job('j').status).toBe('IN_PROGRESS');
    rig.provision(['t1']);

    expect(rig.startNext('t1')).toMatchObject({ value: { execution: { jobId: 'j' } } });
  });

  it('and created again may join a CONTINUOUS job once more', () => {
    const rig = rigWithJob('CONTINUOUS');
    rig.must({ type: 'delete-thing', thingName: 't1' });

    rig.provision(['t1'], 'g');

    expect(rig.execution('t1', 'j')).toMatchObject({ status: 'QUEUED', executionNumber: 2 });
  });
});
