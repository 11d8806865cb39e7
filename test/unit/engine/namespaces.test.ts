import { describe, expect, it } from 'vitest';
import { describeExecution, getPending } from '../../../src/engine/device-queries.ts';
import { listExecutionsForThing } from '../../../src/engine/execution-queries.ts';
import { listJobs } from '../../../src/engine/job-queries.ts';
import { EngineRig } from '../../support/engine-rig.ts';

/** t1 with `green` in namespace gg in front, `plain` without and `blue` in bb behind. */
function rigWithJobs(dialect = {}): EngineRig {
  const rig = new EngineRig(dialect);
  rig.provision(['t1']);
  rig.createJob({ jobId: 'green', namespaceId: 'gg' });
  rig.createJob({ jobId: 'plain' });
  rig.createJob({ jobId: 'blue', namespaceId: 'bb' });
  return rig;
}

function nextOf(rig: EngineRig, namespaceId?: string): string | undefined {
  const reply = describeExecution(rig.view, 't1', '$next', {}, rig.now, namespaceId);
  return reply.ok ? reply.value.execution?.jobId : undefined;
}

it('announces each job in its namespace; next is that of the first of all', () => {
  const rig = rigWithJobs();
  expect(rig.news()).toEqual([
    't1 notify/gg QUEUED[green]',
    't1 next/gg green QUEUED v1',
    't1 notify QUEUED[plain]',
    't1 notify/bb QUEUED[blue]',
  ]);
  expect([nextOf(rig), nextOf(rig, 'gg'), nextOf(rig, 'bb')]).toEqual([
    undefined,
    'green',
    undefined,
  ]);

  rig.update('t1', 'green', 'SUCCEEDED');

  expect(rig.news()).toEqual(['t1 notify/gg', 't1 next/gg -', 't1 next plain QUEUED v1']);
  expect([nextOf(rig), nextOf(rig, 'gg')]).toEqual(['plain', undefined]);
});

it('lets each namespace have its own next where the dialect says so', () => {
  const rig = rigWithJobs({ namespaceNext: 'own' });

  expect(rig.news()).toEqual([
    't1 notify/gg QUEUED[green]',
    't1 next/gg green QUEUED v1',
    't1 notify QUEUED[plain]',
    't1 next plain QUEUED v1',
    't1 notify/bb QUEUED[blue]',
    't1 next/bb blue QUEUED v1',
  ]);
  expect([nextOf(rig), nextOf(rig, 'gg'), nextOf(rig, 'bb')]).toEqual(['plain', 'green', 'blue']);
});

it('start-next and get are about jobs without namespace', () => {
  const rig = rigWithJobs();

  expect(rig.startNext('t1')).toEqual({ ok: true, value: {} });
  expect(getPending(rig.view, 't1')).toMatchObject({
    value: { inProgressJobs: [], queuedJobs: [{ jobId: 'plain' }] },
  });
  rig.update('t1', 'green', 'SUCCEEDED');
  expect(rig.startNext('t1')).toMatchObject({ value: { execution: { jobId: 'plain' } } });
});

describe('a request in a namespace', () => {
  it('finds an execution of its jobs only; one in none finds all', () => {
    const rig = rigWithJobs();
    const find = (jobId: string, namespaceId?: string) =>
      describeExecution(rig.view, 't1', jobId, {}, rig.now, namespaceId).ok;

    expect(find('green', 'gg')).toBe(true);
    expect(find('green', 'bb')).toBe(false);
    expect(find('plain', 'gg')).toBe(false);
    expect(find('green')).toBe(true);
  });

  it('updates an execution of its jobs only', () => {
    const rig = rigWithJobs();
    const update = (namespaceId: string) =>
      rig.send({
        type: 'update-execution',
        thingName: 't1',
        jobId: 'green',
        namespaceId,
        request: { status: 'SUCCEEDED' },
      });

    expect(update('bb')).toMatchObject({ rejection: { code: 'ResourceNotFound' } });
    expect(update('gg').ok).toBe(true);
  });

  it.each([
    { type: 'update-job', jobId: 'green', settings: {} },
    { type: 'delete-job', jobId: 'green', force: true },
    { type: 'associate-targets', jobId: 'green', targets: [] },
    { type: 'delete-execution', thingName: 't1', jobId: 'green', executionNumber: 1, force: true },
  ] as const)('$type finds its jobs only', (command) => {
    const rig = rigWithJobs();

    expect(rig.send({ ...command, namespaceId: 'bb' })).toMatchObject({
      rejection: { code: 'ResourceNotFound' },
    });
    expect(rig.send({ ...command, namespaceId: 'gg' })).not.toMatchObject({
      rejection: { code: 'ResourceNotFound' },
    });
  });
});

it('lists by namespace', () => {
  const rig = rigWithJobs();
  const jobs = listJobs(rig.view, { namespaceId: 'gg' }, { limit: 10 });
  const executions = listExecutionsForThing(rig.view, 't1', { namespaceId: 'bb' }, { limit: 10 });

  expect(jobs.ok && jobs.value.jobs.map(({ jobId }) => jobId)).toEqual(['green']);
  expect(executions.ok && executions.value.executionSummaries.map(({ jobId }) => jobId)).toEqual([
    'blue',
  ]);
  expect(rig.job('green').namespaceId).toBe('gg');
});
