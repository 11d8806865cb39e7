import {
  AddThingToThingGroupCommand,
  AssociateTargetsWithJobCommand,
  CancelJobCommand,
  CancelJobExecutionCommand,
  CreateJobCommand,
  type CreateJobCommandInput,
  CreateThingCommand,
  CreateThingGroupCommand,
  DeleteJobCommand,
  DeleteJobExecutionCommand,
  DeleteThingCommand,
  DeleteThingGroupCommand,
  DescribeEndpointCommand,
  DescribeEventConfigurationsCommand,
  DescribeJobCommand,
  DescribeJobExecutionCommand,
  DescribeThingCommand,
  DescribeThingGroupCommand,
  GetJobDocumentCommand,
  type IoTClient,
  ListJobExecutionsForJobCommand,
  ListJobExecutionsForThingCommand,
  ListJobsCommand,
  ListThingGroupsCommand,
  ListThingGroupsForThingCommand,
  ListThingsCommand,
  ListThingsInThingGroupCommand,
  RemoveThingFromThingGroupCommand,
  UpdateEventConfigurationsCommand,
  UpdateJobCommand,
} from '@aws-sdk/client-iot';
import {
  DescribeJobExecutionCommand as DescribeDeviceExecutionCommand,
  GetPendingJobExecutionsCommand,
  type IoTJobsDataPlaneClient,
  StartNextPendingJobExecutionCommand,
  UpdateJobExecutionCommand,
} from '@aws-sdk/client-iot-jobs-data-plane';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import {
  controlClient,
  dataClient,
  startTestEmulator,
  testTimeAt,
  urlOf,
} from '../support/emulator.ts';

const arn = (kind: string, name: string) => `arn:aws:iot:us-east-1:123456789012:${kind}/${name}`;
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const document = '{ "operation": "update",  "version": "1.4" }';
const now = new Date(testTimeAt);

let emulator: Emulator;
let iot: IoTClient;
let device: IoTJobsDataPlaneClient;

beforeEach(async () => {
  emulator = await startTestEmulator();
  iot = controlClient(emulator);
  device = dataClient(emulator.http);
});

async function createThings(...thingNames: string[]): Promise<void> {
  for (const thingName of thingNames) await iot.send(new CreateThingCommand({ thingName }));
}

async function createGroup(thingGroupName: string, ...thingNames: string[]): Promise<void> {
  await iot.send(new CreateThingGroupCommand({ thingGroupName }));
  for (const thingName of thingNames) {
    await iot.send(new AddThingToThingGroupCommand({ thingGroupName, thingName }));
  }
}

/** Creates the job and lets everything that is due at once happen. */
async function createJob(overrides: Partial<CreateJobCommandInput> = {}): Promise<void> {
  const job = { jobId: 'fw', targets: [arn('thing', 'pump-1')], document, ...overrides };
  await iot.send(new CreateJobCommand(job));
  emulator.clock.advanceTo(emulator.clock.now());
}

async function provision(order: object): Promise<void> {
  const url = `${urlOf(emulator.http)}/_fleetrig/provision`;
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(order) });
  expect(answer.status).toBe(200);
}

/** What an SDK client throws, in the members that callers look at. */
async function errorOf(promise: Promise<unknown>): Promise<object> {
  return promise.then(
    (output) => ({ accepted: output }),
    ({ name, message, $metadata, resourceId, resourceArn }) => ({
      name,
      message,
      status: $metadata?.httpStatusCode,
      ...(resourceId === undefined ? {} : { resourceId, resourceArn }),
    }),
  );
}

const failure = (name: string, status: number, message?: string) =>
  expect.objectContaining({ name, status, ...(message === undefined ? {} : { message }) });

describe('things', () => {
  it('are created, described, listed and deleted', async () => {
    const attributePayload = { attributes: { site: 'north' } };

    const created = await iot.send(new CreateThingCommand({ thingName: 'a:1', attributePayload }));
    const described = await iot.send(new DescribeThingCommand({ thingName: 'a:1' }));
    const listed = await iot.send(new ListThingsCommand({ attributeName: 'site' }));

    expect(created).toMatchObject({
      thingName: 'a:1',
      thingArn: arn('thing', 'a:1'),
      thingId: uuid,
    });
    expect(described).toMatchObject({
      defaultClientId: 'a:1',
      thingName: 'a:1',
      thingId: created.thingId,
      thingArn: arn('thing', 'a:1'),
      attributes: { site: 'north' },
      version: 1,
    });
    expect(listed.things).toEqual([
      {
        thingName: 'a:1',
        thingArn: arn('thing', 'a:1'),
        attributes: { site: 'north' },
        version: 1,
      },
    ]);
    await iot.send(new DeleteThingCommand({ thingName: 'a:1' }));
    expect((await iot.send(new ListThingsCommand({}))).things).toEqual([]);
  });

  it('may be created again alike, not otherwise', async () => {
    const first = await iot.send(new CreateThingCommand({ thingName: 't' }));

    const again = await iot.send(new CreateThingCommand({ thingName: 't' }));
    const other = iot.send(
      new CreateThingCommand({ thingName: 't', attributePayload: { attributes: { a: 'b' } } }),
    );

    expect(again.thingId).toBe(first.thingId);
    expect(await errorOf(other)).toEqual(failure('ResourceAlreadyExistsException', 409));
  });

  it('may be deleted when they never were, and not at another version', async () => {
    await createThings('t');

    await iot.send(new DeleteThingCommand({ thingName: 'ghost' }));

    expect(
      await errorOf(iot.send(new DeleteThingCommand({ thingName: 't', expectedVersion: 7 }))),
    ).toEqual(failure('VersionConflictException', 409));
  });

  it('named jobs and things with colons keep the planes apart', async () => {
    await createThings('jobs', 'a:b');

    expect(await iot.send(new DescribeThingCommand({ thingName: 'jobs' }))).toMatchObject({
      thingName: 'jobs',
    });
    expect(
      await device.send(new GetPendingJobExecutionsCommand({ thingName: 'a:b' })),
    ).toMatchObject({ inProgressJobs: [], queuedJobs: [] });
  });

  it('that are unknown are ResourceNotFound', async () => {
    expect(await errorOf(iot.send(new DescribeThingCommand({ thingName: 'x' })))).toEqual(
      failure('ResourceNotFoundException', 404),
    );
  });

  it('with an illegal name are told so in the words of the service', async () => {
    expect(await errorOf(iot.send(new CreateThingCommand({ thingName: 'a b' })))).toEqual({
      name: 'InvalidRequestException',
      status: 400,
      message:
        "1 validation error detected: Value 'a b' at 'thingName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9:_-]+",
    });
  });
});

describe('thing groups', () => {
  it('are created, described, listed and deleted', async () => {
    const created = await iot.send(
      new CreateThingGroupCommand({
        thingGroupName: 'pumps',
        thingGroupProperties: {
          thingGroupDescription: 'all of them',
          attributePayload: { attributes: { kind: 'pump' } },
        },
      }),
    );
    await iot.send(
      new CreateThingGroupCommand({ thingGroupName: 'north', parentGroupName: 'pumps' }),
    );

    const described = await iot.send(new DescribeThingGroupCommand({ thingGroupName: 'pumps' }));
    const child = await iot.send(new DescribeThingGroupCommand({ thingGroupName: 'north' }));
    const children = await iot.send(new ListThingGroupsCommand({ parentGroup: 'pumps' }));

    expect(created).toMatchObject({
      thingGroupName: 'pumps',
      thingGroupArn: arn('thinggroup', 'pumps'),
      thingGroupId: uuid,
    });
    expect(described).toMatchObject({
      thingGroupId: created.thingGroupId,
      version: 1,
      thingGroupProperties: {
        thingGroupDescription: 'all of them',
        attributePayload: { attributes: { kind: 'pump' } },
      },
      thingGroupMetadata: { creationDate: now, rootToParentThingGroups: [] },
    });
    expect(child.thingGroupMetadata).toMatchObject({
      parentGroupName: 'pumps',
      rootToParentThingGroups: [{ groupName: 'pumps', groupArn: arn('thinggroup', 'pumps') }],
    });
    expect(children.thingGroups).toEqual([
      { groupName: 'north', groupArn: arn('thinggroup', 'north') },
    ]);

    const remove = (thingGroupName: string) =>
      iot.send(new DeleteThingGroupCommand({ thingGroupName }));
    expect(await errorOf(remove('pumps'))).toEqual(
      failure(
        'InvalidRequestException',
        400,
        'Cannot delete thing group : pumps when there are still child groups attached to it.',
      ),
    );
    await remove('north');
    await remove('pumps');
    await remove('pumps');
    expect((await iot.send(new ListThingGroupsCommand({}))).thingGroups).toEqual([]);
  });

  it('take things in and let them go, by name or ARN', async () => {
    await createThings('a', 'b');
    await createGroup('g', 'a');
    await iot.send(
      new AddThingToThingGroupCommand({
        thingGroupArn: arn('thinggroup', 'g'),
        thingArn: arn('thing', 'b'),
      }),
    );

    const members = new ListThingsInThingGroupCommand({ thingGroupName: 'g' });
    expect((await iot.send(members)).things).toEqual(['a', 'b']);
    expect(
      (await iot.send(new ListThingGroupsForThingCommand({ thingName: 'b' }))).thingGroups,
    ).toEqual([{ groupName: 'g', groupArn: arn('thinggroup', 'g') }]);

    await iot.send(new RemoveThingFromThingGroupCommand({ thingGroupName: 'g', thingName: 'a' }));
    expect((await iot.send(members)).things).toEqual(['b']);
  });

  it.each([
    ['neither name nor ARN', { thingName: 'a' }, 'InvalidRequestException'],
    [
      'name and ARN that do not agree',
      { thingName: 'a', thingGroupName: 'g', thingGroupArn: arn('thinggroup', 'h') },
      'InvalidRequestException',
    ],
    [
      'an ARN of another kind',
      { thingName: 'a', thingGroupArn: arn('thing', 'a') },
      'InvalidRequestException',
    ],
    ['an unknown group', { thingName: 'a', thingGroupName: 'x' }, 'ResourceNotFoundException'],
    ['an unknown thing', { thingName: 'x', thingGroupName: 'g' }, 'ResourceNotFoundException'],
  ])('refuse a membership with %s', async (_, input, name) => {
    await createThings('a');
    await createGroup('g');

    expect(await errorOf(iot.send(new AddThingToThingGroupCommand(input)))).toMatchObject({ name });
  });
});

describe('jobs', () => {
  beforeEach(() => createThings('pump-1'));

  it('are created, described, listed, and give their document back as it was', async () => {
    await createGroup('pumps', 'pump-1');
    const targets = [arn('thinggroup', 'pumps')];

    const created = await iot.send(
      new CreateJobCommand({
        jobId: 'fw',
        targets,
        document,
        description: 'fw 1.4',
        jobExecutionsRolloutConfig: { maximumPerMinute: 100 },
        timeoutConfig: { inProgressTimeoutInMinutes: 30 },
      }),
    );
    emulator.clock.advanceTo(testTimeAt + 60_000);
    const { job } = await iot.send(new DescribeJobCommand({ jobId: 'fw' }));
    const { jobs } = await iot.send(
      new ListJobsCommand({ status: 'IN_PROGRESS', thingGroupName: 'pumps' }),
    );

    expect(created).toMatchObject({
      jobArn: arn('job', 'fw'),
      jobId: 'fw',
      description: 'fw 1.4',
    });
    expect(job).toMatchObject({
      jobArn: arn('job', 'fw'),
      jobId: 'fw',
      targetSelection: 'SNAPSHOT',
      status: 'IN_PROGRESS',
      targets,
      createdAt: now,
      jobExecutionsRolloutConfig: { maximumPerMinute: 100 },
      timeoutConfig: { inProgressTimeoutInMinutes: 30 },
      jobProcessDetails: {
        numberOfQueuedThings: 1,
        numberOfInProgressThings: 0,
        numberOfSucceededThings: 0,
        numberOfFailedThings: 0,
        numberOfRejectedThings: 0,
        numberOfCanceledThings: 0,
        numberOfRemovedThings: 0,
        numberOfTimedOutThings: 0,
      },
      isConcurrent: false,
    });
    expect(job?.completedAt).toBeUndefined();
    expect(jobs).toMatchObject([
      { jobId: 'fw', status: 'IN_PROGRESS', createdAt: now, thingGroupId: uuid },
    ]);
    expect((await iot.send(new GetJobDocumentCommand({ jobId: 'fw' }))).document).toBe(document);
  });

  it('exist once', async () => {
    await createJob();

    expect(await errorOf(createJob())).toEqual({
      name: 'ResourceAlreadyExistsException',
      status: 409,
      message: expect.any(String),
      resourceId: 'fw',
      resourceArn: arn('job', 'fw'),
    });
  });

  it.each<[string, Partial<CreateJobCommandInput>, string, number, string | undefined]>([
    [
      'all constraints at once',
      { targets: [], description: 'x\u0000' },
      'InvalidRequestException',
      400,
      "2 validation errors detected: Value '[]' at 'targets' failed to satisfy constraint: Member must have length greater than or equal to 1; Value 'x\u0000' at 'description' failed to satisfy constraint: Member must satisfy regular expression pattern: [^\\p{C}]+",
    ],
    [
      'a bound that only prose states',
      { timeoutConfig: { inProgressTimeoutInMinutes: 10_081 } },
      'InvalidRequestException',
      400,
      "1 validation error detected: Value '10081' at 'timeoutConfig.inProgressTimeoutInMinutes' failed to satisfy constraint: Member must have value less than or equal to 10080",
    ],
    ['a broken document', { document: '{' }, 'InvalidRequestException', 400, undefined],
    [
      'an unknown target',
      { targets: [arn('thing', 'ghost')] },
      'ResourceNotFoundException',
      404,
      undefined,
    ],
    [
      'a target of another kind',
      { targets: [arn('policy', 'p')] },
      'InvalidRequestException',
      400,
      undefined,
    ],
  ])('are refused for %s', async (_, overrides, name, status, message) => {
    expect(await errorOf(createJob(overrides))).toEqual(failure(name, status, message));
  });

  it('have at most 100 targets', async () => {
    await provision({ pattern: 't{index}', to: 101 });
    const targets = Array.from({ length: 101 }, (_, index) => arn('thing', `t${index}`));

    expect(await errorOf(createJob({ targets }))).toEqual(failure('LimitExceededException', 410));
    await createJob({ targets: targets.slice(1) });
  });

  it('are updated, cancelled and deleted', async () => {
    await createJob();

    await iot.send(new UpdateJobCommand({ jobId: 'fw', description: 'later' }));
    expect(
      await errorOf(
        iot.send(
          new UpdateJobCommand({
            jobId: 'fw',
            jobExecutionsRolloutConfig: { maximumPerMinute: 1001 },
          }),
        ),
      ),
    ).toEqual(failure('InvalidRequestException', 400));
    expect(await errorOf(iot.send(new DeleteJobCommand({ jobId: 'fw' })))).toEqual(
      failure('InvalidStateTransitionException', 409),
    );
    const canceled = await iot.send(
      new CancelJobCommand({ jobId: 'fw', reasonCode: 'BAD_BUILD', comment: 'sorry' }),
    );
    const { job } = await iot.send(new DescribeJobCommand({ jobId: 'fw' }));
    await iot.send(new DeleteJobCommand({ jobId: 'fw' }));
    emulator.clock.advanceTo(testTimeAt + 60_000);

    expect(canceled).toMatchObject({
      jobId: 'fw',
      jobArn: arn('job', 'fw'),
      description: 'later',
    });
    expect(job).toMatchObject({ status: 'CANCELED', reasonCode: 'BAD_BUILD', comment: 'sorry' });
    expect(await errorOf(iot.send(new DescribeJobCommand({ jobId: 'fw' })))).toEqual(
      failure('ResourceNotFoundException', 404),
    );
  });

  it('take further groups while they are continuous', async () => {
    await createGroup('one', 'pump-1');
    await createThings('pump-2');
    await createGroup('two', 'pump-2');
    await createJob({ targets: [arn('thinggroup', 'one')], targetSelection: 'CONTINUOUS' });

    const associated = await iot.send(
      new AssociateTargetsWithJobCommand({ jobId: 'fw', targets: [arn('thinggroup', 'two')] }),
    );
    emulator.clock.advanceTo(testTimeAt + 60_000);

    expect(associated).toMatchObject({ jobId: 'fw', jobArn: arn('job', 'fw') });
    expect((await iot.send(new DescribeJobCommand({ jobId: 'fw' }))).job).toMatchObject({
      targets: [arn('thinggroup', 'one'), arn('thinggroup', 'two')],
      jobProcessDetails: { numberOfQueuedThings: 2 },
    });
  });
});

describe('job executions', () => {
  beforeEach(async () => {
    await createThings('pump-1');
    await createJob();
  });

  const start = () => device.send(new StartNextPendingJobExecutionCommand({ thingName: 'pump-1' }));
  const execution = { thingName: 'pump-1', jobId: 'fw' };

  it('are described and listed by the control plane', async () => {
    await device.send(
      new StartNextPendingJobExecutionCommand({
        thingName: 'pump-1',
        statusDetails: { step: 'download' },
        stepTimeoutInMinutes: 10,
      }),
    );

    const described = await iot.send(new DescribeJobExecutionCommand(execution));
    const ofJob = await iot.send(new ListJobExecutionsForJobCommand({ jobId: 'fw' }));
    const ofThing = await iot.send(
      new ListJobExecutionsForThingCommand({ thingName: 'pump-1', status: 'IN_PROGRESS' }),
    );

    expect(described.execution).toEqual({
      jobId: 'fw',
      status: 'IN_PROGRESS',
      statusDetails: { detailsMap: { step: 'download' } },
      thingArn: arn('thing', 'pump-1'),
      queuedAt: now,
      startedAt: now,
      lastUpdatedAt: now,
      executionNumber: 1,
      versionNumber: 2,
      approximateSecondsBeforeTimedOut: 600,
    });
    const jobExecutionSummary = {
      status: 'IN_PROGRESS',
      queuedAt: now,
      startedAt: now,
      lastUpdatedAt: now,
      executionNumber: 1,
    };
    expect(ofJob.executionSummaries).toEqual([
      { thingArn: arn('thing', 'pump-1'), jobExecutionSummary },
    ]);
    expect(ofThing.executionSummaries).toEqual([{ jobId: 'fw', jobExecutionSummary }]);
  });

  it('are cancelled, with force once they run', async () => {
    await start();

    const cancel = (input: object) =>
      errorOf(iot.send(new CancelJobExecutionCommand({ ...execution, ...input })));
    expect(await cancel({})).toEqual(failure('InvalidStateTransitionException', 409));
    expect(await cancel({ force: true, expectedVersion: 9 })).toEqual(
      failure('VersionConflictException', 409),
    );
    expect(await cancel({ force: true, statusDetails: { why: 'x'.repeat(1025) } })).toEqual(
      failure('InvalidRequestException', 400),
    );
    expect(await cancel({ force: true, expectedVersion: 2 })).toHaveProperty('accepted');

    const described = await iot.send(new DescribeJobExecutionCommand(execution));
    expect(described.execution).toMatchObject({ status: 'CANCELED', forceCanceled: true });
  });

  it('are deleted, with force while they are pending', async () => {
    const remove = (input: object) =>
      errorOf(
        iot.send(new DeleteJobExecutionCommand({ ...execution, executionNumber: 1, ...input })),
      );

    expect(await remove({})).toEqual(failure('InvalidStateTransitionException', 409));
    expect(await remove({ executionNumber: 2, force: true })).toEqual(
      failure('ResourceNotFoundException', 404),
    );
    expect(await remove({ force: true })).toHaveProperty('accepted');
    expect(await errorOf(iot.send(new DescribeJobExecutionCommand(execution)))).toEqual(
      failure('ResourceNotFoundException', 404),
    );
  });
});

describe('the data plane', () => {
  beforeEach(async () => {
    await createThings('pump-1');
    await createJob();
  });

  const execution = { thingName: 'pump-1', jobId: 'fw' };
  const seconds = Math.floor(testTimeAt / 1000);

  it('answers on the same paths with its own shapes', async () => {
    const pending = await device.send(new GetPendingJobExecutionsCommand({ thingName: 'pump-1' }));
    const described = await device.send(
      new DescribeDeviceExecutionCommand({ thingName: 'pump-1', jobId: '$next' }),
    );

    expect(pending.inProgressJobs).toEqual([]);
    expect(pending.queuedJobs).toEqual([
      {
        jobId: 'fw',
        queuedAt: seconds,
        lastUpdatedAt: seconds,
        versionNumber: 1,
        executionNumber: 1,
      },
    ]);
    expect(described.execution).toEqual({
      jobId: 'fw',
      thingName: 'pump-1',
      status: 'QUEUED',
      queuedAt: seconds,
      lastUpdatedAt: seconds,
      versionNumber: 1,
      executionNumber: 1,
      jobDocument: JSON.stringify(JSON.parse(document)),
    });
  });

  it('starts, updates and finishes an execution', async () => {
    const started = await device.send(
      new StartNextPendingJobExecutionCommand({ thingName: 'pump-1' }),
    );
    const updated = await device.send(
      new UpdateJobExecutionCommand({
        ...execution,
        status: 'IN_PROGRESS',
        expectedVersion: 2,
        statusDetails: { pct: '40' },
        includeJobExecutionState: true,
        includeJobDocument: true,
      }),
    );
    const finished = await device.send(
      new UpdateJobExecutionCommand({ ...execution, status: 'SUCCEEDED' }),
    );
    const next = await device.send(
      new DescribeDeviceExecutionCommand({ thingName: 'pump-1', jobId: '$next' }),
    );

    expect(started.execution).toMatchObject({
      status: 'IN_PROGRESS',
      startedAt: seconds,
      versionNumber: 2,
      jobDocument: JSON.stringify(JSON.parse(document)),
    });
    expect(updated).toMatchObject({
      executionState: { status: 'IN_PROGRESS', statusDetails: { pct: '40' }, versionNumber: 3 },
      jobDocument: JSON.stringify(JSON.parse(document)),
    });
    expect(finished.executionState).toBeUndefined();
    expect(next.execution).toBeUndefined();
    expect((await iot.send(new DescribeJobCommand({ jobId: 'fw' }))).job).toMatchObject({
      status: 'COMPLETED',
      completedAt: now,
    });
  });

  it('refuses with its own statuses', async () => {
    const update = (input: object) =>
      errorOf(
        device.send(new UpdateJobExecutionCommand({ ...execution, status: 'FAILED', ...input })),
      );

    expect(await update({ expectedVersion: 9 })).toEqual(
      failure('InvalidStateTransitionException', 409, 'Expected version 9 but found version 1'),
    );
    expect(await update({ status: undefined })).toEqual(
      failure(
        'InvalidRequestException',
        400,
        "1 validation error detected: Value null at 'status' failed to satisfy constraint: Member must not be null",
      ),
    );
    expect(await update({ jobId: 'other' })).toEqual(failure('ResourceNotFoundException', 404));
    expect(await update({})).toHaveProperty('accepted');
    expect(await update({})).toEqual(failure('InvalidStateTransitionException', 409));
    expect(await errorOf(device.send(new DescribeDeviceExecutionCommand(execution)))).toEqual(
      failure('TerminalStateException', 410),
    );
  });

  it('has a port of its own when asked for one', async () => {
    const second = await startTestEmulator({ dataPort: 0 });
    const port = second.data;
    expect(port).toBeDefined();
    if (port === undefined) return;

    const answer = await fetch(`${urlOf(port)}/things/ghost/jobs`);
    const elsewhere = await fetch(`${urlOf(port)}/jobs`);

    expect(answer.headers.get('x-amzn-errortype')).toBe('ResourceNotFoundException');
    expect(elsewhere.status).toBe(404);
  });
});

it('provisioning in bulk leaves what the single operations leave', async () => {
  await createThings('single-0', 'single-1');
  await createGroup('singles', 'single-0', 'single-1');
  await provision({ pattern: 'bulk-{index}', to: 2, groupName: 'bulks' });

  const withoutMetadata = ({ $metadata: _, ...output }: object & { $metadata: unknown }) => output;
  const [single, bulk] = await Promise.all(
    ['single', 'bulk'].map(async (name) => {
      const thingGroupName = `${name}s`;
      const outputs = [
        await iot.send(new DescribeThingCommand({ thingName: `${name}-1` })),
        await iot.send(new ListThingsInThingGroupCommand({ thingGroupName })),
        await iot.send(new DescribeThingGroupCommand({ thingGroupName })),
        await iot.send(new ListThingGroupsForThingCommand({ thingName: `${name}-1` })),
      ].map(withoutMetadata);
      // Names and ids differ, and nothing else.
      return JSON.stringify(outputs)
        .replaceAll(name, 'NAME')
        .replaceAll(/"(thingId|thingGroupId)":"[0-9a-f-]{36}"/g, '"$1":"ID"');
    }),
  );

  expect(bulk).toBe(single);
  expect(single).toContain('"things":["NAME-0","NAME-1"]');
});

describe('lists', () => {
  it('page through everything once, and say nothing of a next page on the last', async () => {
    await provision({ pattern: 'pump-{index:03}', to: 251 });
    const names: (string | undefined)[] = [];
    let nextToken: string | undefined;
    let pages = 0;
    do {
      const page = await iot.send(new ListThingsCommand({ maxResults: 250, nextToken }));
      names.push(...(page.things ?? []).map(({ thingName }) => thingName));
      nextToken = page.nextToken;
      pages++;
    } while (nextToken !== undefined);

    expect(pages).toBe(2);
    expect(names).toEqual(
      Array.from({ length: 251 }, (_, i) => `pump-${String(i).padStart(3, '0')}`),
    );
  });

  it.each([
    ['ListThings', (page: object) => new ListThingsCommand(page)],
    ['ListThingGroups', (page: object) => new ListThingGroupsCommand(page)],
    ['ListJobs', (page: object) => new ListJobsCommand(page)],
    [
      'ListThingsInThingGroup',
      (page: object) => new ListThingsInThingGroupCommand({ thingGroupName: 'g', ...page }),
    ],
    [
      'ListJobExecutionsForJob',
      (page: object) => new ListJobExecutionsForJobCommand({ jobId: 'j1', ...page }),
    ],
    [
      'ListJobExecutionsForThing',
      (page: object) => new ListJobExecutionsForThingCommand({ thingName: 'a', ...page }),
    ],
  ])('%s takes pages of 1 to 250 and only its own tokens', async (_, command) => {
    await createThings('a', 'b');
    await createGroup('g', 'a', 'b');
    await createGroup('h');
    const targets = [arn('thing', 'a'), arn('thing', 'b')];
    await createJob({ jobId: 'j1', targets });
    await createJob({ jobId: 'j2', targets });
    emulator.clock.advanceTo(testTimeAt + 60_000);
    const send = (page: object) =>
      // The union of the commands' types is wider than `send` can infer.
      iot.send(command(page) as ListThingsCommand) as Promise<{ nextToken?: string }>;
    const bound = (value: number, side: string) =>
      failure(
        'InvalidRequestException',
        400,
        `1 validation error detected: Value '${value}' at 'maxResults' failed to satisfy constraint: Member must have value ${side}`,
      );

    const first = await send({ maxResults: 1 });
    const last = await send({ maxResults: 1, nextToken: first.nextToken });

    expect(first.nextToken).toEqual(expect.any(String));
    expect(last.nextToken).toBeUndefined();
    expect(await errorOf(send({ maxResults: 250 }))).toHaveProperty('accepted');
    expect(await errorOf(send({ maxResults: 0 }))).toEqual(bound(0, 'greater than or equal to 1'));
    expect(await errorOf(send({ maxResults: 251 }))).toEqual(
      bound(251, 'less than or equal to 250'),
    );
    const tampered = `${first.nextToken?.slice(0, -2)}AA`;
    for (const nextToken of ['nonsense', tampered]) {
      expect(await errorOf(send({ nextToken }))).toEqual(failure('InvalidRequestException', 400));
    }
  });

  it('refuse the token of another list and of other filters', async () => {
    await createThings('a', 'b');
    await createGroup('g');
    await createGroup('h');
    const { nextToken } = await iot.send(new ListThingsCommand({ maxResults: 1 }));

    expect(await errorOf(iot.send(new ListThingGroupsCommand({ nextToken })))).toEqual(
      failure('InvalidRequestException', 400),
    );
    expect(
      await errorOf(iot.send(new ListThingsCommand({ nextToken, thingTypeName: 'x' }))),
    ).toEqual(failure('InvalidRequestException', 400));
  });
});

describe('the account', () => {
  it('has events off until they are switched on, one by one', async () => {
    const before = await iot.send(new DescribeEventConfigurationsCommand({}));
    await iot.send(
      new UpdateEventConfigurationsCommand({ eventConfigurations: { JOB: { Enabled: true } } }),
    );
    const after = await iot.send(new DescribeEventConfigurationsCommand({}));

    expect(before.eventConfigurations).toMatchObject({
      JOB: { Enabled: false },
      JOB_EXECUTION: { Enabled: false },
    });
    expect(after.eventConfigurations).toMatchObject({
      JOB: { Enabled: true },
      JOB_EXECUTION: { Enabled: false },
    });
    expect(after.lastModifiedDate).toEqual(now);
  });

  it('tells its endpoint', async () => {
    const ask = (endpointType?: string) => iot.send(new DescribeEndpointCommand({ endpointType }));

    expect((await ask('iot:Data-ATS')).endpointAddress).toBe('127.0.0.1');
    expect((await ask()).endpointAddress).toBe('127.0.0.1');
    expect(await errorOf(ask('iot:Nonsense'))).toEqual(failure('InvalidRequestException', 400));
  });
});
