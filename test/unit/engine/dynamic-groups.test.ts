import { describe, expect, it } from 'vitest';
import type { CommandOf } from '../../../src/engine/commands.ts';
import { describeGroup } from '../../../src/engine/registry-queries.ts';
import { EngineRig, groupArn, minute } from '../../support/engine-rig.ts';

type Create = CommandOf<'create-dynamic-group'>;

const createDynamic = (
  rig: EngineRig,
  groupName: string,
  queryString: string,
  extra: Partial<Create> = {},
) =>
  rig.send({
    type: 'create-dynamic-group',
    groupName,
    rule: { queryString },
    attributes: {},
    ...extra,
  });

const createThing = (rig: EngineRig, thingName: string, attributes = {}) =>
  rig.must({ type: 'create-thing', thingName, attributes });

const setSite = (rig: EngineRig, thingName: string, site: string) =>
  rig.must({
    type: 'update-thing',
    thingName,
    attributes: { attributes: { site }, merge: true },
  });

const members = (rig: EngineRig, groupName: string) => [
  ...(rig.view.groups.get(groupName)?.things.keys() ?? []),
];

const groupsOf = (rig: EngineRig, thingName: string) => rig.view.things.get(thingName)?.groupNames;

describe('create-dynamic-group', () => {
  it('takes in what is there and answers with the query', () => {
    const rig = new EngineRig();
    createThing(rig, 'a', { site: 'north' });
    createThing(rig, 'b', { site: 'south' });

    expect(createDynamic(rig, 'north', 'attributes.site:north')).toMatchObject({
      value: {
        thingGroupName: 'north',
        thingGroupArn: groupArn('north'),
        indexName: 'AWS_Things',
        queryString: 'attributes.site:north',
        queryVersion: '2017-09-30',
      },
    });
    expect(members(rig, 'north')).toEqual(['a']);
    expect(describeGroup(rig.view, 'north')).toMatchObject({
      value: { queryString: 'attributes.site:north', status: 'ACTIVE', version: 1 },
    });
  });

  it('is idempotent for the same query and properties, else a conflict', () => {
    const rig = new EngineRig();
    const first = createDynamic(rig, 'g', '*');
    rig.must({ type: 'create-group', groupName: 'static', attributes: {} });
    const conflict = { rejection: { code: 'ResourceAlreadyExists' } };

    expect(createDynamic(rig, 'g', '*')).toEqual(first);
    expect(createDynamic(rig, 'g', 'thingName:a')).toMatchObject(conflict);
    expect(createDynamic(rig, 'g', '*', { description: 'd' })).toMatchObject(conflict);
    expect(createDynamic(rig, 'static', '*')).toMatchObject(conflict);
    expect(rig.send({ type: 'create-group', groupName: 'g', attributes: {} })).toMatchObject(
      conflict,
    );
  });

  it.each([
    ['InvalidQuery', { queryString: 'nonsense' }],
    ['ResourceNotFound', { queryString: '*', indexName: 'AWS_ThingGroups' }],
    ['InvalidRequest', { queryString: '*', queryVersion: '2016-03-23' }],
  ])('is refused with %s for %o', (code, rule) => {
    expect(createDynamic(new EngineRig(), 'g', '*', { rule })).toMatchObject({
      rejection: { code },
    });
  });

  it('allows a hundred', () => {
    const rig = new EngineRig();
    for (let index = 0; index < 100; index++) createDynamic(rig, `g${index}`, '*');

    expect(createDynamic(rig, 'more', '*')).toMatchObject({
      rejection: { code: 'LimitExceeded' },
    });
  });
});

describe('the things of a dynamic group', () => {
  it('follow every change that its query can see', () => {
    const rig = new EngineRig();
    createDynamic(rig, 'north', 'attributes.site:north');
    createDynamic(rig, 'pumps', 'thingTypeName:pump');
    createDynamic(rig, 'online', 'connectivity.connected:true');
    createDynamic(rig, 'hall', 'thingGroupNames:hall');

    createThing(rig, 'a', { site: 'north' });
    expect(groupsOf(rig, 'a')).toEqual(['north']);
    setSite(rig, 'a', 'south');
    expect(groupsOf(rig, 'a')).toEqual([]);
    rig.must({ type: 'update-thing', thingName: 'a', thingTypeName: 'pump' });
    rig.must({ type: 'connectivity', thingName: 'a', isConnected: true });
    rig.provision(['a2'], 'hall2');
    rig.must({ type: 'create-group', groupName: 'hallway', attributes: {} });
    expect(groupsOf(rig, 'a')).toEqual(['pumps', 'online']);
    rig.must({ type: 'connectivity', thingName: 'a', isConnected: false });
    rig.must({ type: 'update-thing', thingName: 'a', removeThingType: true });
    expect(groupsOf(rig, 'a')).toEqual([]);
  });

  it('follow static groups, but not dynamic ones', () => {
    const rig = new EngineRig();
    createDynamic(rig, 'first', 'thingGroupNames:static');
    createDynamic(rig, 'second', 'thingGroupNames:first');
    rig.provision(['t'], 'static');

    expect(groupsOf(rig, 't')).toEqual(['static', 'first']);
    rig.must({ type: 'leave-group', thingName: 't', groupName: 'static' });
    expect(groupsOf(rig, 't')).toEqual([]);
    rig.must({ type: 'join-group', thingName: 't', groupName: 'static' });
    rig.must({ type: 'delete-group', groupName: 'static' });
    expect(groupsOf(rig, 't')).toEqual([]);
  });

  it('may be connected before they are things, and stay so when created again', () => {
    const rig = new EngineRig();
    createDynamic(rig, 'online', 'connectivity.connected:true');

    rig.must({ type: 'connectivity', thingName: 't', isConnected: true });
    rig.provision(['t']);
    expect(members(rig, 'online')).toEqual(['t']);
    rig.must({ type: 'delete-thing', thingName: 't' });
    expect(members(rig, 'online')).toEqual([]);
    rig.provision(['t']);
    expect(members(rig, 'online')).toEqual(['t']);
  });

  it('cannot be put in, taken out or nested by hand', () => {
    const rig = new EngineRig();
    createDynamic(rig, 'd', '*');
    rig.provision(['t'], 'g');
    const refused = { rejection: { code: 'InvalidRequest' } };
    const membership = { thingName: 't', groupName: 'd' };

    expect(rig.send({ type: 'join-group', ...membership })).toMatchObject(refused);
    expect(rig.send({ type: 'leave-group', ...membership })).toMatchObject(refused);
    expect(rig.send({ type: 'provision', thingNames: ['new'], groupName: 'd' })).toMatchObject(
      refused,
    );
    expect(
      rig.send({ type: 'create-group', groupName: 'c', parentGroupName: 'd', attributes: {} }),
    ).toMatchObject(refused);
    expect(rig.send({ type: 'delete-group', groupName: 'd' })).toMatchObject(refused);
    expect(rig.send({ type: 'update-group', groupName: 'd' })).toMatchObject(refused);
    expect(rig.send({ type: 'delete-dynamic-group', groupName: 'g' })).toMatchObject(refused);
    expect(rig.send({ type: 'update-dynamic-group', groupName: 'g', rule: {} })).toMatchObject(
      refused,
    );
    expect(rig.view.things.has('new')).toBe(false);
  });
});

describe('the tenth group', () => {
  function fullThing(): EngineRig {
    const rig = new EngineRig();
    createDynamic(rig, 'd1', '*');
    createDynamic(rig, 'd2', '*');
    createDynamic(rig, 'd3', 'attributes.site:north');
    for (let index = 1; index <= 9; index++) {
      rig.must({ type: 'create-group', groupName: `s${index}`, attributes: {} });
    }
    createThing(rig, 't');
    for (let index = 1; index <= 8; index++) {
      rig.must({ type: 'join-group', thingName: 't', groupName: `s${index}` });
    }
    setSite(rig, 't', 'north');
    return rig;
  }

  const dynamicOf = (rig: EngineRig) => groupsOf(rig, 't')?.filter((name) => /^d/.test(name));

  it('goes to the older dynamic group, and a static one then finds no room', () => {
    const rig = fullThing();

    expect(groupsOf(rig, 't')).toHaveLength(10);
    expect(dynamicOf(rig)).toEqual(['d1', 'd2']);
    expect(rig.send({ type: 'join-group', thingName: 't', groupName: 's9' })).toMatchObject({
      rejection: { code: 'InvalidRequest' },
    });
  });

  it('is taken from the newest dynamic membership on request', () => {
    const rig = fullThing();
    const join = (groupName: string) =>
      rig.send({ type: 'join-group', thingName: 't', groupName, overrideDynamicGroups: true });

    expect(join('s9').ok).toBe(true);
    expect(dynamicOf(rig)).toEqual(['d1']);
    rig.must({ type: 'create-group', groupName: 's10', attributes: {} });
    rig.must({ type: 'create-group', groupName: 's11', attributes: {} });
    expect(join('s10').ok).toBe(true);
    expect(dynamicOf(rig)).toEqual([]);
    expect(join('s11')).toMatchObject({ rejection: { code: 'InvalidRequest' } });
  });

  it('once free is filled again', () => {
    const rig = fullThing();

    rig.must({ type: 'leave-group', thingName: 't', groupName: 's8' });
    expect(dynamicOf(rig)).toEqual(['d1', 'd2', 'd3']);
    rig.must({ type: 'delete-dynamic-group', groupName: 'd1' });
    expect(dynamicOf(rig)).toEqual(['d2', 'd3']);
  });

  it('freed by a dynamic group that goes is filled by the next', () => {
    const rig = fullThing();

    rig.must({ type: 'delete-dynamic-group', groupName: 'd1' });

    expect(dynamicOf(rig)).toEqual(['d2', 'd3']);
  });
});

describe('update-dynamic-group', () => {
  const update = (rig: EngineRig, extra: Partial<CommandOf<'update-dynamic-group'>>) =>
    rig.send({ type: 'update-dynamic-group', groupName: 'd', rule: {}, ...extra });

  it('with another query moves things, with properties only changes those', () => {
    const rig = new EngineRig();
    rig.provision(['a', 'b']);
    createDynamic(rig, 'd', 'thingName:a', { attributes: { x: '1' } });

    expect(update(rig, { rule: { queryString: 'thingName:b' } })).toMatchObject({
      value: { version: 2 },
    });
    expect(members(rig, 'd')).toEqual(['b']);
    expect(update(rig, { description: 'B', expectedVersion: 2 })).toMatchObject({
      value: { version: 3 },
    });
    expect(describeGroup(rig.view, 'd')).toMatchObject({
      value: {
        queryString: 'thingName:b',
        thingGroupProperties: {
          thingGroupDescription: 'B',
          attributePayload: { attributes: { x: '1' } },
        },
      },
    });
  });

  it.each([
    ['ResourceNotFound', { groupName: 'ghost' }],
    ['VersionConflict', { expectedVersion: 7 }],
    ['InvalidQuery', { rule: { queryString: 'nonsense' } }],
  ])('is refused with %s', (code, extra) => {
    const rig = new EngineRig();
    createDynamic(rig, 'd', '*');

    expect(update(rig, extra)).toMatchObject({ rejection: { code } });
    expect(rig.view.groups.get('d')?.version).toBe(1);
  });
});

describe('delete-dynamic-group', () => {
  it('succeeds for what does not exist, checks the version of what does', () => {
    const rig = new EngineRig();
    rig.provision(['t']);
    createDynamic(rig, 'd', '*');
    const remove = (groupName: string, version = {}) =>
      rig.send({ type: 'delete-dynamic-group', groupName, ...version });

    expect(remove('ghost').ok).toBe(true);
    expect(remove('d', { expectedVersion: 2 })).toMatchObject({
      rejection: { code: 'VersionConflict' },
    });
    expect(remove('d', { expectedVersion: 1 }).ok).toBe(true);
    expect(groupsOf(rig, 't')).toEqual([]);
    rig.provision(['u']);
    expect(groupsOf(rig, 'u')).toEqual([]);
  });
});

describe('a group that takes its time (groupBuildMs)', () => {
  const statusOf = (rig: EngineRig) => rig.view.groups.get('d')?.dynamic?.status;

  it('is BUILDING and empty, so that a snapshot job misses its things', () => {
    const rig = new EngineRig({ groupBuildMs: minute });
    rig.provision(['a']);
    createDynamic(rig, 'd', '*');
    rig.provision(['b']);
    rig.createJob({ jobId: 'j', targets: [groupArn('d')] });

    expect([statusOf(rig), members(rig, 'd')]).toEqual(['BUILDING', []]);
    expect(rig.job('j').status).toBe('COMPLETED');
    rig.advance(minute);
    expect([statusOf(rig), members(rig, 'd')]).toEqual(['ACTIVE', ['a', 'b']]);
  });

  it('keeps its things while REBUILDING, from the latest change on', () => {
    const rig = new EngineRig({ groupBuildMs: minute });
    rig.provision(['a', 'b', 'c']);
    createDynamic(rig, 'd', 'thingName:a');
    rig.advance(minute);
    const ask = (queryString: string) =>
      rig.must({ type: 'update-dynamic-group', groupName: 'd', rule: { queryString } });

    ask('thingName:b');
    rig.advance(minute / 2);
    ask('thingName:c');
    rig.must({ type: 'connectivity', thingName: 'a', isConnected: true });
    rig.advance(minute / 2);
    expect([statusOf(rig), members(rig, 'd')]).toEqual(['REBUILDING', ['a']]);
    rig.advance(minute / 2);
    expect([statusOf(rig), members(rig, 'd')]).toEqual(['ACTIVE', ['c']]);
  });

  it('that is deleted meanwhile does not come back', () => {
    const rig = new EngineRig({ groupBuildMs: minute });
    rig.provision(['a']);
    createDynamic(rig, 'd', '*');

    rig.must({ type: 'delete-dynamic-group', groupName: 'd' });
    rig.advance(2 * minute);

    expect(groupsOf(rig, 'a')).toEqual([]);
  });
});

describe('a CONTINUOUS job for a dynamic group', () => {
  function rigWithJob(targetGroups: readonly string[]): EngineRig {
    const rig = new EngineRig();
    createDynamic(rig, 'north', 'attributes.site:north');
    createDynamic(rig, 'south', 'attributes.site:south');
    createThing(rig, 't', { site: 'north' });
    rig.createJob({
      jobId: 'j',
      targets: targetGroups.map(groupArn),
      targetSelection: 'CONTINUOUS',
    });
    return rig;
  }

  it('takes in what joins and removes what leaves', () => {
    const rig = rigWithJob(['north']);
    createThing(rig, 'u', { site: 'north' });
    expect([rig.status('t', 'j'), rig.status('u', 'j')]).toEqual(['QUEUED', 'QUEUED']);

    setSite(rig, 't', 'south');
    rig.must({ type: 'delete-dynamic-group', groupName: 'north' });

    expect([rig.status('t', 'j'), rig.status('u', 'j')]).toEqual(['REMOVED', 'REMOVED']);
  });

  it('keeps a thing that moves from one of its groups to another', () => {
    const rig = rigWithJob(['north', 'south']);
    rig.startNext('t');

    setSite(rig, 't', 'south');

    expect(rig.execution('t', 'j')).toMatchObject({ status: 'IN_PROGRESS', executionNumber: 1 });
  });

  it('takes a thing that comes back once more', () => {
    const rig = rigWithJob(['north']);
    setSite(rig, 't', 'south');
    setSite(rig, 't', 'north');

    expect(rig.execution('t', 'j')).toMatchObject({ status: 'QUEUED', executionNumber: 2 });
  });

  it('by connectivity goes to who is online, now or later', () => {
    const rig = new EngineRig();
    rig.provision(['a', 'b']);
    createDynamic(rig, 'online', 'connectivity.connected:true');
    rig.must({ type: 'connectivity', thingName: 'a', isConnected: true });
    rig.createJob({ jobId: 'j', targets: [groupArn('online')], targetSelection: 'CONTINUOUS' });

    rig.must({ type: 'connectivity', thingName: 'b', isConnected: true });
    rig.must({ type: 'connectivity', thingName: 'a', isConnected: false });

    expect([rig.status('a', 'j'), rig.status('b', 'j')]).toEqual(['REMOVED', 'QUEUED']);
  });
});
