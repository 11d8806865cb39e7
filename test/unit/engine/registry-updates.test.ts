import { describe, expect, it } from 'vitest';
import type { CommandOf } from '../../../src/engine/commands.ts';
import { EngineRig, groupArn } from '../../support/engine-rig.ts';

const invalid = { rejection: { code: 'InvalidRequest' } };
const attributesOf = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 'v']));

describe('update-thing', () => {
  function rigWithThing(extra: Partial<CommandOf<'create-thing'>> = {}): EngineRig {
    const rig = new EngineRig();
    rig.must({ type: 'create-thing', thingName: 't', attributes: { a: '1', b: '2' }, ...extra });
    return rig;
  }
  const update = (rig: EngineRig, extra: Partial<CommandOf<'update-thing'>>) =>
    rig.send({ type: 'update-thing', thingName: 't', ...extra });

  it.each([
    ['replaces', { attributes: { b: '3' }, merge: false }, { b: '3' }],
    ['merges', { attributes: { b: '3' }, merge: true }, { a: '1', b: '3' }],
    ['deletes what becomes empty', { attributes: { a: '' }, merge: true }, { b: '2' }],
    ['stores nothing empty', { attributes: { a: '', c: '1' }, merge: false }, { c: '1' }],
    ['clears', { attributes: {}, merge: false }, {}],
    ['keeps', undefined, { a: '1', b: '2' }],
  ])('%s attributes, and is a new version', (_name, attributes, after) => {
    const rig = rigWithThing();

    expect(update(rig, attributes === undefined ? {} : { attributes }).ok).toBe(true);

    expect(rig.view.things.get('t')).toMatchObject({ attributes: after, version: 2 });
  });

  it('gives a type, keeps it and takes it away', () => {
    const rig = rigWithThing();
    const typeAfter = (extra: Partial<CommandOf<'update-thing'>>) => {
      update(rig, extra);
      return rig.view.things.get('t')?.thingTypeName;
    };

    expect(typeAfter({ thingTypeName: 'pump' })).toBe('pump');
    expect(typeAfter({})).toBe('pump');
    expect(typeAfter({ removeThingType: true })).toBeUndefined();
  });

  it.each([
    ['ResourceNotFound', { thingName: 'ghost' }],
    ['VersionConflict', { expectedVersion: 2 }],
    ['InvalidRequest', { thingTypeName: 'x', removeThingType: true }],
    ['InvalidRequest', { attributes: { attributes: attributesOf(4), merge: false } }],
    ['InvalidRequest', { attributes: { attributes: { c: '3', d: '4' }, merge: true } }],
  ])('is refused with %s for %o', (code, extra) => {
    const rig = rigWithThing();

    expect(update(rig, extra)).toMatchObject({ rejection: { code } });
    expect(rig.view.things.get('t')?.version).toBe(1);
  });

  it('of a typed thing takes fifty attributes, and without the type not the fourth', () => {
    const rig = rigWithThing({ thingTypeName: 'pump' });
    const set = (count: number, extra = {}) =>
      update(rig, { attributes: { attributes: attributesOf(count), merge: false }, ...extra }).ok;

    expect([set(50), set(51), set(4, { removeThingType: true })]).toEqual([true, false, false]);
    expect(update(rig, { removeThingType: true })).toMatchObject(invalid);
    expect(set(3, { removeThingType: true })).toBe(true);
  });
});

it('billing groups tell things apart', () => {
  const rig = new EngineRig();
  const create = (extra = {}) =>
    rig.send({ type: 'create-thing', thingName: 't', attributes: {}, ...extra });
  create({ billingGroupName: 'b' });

  expect(create({ billingGroupName: 'b' }).ok).toBe(true);
  for (const reply of [
    create(),
    create({ billingGroupName: 'c' }),
    rig.send({ type: 'provision', thingNames: ['t'] }),
  ]) {
    expect(reply).toMatchObject({ rejection: { code: 'ResourceAlreadyExists' } });
  }
});

describe('update-group', () => {
  const update = (rig: EngineRig, extra: Partial<CommandOf<'update-group'>>) =>
    rig.send({ type: 'update-group', groupName: 'g', ...extra });
  function rigWithGroup(): EngineRig {
    const rig = new EngineRig();
    rig.must({ type: 'create-group', groupName: 'g', description: 'd', attributes: { a: '1' } });
    return rig;
  }

  it('replaces what is given, and counts versions', () => {
    const rig = rigWithGroup();

    expect(update(rig, { description: 'e' })).toEqual({ ok: true, value: { version: 2 } });
    expect(rig.view.groups.get('g')).toMatchObject({ description: 'e', attributes: { a: '1' } });
    const attributes = { attributes: { b: '2' }, merge: true };
    expect(update(rig, { attributes, expectedVersion: 2 })).toMatchObject({
      value: { version: 3 },
    });
    expect(rig.view.groups.get('g')).toMatchObject({
      description: 'e',
      attributes: { a: '1', b: '2' },
    });
  });

  it.each([
    ['ResourceNotFound', { groupName: 'ghost' }],
    ['VersionConflict', { expectedVersion: 2 }],
    ['InvalidRequest', { attributes: { attributes: attributesOf(51), merge: false } }],
  ])('is refused with %s', (code, extra) => {
    expect(update(rigWithGroup(), extra)).toMatchObject({ rejection: { code } });
  });
});

describe('update-memberships', () => {
  function rigWithGroups(): EngineRig {
    const rig = new EngineRig();
    for (const groupName of ['g', 'h']) {
      rig.must({ type: 'create-group', groupName, attributes: {} });
    }
    rig.must({ type: 'create-group', groupName: 'sub', parentGroupName: 'g', attributes: {} });
    rig.provision(['t'], 'g');
    return rig;
  }
  const move = (rig: EngineRig, extra: Partial<CommandOf<'update-memberships'>>) =>
    rig.send({
      type: 'update-memberships',
      thingName: 't',
      groupsToAdd: [],
      groupsToRemove: [],
      ...extra,
    });
  const groupsOf = (rig: EngineRig) => rig.view.things.get('t')?.groupNames;

  it('leaves before it joins, so that a thing may move within its hierarchy', () => {
    const rig = rigWithGroups();

    expect(move(rig, { groupsToAdd: ['sub', 'h'], groupsToRemove: ['g'] }).ok).toBe(true);
    expect(groupsOf(rig)).toEqual(['sub', 'h']);
    expect(move(rig, { groupsToAdd: ['h'], groupsToRemove: ['g'] }).ok).toBe(true);
    expect(groupsOf(rig)).toEqual(['sub', 'h']);
    expect(rig.view.groups.get('g')?.things.size).toBe(0);
  });

  it.each([
    ['ResourceNotFound', { thingName: 'ghost' }],
    ['ResourceNotFound', { groupsToAdd: ['ghost'], groupsToRemove: ['g'] }],
    ['ResourceNotFound', { groupsToAdd: ['h'], groupsToRemove: ['ghost'] }],
    ['InvalidRequest', { groupsToAdd: ['h', 'sub'] }],
    ['InvalidRequest', { groupsToAdd: ['dynamic'], groupsToRemove: ['g'] }],
    ['InvalidRequest', { groupsToAdd: ['h'], groupsToRemove: ['dynamic'] }],
  ])('changes nothing when it is refused with %s for %o', (code, extra) => {
    const rig = rigWithGroups();
    rig.must({
      type: 'create-dynamic-group',
      groupName: 'dynamic',
      rule: { queryString: 'thingName:none' },
      attributes: {},
    });

    expect(move(rig, extra)).toMatchObject({ rejection: { code } });
    expect(groupsOf(rig)).toEqual(['g']);
  });

  it('stops at ten groups', () => {
    const rig = new EngineRig();
    rig.provision(['t']);
    const names = Array.from({ length: 11 }, (_, index) => `g${index}`);
    for (const groupName of names) rig.must({ type: 'create-group', groupName, attributes: {} });

    expect(move(rig, { groupsToAdd: names })).toMatchObject(invalid);
    expect(move(rig, { groupsToAdd: names.slice(1) }).ok).toBe(true);
    expect(move(rig, { groupsToAdd: ['g0'], groupsToRemove: ['g1'] }).ok).toBe(true);
  });

  it('keeps an execution that the new group is a target for too', () => {
    const rig = rigWithGroups();
    rig.createJob({
      jobId: 'both',
      targets: [groupArn('g'), groupArn('h')],
      targetSelection: 'CONTINUOUS',
    });
    rig.update('t', 'both', 'IN_PROGRESS');

    move(rig, { groupsToAdd: ['h'], groupsToRemove: ['g'] });

    expect(rig.execution('t', 'both')).toMatchObject({ executionNumber: 1, status: 'IN_PROGRESS' });
  });

  it('has CONTINUOUS jobs follow', () => {
    const rig = rigWithGroups();
    for (const groupName of ['g', 'h']) {
      rig.createJob({
        jobId: groupName,
        targets: [groupArn(groupName)],
        targetSelection: 'CONTINUOUS',
      });
    }

    move(rig, { groupsToAdd: ['h'], groupsToRemove: ['g'] });

    expect([rig.status('t', 'g'), rig.status('t', 'h')]).toEqual(['REMOVED', 'QUEUED']);
  });
});
