import { describe, expect, it } from 'vitest';
import { EngineRig, groupArn, minute } from '../../support/engine-rig.ts';

/** Thing t1 with the jobs queued in that order, and its notifications so far forgotten. */
function rigWithJobs(...jobIds: string[]): EngineRig {
  const rig = new EngineRig();
  rig.provision(['t1'], 'g');
  for (const jobId of jobIds) {
    rig.createJob({ jobId, timeoutConfig: { inProgressTimeoutInMinutes: 5 } });
  }
  rig.news();
  return rig;
}

const forceDelete = (rig: EngineRig, jobId: string) =>
  rig.must({ type: 'delete-execution', thingName: 't1', jobId, executionNumber: 1, force: true });

it('plays the worked sequence of the guide (reference §6.7)', () => {
  const rig = rigWithJobs();
  const steps: [() => unknown, string[]][] = [
    [() => rig.createJob({ jobId: 'job1' }), ['t1 notify QUEUED[job1]', 't1 next job1 QUEUED v1']],
    [() => rig.createJob({ jobId: 'job2' }), ['t1 notify QUEUED[job1,job2]']],
    [() => rig.startNext('t1'), []],
    [() => rig.createJob({ jobId: 'job3' }), ['t1 notify IN_PROGRESS[job1] QUEUED[job2,job3]']],
    [
      () => rig.update('t1', 'job1', 'SUCCEEDED'),
      ['t1 notify QUEUED[job2,job3]', 't1 next job2 QUEUED v1'],
    ],
    [() => rig.update('t1', 'job3', 'IN_PROGRESS'), ['t1 next job3 IN_PROGRESS v2']],
    [() => rig.update('t1', 'job2', 'REJECTED'), ['t1 notify IN_PROGRESS[job3]']],
    [() => forceDelete(rig, 'job3'), ['t1 notify', 't1 next -']],
  ];

  for (const [step, news] of steps) {
    step();
    expect(rig.news()).toEqual(news);
  }
});

describe('what a change tells the device (reference §6.6)', () => {
  const rows: [string, () => EngineRig, (rig: EngineRig) => unknown, string[]][] = [
    [
      'a first execution',
      () => rigWithJobs(),
      (rig) => rig.createJob({ jobId: 'a' }),
      ['t1 notify QUEUED[a]', 't1 next a QUEUED v1'],
    ],
    [
      'one queued behind others',
      () => rigWithJobs('a'),
      (rig) => rig.createJob({ jobId: 'b' }),
      ['t1 notify QUEUED[a,b]'],
    ],
    ['the first one started', () => rigWithJobs('a', 'b'), (rig) => rig.startNext('t1'), []],
    [
      'the first one started by update',
      () => rigWithJobs('a', 'b'),
      (rig) => rig.update('t1', 'a', 'IN_PROGRESS'),
      [],
    ],
    [
      'a later one started while none is in progress',
      () => rigWithJobs('a', 'b'),
      (rig) => rig.update('t1', 'b', 'IN_PROGRESS'),
      ['t1 next b IN_PROGRESS v2'],
    ],
    [
      'one started that was queued before the one in progress',
      () => {
        const rig = rigWithJobs('a', 'b');
        rig.update('t1', 'b', 'IN_PROGRESS');
        rig.news();
        return rig;
      },
      (rig) => rig.update('t1', 'a', 'IN_PROGRESS'),
      ['t1 next a IN_PROGRESS v2'],
    ],
    [
      'one started behind an older one in progress',
      () => {
        const rig = rigWithJobs('a', 'b');
        rig.update('t1', 'a', 'IN_PROGRESS');
        return rig;
      },
      (rig) => rig.update('t1', 'b', 'IN_PROGRESS'),
      [],
    ],
    [
      'progress with new details and a step timer',
      () => {
        const rig = rigWithJobs('a');
        rig.startNext('t1');
        return rig;
      },
      (rig) =>
        rig.update('t1', 'a', {
          status: 'IN_PROGRESS',
          statusDetails: { step: '2' },
          stepTimeoutInMinutes: 3,
        }),
      [],
    ],
    [
      'the first one finished by the device',
      () => rigWithJobs('a', 'b'),
      (rig) => rig.update('t1', 'a', 'SUCCEEDED'),
      ['t1 notify QUEUED[b]', 't1 next b QUEUED v1'],
    ],
    [
      'the first one timed out',
      () => {
        const rig = rigWithJobs('a', 'b');
        rig.startNext('t1');
        return rig;
      },
      (rig) => rig.advance(5 * minute),
      ['t1 notify QUEUED[b]', 't1 next b QUEUED v1'],
    ],
    [
      'the first one cancelled',
      () => rigWithJobs('a', 'b'),
      (rig) => rig.must({ type: 'cancel-job', jobId: 'a', force: false }),
      ['t1 notify QUEUED[b]', 't1 next b QUEUED v1'],
    ],
    [
      'all removed with the thing',
      () => rigWithJobs('a', 'b'),
      (rig) => rig.must({ type: 'delete-thing', thingName: 't1' }),
      ['t1 notify', 't1 next -'],
    ],
    [
      'the first one force-deleted',
      () => rigWithJobs('a', 'b'),
      (rig) => forceDelete(rig, 'a'),
      ['t1 notify QUEUED[b]', 't1 next b QUEUED v1'],
    ],
    [
      'another one finished',
      () => rigWithJobs('a', 'b'),
      (rig) => rig.update('t1', 'b', 'FAILED'),
      ['t1 notify QUEUED[a]'],
    ],
    [
      'another one force-deleted',
      () => rigWithJobs('a', 'b'),
      (rig) => forceDelete(rig, 'b'),
      ['t1 notify QUEUED[a]'],
    ],
    [
      'a terminal execution deleted',
      () => {
        const rig = rigWithJobs('a', 'b');
        rig.update('t1', 'b', 'FAILED');
        rig.news();
        return rig;
      },
      (rig) => forceDelete(rig, 'b'),
      [],
    ],
    [
      'a job deleted whose executions are all terminal',
      () => {
        const rig = rigWithJobs('a', 'b');
        rig.update('t1', 'b', 'FAILED');
        rig.news();
        return rig;
      },
      (rig) => rig.must({ type: 'delete-job', jobId: 'b', force: false }),
      [],
    ],
    [
      'a job force-deleted with a pending execution',
      () => rigWithJobs('a', 'b'),
      (rig) => rig.must({ type: 'delete-job', jobId: 'a', force: true }),
      ['t1 notify QUEUED[b]', 't1 next b QUEUED v1'],
    ],
    [
      'a job updated',
      () => rigWithJobs('a'),
      (rig) => rig.must({ type: 'update-job', jobId: 'a', settings: { description: 'new' } }),
      [],
    ],
    [
      'a thing that joins a continuous job',
      () => {
        const rig = rigWithJobs('a');
        rig.must({ type: 'create-group', groupName: 'h', attributes: {} });
        rig.createJob({ jobId: 'c', targets: [groupArn('h')], targetSelection: 'CONTINUOUS' });
        return rig;
      },
      (rig) => rig.must({ type: 'join-group', thingName: 't1', groupName: 'h' }),
      ['t1 notify QUEUED[a,c]'],
    ],
    [
      'a failure with a retry: first without the execution, then with the next attempt',
      () => {
        const rig = rigWithJobs();
        const criteriaList = [{ failureType: 'FAILED', numberOfRetries: 1 } as const];
        rig.createJob({ jobId: 'a', jobExecutionsRetryConfig: { criteriaList } });
        rig.news();
        return rig;
      },
      (rig) => rig.update('t1', 'a', 'FAILED'),
      ['t1 notify', 't1 next -', 't1 notify QUEUED[a]', 't1 next a QUEUED v1'],
    ],
  ];

  it.each(rows)('%s', (_name, setup, change, news) => {
    const rig = setup();

    change(rig);

    expect(rig.news()).toEqual(news);
  });
});

describe('the payloads', () => {
  it('are in whole seconds, without empty lists, details or thing name', () => {
    const rig = rigWithJobs();
    rig.advance(999);

    rig.createJob({ jobId: 'a' });

    const summary = {
      jobId: 'a',
      queuedAt: 1_000_000,
      lastUpdatedAt: 1_000_000,
      executionNumber: 1,
      versionNumber: 1,
    };
    expect(rig.told.map(({ effect }) => effect)).toEqual([
      {
        type: 'notify',
        thingName: 't1',
        message: { timestamp: 1_000_000, jobs: { QUEUED: [summary] } },
      },
      {
        type: 'notify-next',
        thingName: 't1',
        message: {
          timestamp: 1_000_000,
          execution: { ...summary, status: 'QUEUED', jobDocument: { op: 'test' } },
        },
      },
    ]);
  });

  it('say jobs:{} and nothing more when nothing is pending', () => {
    const rig = rigWithJobs('a');

    rig.update('t1', 'a', 'SUCCEEDED');

    expect(rig.told.map(({ effect }) => effect)).toEqual([
      { type: 'notify', thingName: 't1', message: { timestamp: 1_000_000, jobs: {} } },
      { type: 'notify-next', thingName: 't1', message: { timestamp: 1_000_000 } },
    ]);
  });

  it('list ten at most, the front of the pending order; later ones surface as these end', () => {
    const jobIds = 'abcdefghijkl'.split('');
    const rig = rigWithJobs(...jobIds);

    rig.update('t1', 'l', 'IN_PROGRESS');
    rig.update('t1', 'a', 'SUCCEEDED');

    expect(rig.news()).toEqual([
      't1 next l IN_PROGRESS v2',
      't1 notify IN_PROGRESS[l] QUEUED[b,c,d,e,f,g,h,i,j]',
    ]);
  });

  it('share the parsed document', () => {
    const rig = rigWithJobs('a');
    rig.update('t1', 'a', 'SUCCEEDED');
    rig.createJob({ jobId: 'b' });

    const next = rig.told.at(-1)?.effect;

    expect(next?.type === 'notify-next' && next.message.execution?.jobDocument).toBe(
      rig.view.jobs.get('b')?.document,
    );
  });
});
