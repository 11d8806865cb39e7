import { describe, expect, it } from 'vitest';
import { describeExecution, getPending } from '../../../src/engine/device-queries.ts';
import {
  describeJobExecution,
  listExecutionsForJob,
  listExecutionsForThing,
} from '../../../src/engine/execution-queries.ts';
import { getJobDocument, listJobs } from '../../../src/engine/job-queries.ts';
import type { Page, PageRequest } from '../../../src/engine/paging.ts';
import {
  describeEventConfigurations,
  describeGroup,
  listGroups,
  listGroupsForThing,
  listThings,
  listThingsInGroup,
} from '../../../src/engine/registry-queries.ts';
import type { Reply } from '../../../src/protocol/rejections.ts';
import { EngineRig, groupArn, minute, thingArn, thingNames } from '../../support/engine-rig.ts';

/** All pages of a list, by following the tokens. */
function allPages<T>(
  limit: number,
  query: (
    page: PageRequest,
  ) => Reply<{ readonly items: readonly T[]; readonly nextToken?: string }>,
): T[][] {
  const pages: T[][] = [];
  let after: string | undefined;
  do {
    const reply = query({ limit, ...(after === undefined ? {} : { after }) });
    if (!reply.ok) throw new Error(reply.rejection.message);
    const page: Page<T> = reply.value;
    pages.push([...page.items]);
    after = page.nextToken;
  } while (after !== undefined && pages.length < 100);
  return pages;
}

/** Renames the list of an answer, so that {@link allPages} can follow it. */
function itemsOf<K extends string, T>(
  key: K,
  reply: Reply<{ readonly [P in K]: readonly T[] } & { readonly nextToken?: string }>,
): Reply<{ readonly items: readonly T[]; readonly nextToken?: string }> {
  if (!reply.ok) return reply;
  const { nextToken } = reply.value;
  return {
    ok: true,
    value: { items: reply.value[key], ...(nextToken === undefined ? {} : { nextToken }) },
  };
}

describe('describeExecution', () => {
  function rigWithJobs(dialect = {}): EngineRig {
    const rig = new EngineRig(dialect);
    rig.provision(['t1']);
    rig.createJob({ jobId: 'a', timeoutConfig: { inProgressTimeoutInMinutes: 1 } });
    rig.createJob({ jobId: 'b' });
    return rig;
  }
  const describeIt = (rig: EngineRig, jobId: string, request = {}) =>
    describeExecution(rig.view, 't1', jobId, request, rig.now);

  it('shows the document and the time left unless told not to', () => {
    const rig = rigWithJobs();
    rig.startNext('t1');
    rig.advance(1500);

    expect(describeIt(rig, 'a')).toEqual({
      ok: true,
      value: {
        execution: {
          jobId: 'a',
          thingName: 't1',
          status: 'IN_PROGRESS',
          queuedAt: 1_000_000,
          startedAt: 1_000_000,
          lastUpdatedAt: 1_000_000,
          versionNumber: 2,
          executionNumber: 1,
          approximateSecondsBeforeTimedOut: 59,
          jobDocument: { op: 'test' },
        },
      },
    });
    expect(describeIt(rig, 'a', { includeJobDocument: false })).not.toHaveProperty(
      'value.execution.jobDocument',
    );
  });

  it('takes $next for the first pending one and leaves it queued; nothing pending is no error', () => {
    const rig = rigWithJobs();

    expect(describeIt(rig, '$next')).toMatchObject({ value: { execution: { jobId: 'a' } } });
    expect(rig.status('t1', 'a')).toBe('QUEUED');
    rig.update('t1', 'a', 'SUCCEEDED');
    rig.update('t1', 'b', 'SUCCEEDED');
    expect(describeIt(rig, '$next')).toEqual({ ok: true, value: {} });
  });

  it.each([
    ['TerminalStateReached', { ok: false, rejection: { code: 'TerminalStateReached' } }],
    ['accepted', { ok: true, value: { execution: { status: 'FAILED' } } }],
  ])('of a terminal execution: %s', (terminalDescribe, answer) => {
    const rig = rigWithJobs({ terminalDescribe });
    rig.update('t1', 'a', 'FAILED');

    expect(describeIt(rig, 'a')).toMatchObject(answer);
  });

  it('does not find what is not there', () => {
    const rig = rigWithJobs();
    const notFound = { ok: false, rejection: { code: 'ResourceNotFound' } };

    expect(describeIt(rig, 'ghost')).toMatchObject(notFound);
    expect(describeIt(rig, 'a', { executionNumber: 2 })).toMatchObject(notFound);
    expect(describeExecution(rig.view, 'ghost', '$next', {}, rig.now)).toMatchObject(notFound);
    expect(getPending(rig.view, 'ghost')).toMatchObject(notFound);
  });
});

it('getPending keeps both lists, also empty', () => {
  const rig = new EngineRig();
  rig.provision(['t1']);

  expect(getPending(rig.view, 't1')).toEqual({
    ok: true,
    value: { inProgressJobs: [], queuedJobs: [] },
  });
});

describe('the control plane', () => {
  it('describes a job with the three configurations that are never left out', () => {
    const rig = new EngineRig();
    rig.provision(['t1']);
    rig.createJob({ jobId: 'j', document: ' {"a": 1} ' });

    expect(rig.job('j')).toEqual({
      jobArn: 'arn:aws:iot:us-east-1:123456789012:job/j',
      jobId: 'j',
      targetSelection: 'SNAPSHOT',
      status: 'IN_PROGRESS',
      targets: [thingArn('t1')],
      presignedUrlConfig: {},
      jobExecutionsRolloutConfig: {},
      timeoutConfig: {},
      createdAt: 1_000_000_000,
      lastUpdatedAt: 1_000_000_000,
      isConcurrent: false,
      jobProcessDetails: {
        numberOfCanceledThings: 0,
        numberOfSucceededThings: 0,
        numberOfFailedThings: 0,
        numberOfRejectedThings: 0,
        numberOfQueuedThings: 1,
        numberOfInProgressThings: 0,
        numberOfRemovedThings: 0,
        numberOfTimedOutThings: 0,
      },
    });
    expect(getJobDocument(rig.view, 'j')).toEqual({ ok: true, value: { document: ' {"a": 1} ' } });
  });

  it('describes an execution, terminal or of a deleted thing, with nested details', () => {
    const rig = new EngineRig();
    rig.provision(['t1']);
    rig.createJob({ jobId: 'j' });
    rig.startNext('t1');
    rig.advance(250);
    rig.update('t1', 'j', { status: 'FAILED', statusDetails: { why: 'crc' } });
    rig.must({ type: 'delete-thing', thingName: 't1' });

    expect(describeJobExecution(rig.view, 't1', 'j', 1, rig.now)).toEqual({
      ok: true,
      value: {
        execution: {
          jobId: 'j',
          status: 'FAILED',
          statusDetails: { detailsMap: { why: 'crc' } },
          thingArn: thingArn('t1'),
          queuedAt: 1_000_000_000,
          startedAt: 1_000_000_000,
          lastUpdatedAt: 1_000_000_250,
          executionNumber: 1,
          versionNumber: 3,
        },
      },
    });
    expect(describeJobExecution(rig.view, 't1', 'j', 2, rig.now).ok).toBe(false);
  });

  it('shows event configurations with all types, off at first', () => {
    const rig = new EngineRig();
    expect(describeEventConfigurations(rig.view)).toMatchObject({
      value: {
        eventConfigurations: { JOB: { Enabled: false }, CA_CERTIFICATE: { Enabled: false } },
      },
    });

    rig.must({ type: 'configure-events', enabled: { JOB: true } });

    expect(describeEventConfigurations(rig.view)).toMatchObject({
      value: {
        eventConfigurations: { JOB: { Enabled: true }, JOB_EXECUTION: { Enabled: false } },
        creationDate: rig.now,
        lastModifiedDate: rig.now,
      },
    });
  });
});

describe('listJobs', () => {
  function rigWithJobs(): EngineRig {
    const rig = new EngineRig();
    rig.provision(['t1'], 'g');
    for (const jobId of ['b', 'c', 'a']) rig.createJob({ jobId });
    rig.advance(1000);
    rig.createJob({ jobId: 'd', targets: [groupArn('g')], targetSelection: 'CONTINUOUS' });
    rig.must({ type: 'cancel-job', jobId: 'c', force: false });
    return rig;
  }
  const ids = (rig: EngineRig, filter = {}, limit = 10) =>
    allPages(limit, (page) => itemsOf('jobs', listJobs(rig.view, filter, page))).map((jobs) =>
      jobs.map(({ jobId }) => jobId),
    );

  it.each([1, 2, 3, 4])('goes from the latest on, equal times by id, in pages of %i', (limit) => {
    expect(ids(rigWithJobs(), {}, limit).flat()).toEqual(['d', 'a', 'b', 'c']);
  });

  it('has no token on the last page', () => {
    expect(ids(rigWithJobs(), {}, 2)).toEqual([
      ['d', 'a'],
      ['b', 'c'],
    ]);
  });

  it('goes on where it was when jobs come and go in between', () => {
    const rig = rigWithJobs();
    const first = listJobs(rig.view, {}, { limit: 2 });
    const after = first.ok ? first.value.nextToken : undefined;
    rig.must({ type: 'delete-job', jobId: 'a', force: true });
    rig.advance(1000);
    rig.createJob({ jobId: 'new' });

    const second = listJobs(rig.view, {}, { limit: 2, ...(after === undefined ? {} : { after }) });

    expect(second).toMatchObject({ value: { jobs: [{ jobId: 'b' }, { jobId: 'c' }] } });
  });

  it.each([
    [{ status: 'CANCELED' }, ['c']],
    [{ targetSelection: 'CONTINUOUS' }, ['d']],
    [{ thingGroupName: 'g' }, ['d']],
    [{ thingGroupName: 'g', status: 'COMPLETED' }, []],
  ])('filters by %o', (filter, expected) => {
    expect(ids(rigWithJobs(), filter).flat()).toEqual(expected);
  });

  it('names the group it filtered by, and refuses groups that are unknown or disagree', () => {
    const rig = rigWithJobs();
    const thingGroupId = rig.view.groups.get('g')?.groupId ?? '';
    rig.must({ type: 'create-group', groupName: 'h', attributes: {} });
    const page = { limit: 10 };

    expect(listJobs(rig.view, { thingGroupId }, page)).toMatchObject({
      value: { jobs: [{ jobId: 'd', thingGroupId }] },
    });
    expect(listJobs(rig.view, { thingGroupName: 'x' }, page)).toMatchObject({
      rejection: { code: 'ResourceNotFound' },
    });
    expect(listJobs(rig.view, { thingGroupId, thingGroupName: 'h' }, page)).toMatchObject({
      rejection: { code: 'InvalidRequest' },
    });
    expect(listJobs(rig.view, {}, { limit: 10, after: 'nonsense' })).toMatchObject({
      rejection: { code: 'InvalidRequest' },
    });
  });
});

describe('lists of executions', () => {
  function rigWithExecutions(): EngineRig {
    const rig = new EngineRig({ rateSpread: 'burst' });
    rig.provision(thingNames(9), 'g');
    rig.createJob({ jobId: 'j', targets: [groupArn('g')] });
    rig.update('t2', 'j', 'FAILED');
    rig.update('t5', 'j', 'FAILED');
    return rig;
  }
  const things = (rig: EngineRig, filter: object, limit: number) =>
    allPages(limit, (page) =>
      itemsOf('executionSummaries', listExecutionsForJob(rig.view, 'j', filter, page)),
    )
      .flat()
      .map(({ thingArn: arn }) => arn.split('/')[1]);

  it.each([1, 3, 250])('of a job come in the order they were queued, in pages of %i', (limit) => {
    expect(things(rigWithExecutions(), {}, limit)).toEqual(thingNames(9));
  });

  it('of a job can be filtered, and survive deletions', () => {
    const rig = rigWithExecutions();
    expect(things(rig, { status: 'FAILED' }, 1)).toEqual(['t2', 't5']);

    for (const thingName of ['t1', 't2', 't3', 't7', 't8', 't9']) {
      rig.must({
        type: 'delete-execution',
        thingName,
        jobId: 'j',
        executionNumber: 1,
        force: true,
      });
    }

    expect(things(rig, {}, 2)).toEqual(['t4', 't5', 't6']);
  });

  it('of a thing come latest first', () => {
    const rig = rigWithExecutions();
    rig.advance(1000);
    rig.createJob({ jobId: 'k' });
    rig.createJob({ jobId: 'l' });
    const jobs = (filter: object) =>
      allPages(1, (page) =>
        itemsOf('executionSummaries', listExecutionsForThing(rig.view, 't1', filter, page)),
      )
        .flat()
        .map(({ jobId }) => jobId);

    expect(jobs({})).toEqual(['l', 'k', 'j']);
    expect(jobs({ jobId: 'k' })).toEqual(['k']);
    expect(jobs({ status: 'FAILED' })).toEqual([]);
  });

  it('refuse unknown names and foreign tokens', () => {
    const { view } = rigWithExecutions();
    const page = { limit: 5 };

    expect(listExecutionsForJob(view, 'x', {}, page)).toMatchObject({
      rejection: { code: 'ResourceNotFound' },
    });
    expect(listExecutionsForThing(view, 'x', {}, page)).toMatchObject({
      rejection: { code: 'ResourceNotFound' },
    });
    expect(listExecutionsForJob(view, 'j', {}, { limit: 5, after: 'x' })).toMatchObject({
      rejection: { code: 'InvalidRequest' },
    });
  });
});

describe('lists of the registry', () => {
  function rigWithGroups(): EngineRig {
    const rig = new EngineRig();
    const group = (groupName: string, parentGroupName?: string) =>
      rig.must({
        type: 'create-group',
        groupName,
        attributes: {},
        ...(parentGroupName === undefined ? {} : { parentGroupName }),
      });
    group('top');
    group('b-sub', 'top');
    group('a-sub', 'top');
    group('deep', 'a-sub');
    group('other');
    rig.provision(['t5', 't1'], 'top');
    rig.provision(['t4'], 'b-sub');
    rig.provision(['t3', 't0'], 'a-sub');
    rig.provision(['t2'], 'deep');
    rig.provision(['t1'], 'other');
    rig.must({
      type: 'create-thing',
      thingName: 'x',
      thingTypeName: 'pump',
      attributes: { site: 'north-1' },
    });
    return rig;
  }

  it.each([1, 2, 250])('things by name, in pages of %i', (limit) => {
    const { view } = rigWithGroups();

    const names = allPages(limit, (page) => itemsOf('things', listThings(view, {}, page)))
      .flat()
      .map(({ thingName }) => thingName);

    expect(names).toEqual(['t0', 't1', 't2', 't3', 't4', 't5', 'x']);
  });

  it.each([
    [{ thingTypeName: 'pump' }, 1],
    [{ thingTypeName: 'valve' }, 0],
    [{ attributeName: 'site' }, 1],
    [{ attributeName: 'site', attributeValue: 'north-1' }, 1],
    [{ attributeName: 'site', attributeValue: 'north' }, 0],
    [{ attributeName: 'site', attributeValue: 'north', usePrefixAttributeValue: true }, 1],
    [{ attributeName: 'constructor', attributeValue: 'x', usePrefixAttributeValue: true }, 0],
    [{ attributeName: '__proto__' }, 0],
    [{ attributeName: 'toString' }, 0],
  ])('things by %o', (filter, count) => {
    const reply = listThings(rigWithGroups().view, filter, { limit: 10 });

    expect(reply.ok && reply.value.things).toHaveLength(count);
  });

  it('refuse a value without the name of an attribute', () => {
    expect(listThings(rigWithGroups().view, { attributeValue: 'a' }, { limit: 1 })).toMatchObject({
      rejection: { code: 'InvalidRequest' },
    });
  });

  it.each([
    ['top', false, ['t1', 't5']],
    ['top', true, ['t1', 't5', 't0', 't3', 't2', 't4']],
    ['a-sub', true, ['t0', 't3', 't2']],
  ])('things in %s, recursive %s', (groupName, recursive, names) => {
    const { view } = rigWithGroups();

    for (const limit of [1, 2, 250]) {
      const pages = allPages(limit, (page) =>
        itemsOf('things', listThingsInGroup(view, groupName, recursive, page)),
      );
      expect(pages.flat()).toEqual(names);
    }
  });

  it.each([
    [{}, ['a-sub', 'b-sub', 'deep', 'other', 'top']],
    [{ recursive: false }, ['other', 'top']],
    [{ parentGroup: 'top' }, ['a-sub', 'b-sub']],
    [{ parentGroup: 'top', recursive: true }, ['a-sub', 'b-sub', 'deep']],
    [{ namePrefixFilter: 'o' }, ['other']],
  ])('groups by %o', (filter, names) => {
    const { view } = rigWithGroups();

    const pages = allPages(2, (page) => itemsOf('thingGroups', listGroups(view, filter, page)));

    expect(pages.flat().map(({ groupName }) => groupName)).toEqual(names);
  });

  it('groups of a thing', () => {
    const { view } = rigWithGroups();

    expect(listGroupsForThing(view, 't1', { limit: 10 })).toMatchObject({
      value: {
        thingGroups: [{ groupName: 'other', groupArn: groupArn('other') }, { groupName: 'top' }],
      },
    });
  });

  it('a group with its ancestors from the root', () => {
    const rig = rigWithGroups();

    expect(describeGroup(rig.view, 'deep')).toMatchObject({
      value: {
        thingGroupName: 'deep',
        version: 1,
        thingGroupMetadata: {
          parentGroupName: 'a-sub',
          rootToParentThingGroups: [{ groupName: 'top' }, { groupName: 'a-sub' }],
          creationDate: rig.now,
        },
      },
    });
  });
});

it('an observation tells what DescribeJob does not', () => {
  const rig = new EngineRig();
  rig.provision(thingNames(3), 'g');
  rig.createJob({
    jobId: 'j',
    targets: [groupArn('g')],
    jobExecutionsRolloutConfig: { maximumPerMinute: 60 },
  });
  rig.advance(1000);

  expect(rig.observe('j')).toEqual({
    jobId: 'j',
    status: 'IN_PROGRESS',
    createdAt: 1_000_000_000,
    targeted: 3,
    notified: 2,
    executions: {
      QUEUED: 2,
      IN_PROGRESS: 0,
      SUCCEEDED: 0,
      FAILED: 0,
      REJECTED: 0,
      TIMED_OUT: 0,
      REMOVED: 0,
      CANCELED: 0,
    },
    rateSteps: [{ at: 1_000_000_000, ratePerMinute: 60 }],
  });
  rig.advance(minute);
});
