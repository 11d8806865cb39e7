import {
  AddThingToThingGroupCommand,
  CreateDynamicThingGroupCommand,
  CreateJobCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DeleteDynamicThingGroupCommand,
  DescribeJobExecutionCommand,
  DescribeThingCommand,
  DescribeThingGroupCommand,
  type IoTClient,
  ListThingGroupsForThingCommand,
  ListThingsInThingGroupCommand,
  UpdateDynamicThingGroupCommand,
  UpdateThingCommand,
  UpdateThingGroupCommand,
  UpdateThingGroupsForThingCommand,
} from '@aws-sdk/client-iot';
import { connectAsync } from 'mqtt';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { controlClient, startTestEmulator } from '../support/emulator.ts';
import { errorOf, failure } from '../support/sdk-errors.ts';

const arn = (kind: string, name: string) => `arn:aws:iot:us-east-1:123456789012:${kind}/${name}`;
const invalid = failure('InvalidRequestException', 400);
const missing = failure('ResourceNotFoundException', 404);
const outdated = failure('VersionConflictException', 409);

let emulator: Emulator;
let iot: IoTClient;

beforeEach(async () => {
  emulator = await startTestEmulator();
  iot = controlClient(emulator);
});

const createThing = (thingName: string, attributes: Record<string, string> = {}) =>
  iot.send(new CreateThingCommand({ thingName, attributePayload: { attributes } }));
const createGroup = (thingGroupName: string, parentGroupName?: string) =>
  iot.send(new CreateThingGroupCommand({ thingGroupName, parentGroupName }));
const thingsIn = async (thingGroupName: string) =>
  (await iot.send(new ListThingsInThingGroupCommand({ thingGroupName }))).things;
const groupsOf = async (thingName: string) =>
  (await iot.send(new ListThingGroupsForThingCommand({ thingName }))).thingGroups?.map(
    ({ groupName }) => groupName,
  );

describe('UpdateThing', () => {
  const update = (input: object) => iot.send(new UpdateThingCommand({ thingName: 't', ...input }));
  const describeThing = () => iot.send(new DescribeThingCommand({ thingName: 't' }));

  it('replaces or merges attributes, sets and removes the type, counts versions', async () => {
    await createThing('t', { a: '1', b: '2' });

    await update({ attributePayload: { attributes: { a: '', c: '3' }, merge: true } });
    expect((await describeThing()).attributes).toEqual({ b: '2', c: '3' });
    await update({ thingTypeName: 'pump', attributePayload: { attributes: { d: '4' } } });
    expect(await describeThing()).toMatchObject({
      attributes: { d: '4' },
      thingTypeName: 'pump',
      version: 3,
    });
    await update({ removeThingType: true, expectedVersion: 3 });
    const last = await describeThing();
    expect(last).toMatchObject({ attributes: { d: '4' }, version: 4 });
    expect(last.thingTypeName).toBeUndefined();
  });

  it('is refused in the terms of the service', async () => {
    await createThing('t');

    expect(await errorOf(update({ thingName: 'ghost' }))).toEqual(missing);
    expect(await errorOf(update({ expectedVersion: 2 }))).toEqual(outdated);
    expect(await errorOf(update({ attributePayload: { attributes: { a: '"' } } }))).toEqual(
      invalid,
    );
    expect(await errorOf(update({ thingTypeName: 'x', removeThingType: true }))).toEqual(invalid);
  });
});

it('CreateThing keeps a billing group and a type of which nothing else is known', async () => {
  const names = { thingName: 't', thingTypeName: 'pump', billingGroupName: 'plant-1' };
  await iot.send(new CreateThingCommand(names));

  expect(await iot.send(new DescribeThingCommand({ thingName: 't' }))).toMatchObject(names);
  expect(await errorOf(createThing('t'))).toEqual(failure('ResourceAlreadyExistsException', 409));
});

describe('UpdateThingGroup', () => {
  const update = (input: object) =>
    iot.send(
      new UpdateThingGroupCommand({ thingGroupName: 'g', thingGroupProperties: {}, ...input }),
    );

  it('changes the properties and tells the version', async () => {
    await createGroup('g');

    const updated = await update({
      thingGroupProperties: {
        thingGroupDescription: 'all pumps',
        attributePayload: { attributes: { a: '1' } },
      },
      expectedVersion: 1,
    });

    expect(updated.version).toBe(2);
    expect(await iot.send(new DescribeThingGroupCommand({ thingGroupName: 'g' }))).toMatchObject({
      version: 2,
      thingGroupProperties: {
        thingGroupDescription: 'all pumps',
        attributePayload: { attributes: { a: '1' } },
      },
    });
  });

  it('is refused in the terms of the service', async () => {
    await createGroup('g');

    expect(await errorOf(update({ thingGroupName: 'ghost' }))).toEqual(missing);
    expect(await errorOf(update({ expectedVersion: 2 }))).toEqual(outdated);
    expect(
      await errorOf(update({ thingGroupProperties: { thingGroupDescription: 'a\tb' } })),
    ).toEqual(invalid);
  });
});

describe('UpdateThingGroupsForThing', () => {
  const update = (input: object) =>
    iot.send(new UpdateThingGroupsForThingCommand({ thingName: 't', ...input }));

  it('moves a thing, within a hierarchy too', async () => {
    await createThing('t');
    await createGroup('g');
    await createGroup('sub', 'g');
    await update({ thingGroupsToAdd: ['g'] });

    await update({ thingGroupsToAdd: ['sub'], thingGroupsToRemove: ['g'] });

    expect(await groupsOf('t')).toEqual(['sub']);
  });

  it('is refused as a whole, in the terms of the service', async () => {
    await createThing('t');
    await createGroup('g');
    await createGroup('sub', 'g');

    expect(await errorOf(update({ thingGroupsToAdd: ['g', 'ghost'] }))).toEqual(missing);
    expect(await errorOf(update({ thingName: 'ghost' }))).toEqual(missing);
    expect(await errorOf(update({ thingName: undefined }))).toEqual(invalid);
    expect(await errorOf(update({ thingGroupsToAdd: ['g', 'sub'] }))).toEqual(invalid);
    expect(await groupsOf('t')).toEqual([]);
  });
});

describe('dynamic groups', () => {
  const create = (thingGroupName: string, queryString: string, extra = {}) =>
    iot.send(new CreateDynamicThingGroupCommand({ thingGroupName, queryString, ...extra }));
  const update = (input: object) =>
    iot.send(
      new UpdateDynamicThingGroupCommand({
        thingGroupName: 'd',
        thingGroupProperties: {},
        ...input,
      }),
    );
  const remove = (thingGroupName: string, expectedVersion?: number) =>
    iot.send(new DeleteDynamicThingGroupCommand({ thingGroupName, expectedVersion }));

  it('are created, described, updated and deleted', async () => {
    await createThing('a', { site: 'north' });
    await createThing('b', { site: 'south' });
    const thingGroupName = 'd';
    const ref = {
      thingGroupName,
      thingGroupArn: arn('thinggroup', 'd'),
      thingGroupId: expect.any(String),
      indexName: 'AWS_Things',
      queryString: 'attributes.site:north',
      queryVersion: '2017-09-30',
    };

    const thingGroupProperties = { thingGroupDescription: 'up there' };
    expect(await create('d', 'attributes.site:north', { thingGroupProperties })).toMatchObject(ref);
    expect(await iot.send(new DescribeThingGroupCommand({ thingGroupName }))).toMatchObject({
      ...ref,
      status: 'ACTIVE',
      version: 1,
      thingGroupProperties,
      thingGroupMetadata: { rootToParentThingGroups: [], creationDate: expect.any(Date) },
    });
    expect(await thingsIn('d')).toEqual(['a']);
    expect(await groupsOf('a')).toEqual(['d']);
    expect((await update({ queryString: 'attributes.site:south' })).version).toBe(2);
    expect(await thingsIn('d')).toEqual(['b']);
    await remove('d', 2);
    expect(await groupsOf('b')).toEqual([]);
    expect((await remove('d')).$metadata.httpStatusCode).toBe(200);
  });

  it('are refused in the terms of the service', async () => {
    await create('d', '*');
    await createThing('t');
    const exists = failure('ResourceAlreadyExistsException', 409);
    const badQuery = failure('InvalidQueryException', 400);

    expect(await errorOf(create('d', 'thingName:x'))).toEqual(exists);
    expect(await errorOf(create('e', 'shadow.x:1'))).toEqual(badQuery);
    expect(await errorOf(create('e', '*', { indexName: 'mine' }))).toEqual(missing);
    expect(await errorOf(create('e', '*', { queryVersion: '1999' }))).toEqual(invalid);
    expect(await errorOf(update({ thingGroupName: 'ghost' }))).toEqual(missing);
    expect(await errorOf(update({ expectedVersion: 9 }))).toEqual(outdated);
    expect(await errorOf(update({ queryString: ')' }))).toEqual(badQuery);
    expect(await errorOf(remove('d', 9))).toEqual(outdated);
    expect(
      await errorOf(
        iot.send(new AddThingToThingGroupCommand({ thingName: 't', thingGroupName: 'd' })),
      ),
    ).toEqual(invalid);
    for (let index = 1; index < 100; index++) await create(`d${index}`, 'thingName:none');
    expect(await errorOf(create('more', '*'))).toEqual(failure('LimitExceededException', 410));
  });

  it('follow the connections of their things, and have jobs follow', async () => {
    await createThing('t');
    await create('online', 'connectivity.connected:true');
    await iot.send(
      new CreateJobCommand({
        jobId: 'fw',
        targets: [arn('thinggroup', 'online')],
        targetSelection: 'CONTINUOUS',
        document: '{}',
      }),
    );
    const statusOf = async () => {
      const input = { jobId: 'fw', thingName: 't' };
      const { execution } = await iot.send(new DescribeJobExecutionCommand(input));
      return execution?.status;
    };

    const { host, port } = emulator.mqtt;
    const client = await connectAsync(`mqtt://${host}:${port}`, { clientId: 't' });
    onTestFinished(() => client.endAsync(true));
    await expect.poll(statusOf).toBe('QUEUED');
    expect(await thingsIn('online')).toEqual(['t']);
    await client.endAsync();

    await expect.poll(statusOf).toBe('REMOVED');
    expect(await thingsIn('online')).toEqual([]);
  });
});
