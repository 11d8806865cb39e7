import { describe, expect, it } from 'vitest';
import type { CreateJobRequest } from '../../../src/protocol/job-config.ts';
import { EngineRig, groupArn, minute, thingArn, thingNames } from '../../support/engine-rig.ts';

const day = 24 * 60 * minute;

function rigWithThings(dialect = {}, count = 2): EngineRig {
  const rig = new EngineRig(dialect);
  rig.provision(thingNames(count), 'g');
  rig.must({ type: 'configure-events', enabled: { JOB: true, JOB_EXECUTION: true } });
  return rig;
}

const events = (rig: EngineRig) => rig.news().filter((line) => /^(job|execution)/.test(line));

describe('create-job', () => {
  const valid: CreateJobRequest = { jobId: 'j', targets: [thingArn('t1')], document: '{}' };
  const create = (rig: EngineRig, request: Partial<CreateJobRequest>) =>
    rig.send({ type: 'create-job', request: { ...valid, ...request } });

  it.each([
    ['ResourceNotFound', { jobTemplateArn: 'arn:aws:iot:us-east-1:123456789012:jobtemplate/x' }],
    ['InvalidRequest', { schedulingConfig: { startTime: '2026-01-01 00:00' } }],
    ['InvalidRequest', { documentParameters: { a: 'b' } }],
    ['InvalidRequest', { targets: ['t1'] }],
    ['InvalidRequest', { targets: ['arn:aws:iot:eu-west-1:123456789012:thing/t1'] }],
    ['InvalidRequest', { targets: ['arn:aws:iot:us-east-1:999999999999:thing/t1'] }],
    ['InvalidRequest', { targets: ['arn:aws:iot:us-east-1:123456789012:policy/p'] }],
    ['ResourceNotFound', { targets: [thingArn('ghost')] }],
    ['ResourceNotFound', { targets: [groupArn('ghost')] }],
    ['LimitExceeded', { targets: Array.from({ length: 101 }, () => thingArn('t1')) }],
  ] as const)('is refused with %s for %o', (code, request) => {
    const rig = rigWithThings();

    expect(create(rig, request)).toMatchObject({ ok: false, rejection: { code } });
    expect(rig.view.jobs.size).toBe(0);
  });

  it('names the resource that is there already, whatever its state', () => {
    const rig = rigWithThings({ deletionMs: 1000 });
    create(rig, {});
    rig.must({ type: 'delete-job', jobId: 'j', force: true });

    expect(create(rig, {})).toMatchObject({
      ok: false,
      rejection: {
        code: 'ResourceAlreadyExists',
        resourceId: 'j',
        resourceArn: 'arn:aws:iot:us-east-1:123456789012:job/j',
      },
    });
    rig.advance(1000);
    expect(create(rig, {}).ok).toBe(true);
  });

  it('answers the reference of the job', () => {
    expect(create(rigWithThings(), { description: 'd' })).toEqual({
      ok: true,
      value: {
        jobArn: 'arn:aws:iot:us-east-1:123456789012:job/j',
        jobId: 'j',
        description: 'd',
      },
    });
  });

  it('stops at 500 concurrent jobs', () => {
    const rig = rigWithThings();
    const slow = { targets: [groupArn('g')], jobExecutionsRolloutConfig: { maximumPerMinute: 1 } };
    for (let index = 0; index < 500; index++) create(rig, { jobId: `j${index}`, ...slow });

    expect(create(rig, slow)).toMatchObject({ rejection: { code: 'LimitExceeded' } });
    rig.advance(minute);
    expect(create(rig, slow).ok).toBe(true);
  });
});

describe('completion', () => {
  it.each([
    ['SUCCEEDED', 'SUCCEEDED'],
    ['SUCCEEDED', 'FAILED'],
    ['REJECTED', 'REJECTED'],
  ])('of a SNAPSHOT job follows its last execution: %s and %s', (first, second) => {
    const rig = rigWithThings();
    rig.createJob({ jobId: 'j', targets: [groupArn('g')] });
    rig.advance(minute);

    rig.update('t1', 'j', first);
    expect(rig.job('j').status).toBe('IN_PROGRESS');
    rig.update('t2', 'j', second);

    expect(rig.job('j')).toMatchObject({ status: 'COMPLETED', completedAt: rig.now });
    expect(events(rig).at(-1)).toBe('job j completed');
  });

  it('waits for things that are not released yet', () => {
    const rig = rigWithThings();
    rig.createJob({
      jobId: 'j',
      targets: [groupArn('g')],
      jobExecutionsRolloutConfig: { maximumPerMinute: 1 },
    });

    rig.update('t1', 'j', 'SUCCEEDED');

    expect(rig.job('j').status).toBe('IN_PROGRESS');
  });

  it('never comes to a CONTINUOUS job', () => {
    const rig = rigWithThings();
    rig.createJob({ jobId: 'j', targets: [groupArn('g')], targetSelection: 'CONTINUOUS' });
    rig.advance(minute);

    rig.update('t1', 'j', 'SUCCEEDED');
    rig.update('t2', 'j', 'SUCCEEDED');

    expect(rig.job('j')).toMatchObject({ status: 'IN_PROGRESS', isConcurrent: false });
  });

  it.each([
    ['completed', 'COMPLETED', ['job j completed']],
    ['in-progress', 'IN_PROGRESS', []],
  ])('of a job without things: %s', (emptySnapshot, status, news) => {
    const rig = rigWithThings({ emptySnapshot });
    rig.must({ type: 'create-group', groupName: 'empty', attributes: {} });

    rig.createJob({ jobId: 'j', targets: [groupArn('empty')] });

    expect(rig.job('j').status).toBe(status);
    expect(events(rig)).toEqual(news);
  });
});

describe('cancel-job', () => {
  const cancel = (rig: EngineRig, force: boolean, extra = {}) =>
    rig.send({ type: 'cancel-job', jobId: 'j', force, ...extra });

  function running(dialect = {}): EngineRig {
    const rig = rigWithThings(dialect, 3);
    rig.createJob({
      jobId: 'j',
      targets: [groupArn('g')],
      jobExecutionsRolloutConfig: { maximumPerMinute: 60 },
    });
    rig.advance(1000);
    rig.startNext('t1');
    rig.news();
    return rig;
  }

  it('cancels what is queued, keeps what is in progress, stops the rollout', () => {
    const rig = running();

    expect(cancel(rig, false, { reasonCode: 'RECALL', comment: 'bad build' }).ok).toBe(true);
    rig.advance(minute);

    expect(rig.job('j')).toMatchObject({
      status: 'CANCELED',
      reasonCode: 'RECALL',
      comment: 'bad build',
      isConcurrent: false,
    });
    expect(rig.job('j')).not.toHaveProperty('completedAt');
    expect(['t1', 't2', 't3'].map((name) => rig.status(name, 'j'))).toEqual([
      'IN_PROGRESS',
      'CANCELED',
      undefined,
    ]);
    expect(events(rig)).toEqual([
      'job j cancellation_in_progress',
      'execution j t2 canceled CANCELED',
      'job j canceled',
    ]);
    rig.update('t1', 'j', 'SUCCEEDED');
    expect(rig.job('j')).toMatchObject({
      status: 'CANCELED',
      jobProcessDetails: { numberOfSucceededThings: 1 },
    });
  });

  it('with force cancels what is in progress too, and a plain one can be upgraded', () => {
    const rig = running();
    cancel(rig, false);
    expect(rig.job('j')).not.toHaveProperty('forceCanceled');

    expect(cancel(rig, true).ok).toBe(true);

    expect(rig.execution('t1', 'j')).toMatchObject({ status: 'CANCELED', forceCanceled: true });
    expect(rig.job('j').forceCanceled).toBe(true);
  });

  it('repeated changes nothing', () => {
    const rig = running();
    cancel(rig, false, { reasonCode: 'ONE' });
    rig.news();

    expect(cancel(rig, false, { reasonCode: 'TWO' }).ok).toBe(true);

    expect(rig.job('j').reasonCode).toBe('ONE');
    expect(rig.news()).toEqual([]);
  });

  it.each([
    ['InvalidRequest', false],
    ['accepted', true],
  ])('of a COMPLETED job in the dialect %s', (endedJobChange, ok) => {
    const rig = rigWithThings({ endedJobChange });
    rig.createJob({ jobId: 'j' });
    rig.update('t1', 'j', 'SUCCEEDED');

    expect(cancel(rig, true).ok).toBe(ok);
    expect(rig.send({ type: 'update-job', jobId: 'j', settings: { description: 'x' } }).ok).toBe(
      ok,
    );
    expect(rig.job('j').status).toBe('COMPLETED');
    expect(rig.job('j')).not.toHaveProperty('description');
  });

  it('of a big job goes on in batches; it is concurrent until the last', () => {
    const rig = rigWithThings({ rateSpread: 'burst' }, 2500);
    rig.createJob({ jobId: 'j', targets: [groupArn('g')] });
    rig.advance(3 * minute);

    cancel(rig, false);
    expect(rig.observe('j').executions).toMatchObject({ CANCELED: 1000, QUEUED: 1500 });
    expect(rig.job('j').isConcurrent).toBe(true);
    rig.advance(2);

    expect(rig.observe('j').executions).toMatchObject({ CANCELED: 2500, QUEUED: 0 });
    expect(rig.job('j').isConcurrent).toBe(false);
    const told = events(rig);
    expect([told[0], told.at(-1)]).toEqual(['job j cancellation_in_progress', 'job j canceled']);
  });
});

it('a deletion takes over from a cancellation that is under way', () => {
  const rig = rigWithThings({ rateSpread: 'burst' }, 2500);
  rig.createJob({ jobId: 'j', targets: [groupArn('g')] });
  rig.advance(3 * minute);
  const stored = () => rig.view.jobs.get('j')?.executions.size;

  rig.must({ type: 'cancel-job', jobId: 'j', force: false });
  rig.must({ type: 'delete-job', jobId: 'j', force: false });
  expect(stored()).toBe(1500);
  rig.advance(1);
  expect(stored()).toBe(500);
  rig.advance(1);

  expect(stored()).toBeUndefined();
  expect(events(rig).at(-1)).toBe('job j deleted');
});

describe('update-job', () => {
  it('replaces what is given and keeps the rest', () => {
    const rig = rigWithThings();
    rig.createJob({
      jobId: 'j',
      description: 'old',
      timeoutConfig: { inProgressTimeoutInMinutes: 9 },
    });
    rig.advance(1000);

    rig.must({ type: 'update-job', jobId: 'j', settings: { description: 'new' } });

    expect(rig.job('j')).toMatchObject({
      description: 'new',
      timeoutConfig: { inProgressTimeoutInMinutes: 9 },
      lastUpdatedAt: rig.now,
    });
  });

  it('is refused for a job that is cancelled or unknown', () => {
    const rig = rigWithThings();
    rig.createJob({ jobId: 'j' });
    rig.must({ type: 'cancel-job', jobId: 'j', force: false });
    const update = (jobId: string) => rig.send({ type: 'update-job', jobId, settings: {} });

    expect(update('j')).toMatchObject({ rejection: { code: 'InvalidRequest' } });
    expect(update('ghost')).toMatchObject({ rejection: { code: 'ResourceNotFound' } });
  });
});

describe('delete-job', () => {
  const remove = (rig: EngineRig, force: boolean, jobId = 'j') =>
    rig.send({ type: 'delete-job', jobId, force });

  it('needs force while the job is in progress', () => {
    const rig = rigWithThings();
    rig.createJob({ jobId: 'j' });

    expect(remove(rig, false)).toMatchObject({ rejection: { code: 'InvalidStateTransition' } });
    expect(remove(rig, true).ok).toBe(true);
    expect(remove(rig, true)).toMatchObject({ rejection: { code: 'ResourceNotFound' } });
  });

  it('tells of every execution in the status it had, then frees the id', () => {
    const rig = rigWithThings();
    rig.createJob({ jobId: 'j', targets: [groupArn('g')] });
    rig.advance(minute);
    rig.update('t1', 'j', 'FAILED');
    rig.news();

    remove(rig, true);

    expect(rig.news()).toEqual([
      'job j deletion_in_progress',
      'execution j t1 deleted FAILED',
      't2 notify',
      't2 next -',
      'execution j t2 deleted QUEUED',
      'job j deleted',
    ]);
    rig.createJob({ jobId: 'j' });
    expect(rig.execution('t1', 'j').executionNumber).toBe(1);
  });

  it('takes the dialect’s time, during which nothing can be done with the job', () => {
    const rig = rigWithThings({ deletionMs: 1000 });
    rig.createJob({ jobId: 'j' });

    remove(rig, true);

    expect(rig.job('j').status).toBe('DELETION_IN_PROGRESS');
    expect(remove(rig, true)).toMatchObject({ rejection: { code: 'InvalidStateTransition' } });
    expect(rig.send({ type: 'cancel-job', jobId: 'j', force: true })).toMatchObject({
      rejection: { code: 'InvalidRequest' },
    });
    expect(rig.update('t1', 'j', 'SUCCEEDED')).toMatchObject({
      rejection: { code: 'ResourceNotFound' },
    });
    rig.advance(1000);
    expect(rig.view.jobs.has('j')).toBe(false);
  });

  it('runs for ten jobs at a time', () => {
    const rig = rigWithThings({ deletionMs: 1000 });
    for (let index = 0; index <= 10; index++) {
      rig.createJob({ jobId: `j${index}` });
    }
    for (let index = 0; index < 10; index++) remove(rig, true, `j${index}`);

    expect(remove(rig, true, 'j10')).toMatchObject({ rejection: { code: 'LimitExceeded' } });
    rig.advance(1000);
    expect(remove(rig, true, 'j10').ok).toBe(true);
  });
});

it('a job is purged 730 days after it left IN_PROGRESS', () => {
  const rig = rigWithThings();
  rig.createJob({ jobId: 'done' });
  rig.createJob({ jobId: 'open' });
  rig.advance(10 * day);
  rig.update('t1', 'done', 'SUCCEEDED');

  rig.advance(730 * day - 1);
  expect(rig.view.jobs.has('done')).toBe(true);
  rig.advance(1);

  expect([...rig.view.jobs.keys()]).toEqual(['open']);
  expect(rig.view.worklists.get('t1')?.executions).toHaveLength(1);
});

it('a job that was deleted before its purge leaves a later one of its name alone', () => {
  const rig = rigWithThings();
  rig.createJob({ jobId: 'j' });
  rig.update('t1', 'j', 'SUCCEEDED');
  rig.must({ type: 'delete-job', jobId: 'j', force: false });
  rig.createJob({ jobId: 'j' });

  rig.advance(731 * day);

  expect(rig.job('j').status).toBe('IN_PROGRESS');
});

describe('associate-targets', () => {
  const associate = (rig: EngineRig, targets: readonly string[]) =>
    rig.send({ type: 'associate-targets', jobId: 'j', targets, comment: 'more' });

  it('releases the new members at the rate and keeps the rest', () => {
    const rig = rigWithThings();
    rig.createJob({
      jobId: 'j',
      targets: [groupArn('g')],
      targetSelection: 'CONTINUOUS',
      jobExecutionsRolloutConfig: { maximumPerMinute: 1 },
    });
    rig.advance(10 * minute);
    rig.provision(['u1', 'u2'], 'h');

    expect(associate(rig, [groupArn('h'), groupArn('g')]).ok).toBe(true);
    expect(rig.observe('j')).toMatchObject({ targeted: 4, notified: 3 });
    rig.advance(minute);

    expect(rig.observe('j')).toMatchObject({ targeted: 4, notified: 4 });
    rig.provision(['u3'], 'h');
    expect(rig.status('u3', 'j')).toBe('QUEUED');
    expect(rig.job('j')).toMatchObject({
      targets: [groupArn('g'), groupArn('h')],
      comment: 'more',
    });
  });

  it.each([
    ['InvalidRequest', 'CONTINUOUS', [thingArn('t1')]],
    ['ResourceNotFound', 'CONTINUOUS', [groupArn('ghost')]],
    ['InvalidRequest', 'SNAPSHOT', [groupArn('g')]],
  ] as const)('is refused with %s for a %s job and %o', (code, targetSelection, targets) => {
    const rig = rigWithThings();
    rig.createJob({ jobId: 'j', targetSelection });

    expect(associate(rig, targets)).toMatchObject({ ok: false, rejection: { code } });
  });

  it('keeps to 100 targets', () => {
    const rig = rigWithThings();
    const names = Array.from({ length: 101 }, (_, index) => `g${index}`);
    for (const groupName of names) rig.must({ type: 'create-group', groupName, attributes: {} });
    rig.createJob({
      jobId: 'j',
      targetSelection: 'CONTINUOUS',
      targets: names.slice(0, 99).map(groupArn),
    });

    expect(associate(rig, names.slice(98, 101).map(groupArn))).toMatchObject({
      rejection: { code: 'LimitExceeded' },
    });
    expect(associate(rig, names.slice(98, 100).map(groupArn)).ok).toBe(true);
  });
});

describe('events', () => {
  it('are off until they are configured, each kind by itself', () => {
    const rig = new EngineRig();
    rig.provision(['t1']);
    const finish = (jobId: string) => {
      rig.createJob({ jobId });
      rig.update('t1', jobId, 'SUCCEEDED');
      return events(rig);
    };

    expect(finish('a')).toEqual([]);
    rig.must({ type: 'configure-events', enabled: { JOB: true } });
    expect(finish('b')).toEqual(['job b completed']);
    rig.must({ type: 'configure-events', enabled: { JOB: false, JOB_EXECUTION: true } });
    expect(finish('c')).toEqual(['execution c t1 succeeded SUCCEEDED']);
  });

  it('of a forced cancellation say so, with the comment', () => {
    const rig = rigWithThings();
    rig.createJob({ jobId: 'j' });

    rig.must({ type: 'cancel-job', jobId: 'j', force: true, comment: 'recall' });

    const told = rig.told.flatMap(({ effect }) =>
      effect.type === 'event' && effect.event.eventType === 'JOB' ? [effect.event] : [],
    );
    expect(told).toMatchObject([
      { operation: 'cancellation_in_progress', status: 'CANCELLATION_IN_PROGRESS' },
      { operation: 'canceled', comment: 'recall', forceCanceled: true },
    ]);
    expect(told[1]?.jobProcessDetails?.numberOfCanceledThings).toBe(1);
  });

  it.each([
    ['milliseconds', 1_000_000_250],
    ['seconds', 1_000_000],
  ])('of a job carry times in %s', (eventTimes, time) => {
    const rig = rigWithThings({ eventTimes });
    rig.advance(250);
    rig.createJob({ jobId: 'j', description: 'd' });
    rig.update('t1', 'j', { status: 'SUCCEEDED', statusDetails: { a: '1' } });

    const told = rig.told.flatMap(({ effect }) => (effect.type === 'event' ? [effect.event] : []));

    const eventId = expect.stringMatching(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(told).toEqual([
      {
        eventType: 'JOB_EXECUTION',
        eventId,
        timestamp: 1_000_000,
        operation: 'succeeded',
        jobId: 'j',
        thingArn: thingArn('t1'),
        status: 'SUCCEEDED',
        statusDetails: { a: '1' },
      },
      {
        eventType: 'JOB',
        eventId,
        timestamp: 1_000_000,
        operation: 'completed',
        jobId: 'j',
        status: 'COMPLETED',
        targetSelection: 'SNAPSHOT',
        targets: [thingArn('t1')],
        description: 'd',
        completedAt: time,
        createdAt: time,
        lastUpdatedAt: time,
        jobProcessDetails: {
          numberOfCanceledThings: 0,
          numberOfRejectedThings: 0,
          numberOfFailedThings: 0,
          numberOfRemovedThings: 0,
          numberOfSucceededThings: 1,
          numberOfTimedOutThings: 0,
        },
      },
    ]);
  });
});
