import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { describeThing, listThings } from '../../../src/engine/registry-queries.ts';
import { defaultDialect } from '../../../src/protocol/dialect.ts';
import { defaultAccount } from '../../../src/protocol/names.ts';
import { EngineRig, groupArn, minute, thingNames } from '../../support/engine-rig.ts';

const createThing = (rig: EngineRig, extra: object = {}) =>
  rig.send({ type: 'create-thing', thingName: 't', attributes: {}, ...extra });
const createGroup = (rig: EngineRig, groupName: string, parentGroupName?: string, extra = {}) =>
  rig.send({
    type: 'create-group',
    groupName,
    attributes: {},
    ...(parentGroupName === undefined ? {} : { parentGroupName }),
    ...extra,
  });
const join = (rig: EngineRig, thingName: string, groupName: string) =>
  rig.send({ type: 'join-group', thingName, groupName });

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('create-thing', () => {
  it('gives an ARN and a UUID, the same ones when repeated', () => {
    const rig = new EngineRig();

    const first = createThing(rig, { attributes: { a: '1' } });
    const second = createThing(rig, { attributes: { a: '1' } });

    expect(first).toEqual({
      ok: true,
      value: {
        thingName: 't',
        thingArn: 'arn:aws:iot:us-east-1:123456789012:thing/t',
        thingId: expect.stringMatching(uuid),
      },
    });
    expect(second).toEqual(first);
  });

  it.each([
    ['another attribute', { attributes: { b: '1' } }],
    ['another value', { attributes: { a: '2' } }],
    ['a type', { attributes: { a: '1' }, thingTypeName: 'pump' }],
  ])('is a conflict with %s', (_name, extra) => {
    const rig = new EngineRig();
    createThing(rig, { attributes: { a: '1' } });

    expect(createThing(rig, extra)).toMatchObject({
      ok: false,
      rejection: { code: 'ResourceAlreadyExists', resourceId: 't' },
    });
  });

  it('takes three attributes, with a type fifty', () => {
    const attributes = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 'v']));
    const create = (count: number, extra = {}) =>
      createThing(new EngineRig(), { attributes: attributes(count), ...extra }).ok;

    expect([create(3), create(4)]).toEqual([true, false]);
    const typed = { thingTypeName: 'pump' };
    expect([create(50, typed), create(51, typed)]).toEqual([true, false]);
  });

  it('gives a new id after deletion', () => {
    const rig = new EngineRig();
    const first = createThing(rig);
    rig.must({ type: 'delete-thing', thingName: 't' });

    expect(createThing(rig)).not.toEqual(first);
  });
});

describe('delete-thing', () => {
  it('succeeds for a thing that does not exist, checks the version of one that does', () => {
    const rig = new EngineRig();
    createThing(rig);
    const remove = (thingName: string, expectedVersion?: number) =>
      rig.send({
        type: 'delete-thing',
        thingName,
        ...(expectedVersion === undefined ? {} : { expectedVersion }),
      });

    expect(remove('ghost', 7).ok).toBe(true);
    expect(remove('t', 7)).toMatchObject({ rejection: { code: 'VersionConflict' } });
    expect(remove('t', 1).ok).toBe(true);
    expect(rig.view.things.size).toBe(0);
  });

  it('takes it out of its groups', () => {
    const rig = new EngineRig();
    rig.provision(['t'], 'g');

    rig.must({ type: 'delete-thing', thingName: 't' });

    expect(rig.view.groups.get('g')?.things.size).toBe(0);
  });
});

describe('create-group', () => {
  it('is idempotent for equal properties and parent, else a conflict', () => {
    const rig = new EngineRig();
    const first = createGroup(rig, 'g', undefined, { description: 'd' });

    expect(first).toMatchObject({ value: { thingGroupArn: groupArn('g') } });
    expect(createGroup(rig, 'g', undefined, { description: 'd' })).toEqual(first);
    expect(createGroup(rig, 'g')).toMatchObject({ rejection: { code: 'ResourceAlreadyExists' } });
  });

  it('refuses a missing parent as an invalid request', () => {
    expect(createGroup(new EngineRig(), 'g', 'ghost')).toMatchObject({
      rejection: { code: 'InvalidRequest' },
    });
  });

  it('nests seven deep', () => {
    const rig = new EngineRig();
    createGroup(rig, 'g1');
    for (let depth = 2; depth <= 7; depth++) {
      expect(createGroup(rig, `g${depth}`, `g${depth - 1}`).ok).toBe(true);
    }

    expect(createGroup(rig, 'g8', 'g7')).toMatchObject({ rejection: { code: 'InvalidRequest' } });
  });

  it('has a hundred children at most', () => {
    const rig = new EngineRig();
    createGroup(rig, 'g');
    for (let index = 0; index < 100; index++) createGroup(rig, `c${index}`, 'g');

    expect(createGroup(rig, 'more', 'g')).toMatchObject({ rejection: { code: 'InvalidRequest' } });
  });
});

describe('delete-group', () => {
  it('refuses one with children in the service’s words, then lets go of the parent', () => {
    const rig = new EngineRig();
    createGroup(rig, 'g');
    createGroup(rig, 'c', 'g');
    const remove = (groupName: string) => rig.send({ type: 'delete-group', groupName });

    expect(remove('g')).toEqual({
      ok: false,
      rejection: {
        code: 'InvalidRequest',
        message: 'Cannot delete thing group : g when there are still child groups attached to it.',
      },
    });
    expect(remove('c').ok).toBe(true);
    expect(remove('g').ok).toBe(true);
    expect(remove('g').ok).toBe(true);
  });
});

describe('join-group and leave-group', () => {
  it('succeed when there is nothing to do, and need both sides to exist', () => {
    const rig = new EngineRig();
    rig.provision(['t'], 'g');
    const leave = (thingName: string, groupName: string) =>
      rig.send({ type: 'leave-group', thingName, groupName });

    expect(join(rig, 't', 'g').ok).toBe(true);
    expect([leave('t', 'g').ok, leave('t', 'g').ok]).toEqual([true, true]);
    for (const reply of [join(rig, 'ghost', 'g'), join(rig, 't', 'ghost'), leave('t', 'ghost')]) {
      expect(reply).toMatchObject({ rejection: { code: 'ResourceNotFound' } });
    }
  });

  it('allow one group of a hierarchy', () => {
    const rig = new EngineRig();
    createGroup(rig, 'g');
    createGroup(rig, 'a', 'g');
    createGroup(rig, 'b', 'g');
    createThing(rig);

    expect(join(rig, 't', 'a').ok).toBe(true);
    for (const groupName of ['b', 'g']) {
      expect(join(rig, 't', groupName)).toMatchObject({ rejection: { code: 'InvalidRequest' } });
    }
  });

  it('allow ten groups', () => {
    const rig = new EngineRig();
    createThing(rig);
    for (let index = 0; index <= 10; index++) createGroup(rig, `g${index}`);
    for (let index = 0; index < 10; index++) expect(join(rig, 't', `g${index}`).ok).toBe(true);

    expect(join(rig, 't', 'g10')).toMatchObject({ rejection: { code: 'InvalidRequest' } });
  });
});

describe('provision', () => {
  function newEngine(): Engine {
    const random = seededRandom('same');
    const engine = new Engine({ account: defaultAccount, dialect: defaultDialect, random });
    engine.handle({ type: 'create-group', groupName: 'g', attributes: {} }, 0);
    engine.handle(
      {
        type: 'create-job',
        request: {
          jobId: 'j',
          targets: [groupArn('g')],
          targetSelection: 'CONTINUOUS',
          document: '{}',
        },
      },
      0,
    );
    return engine;
  }

  it('gives the same things, ids, executions and effects as one by one', () => {
    const names = ['c', 'a', 'b', 'a'];
    const bulk = newEngine();
    const single = newEngine();

    const { reply, effects } = bulk.handle(
      { type: 'provision', thingNames: names, groupName: 'g' },
      minute,
    );
    const one = names.flatMap((thingName) => [
      single.handle({ type: 'create-thing', thingName, attributes: {} }, minute),
      single.handle({ type: 'join-group', thingName, groupName: 'g' }, minute),
    ]);

    expect(reply).toEqual({ ok: true, value: { created: 3 } });
    expect(effects).toEqual(one.flatMap((handled) => handled.effects));
    expect(effects.length).toBeGreaterThan(0);
    for (const thingName of names) {
      expect(describeThing(bulk.view, thingName)).toEqual(describeThing(single.view, thingName));
    }
    const page = { limit: 10 };
    expect(listThings(bulk.view, {}, page)).toEqual(listThings(single.view, {}, page));
    expect(bulk.view.groups.get('g')?.things.sorted()).toEqual(
      single.view.groups.get('g')?.things.sorted(),
    );
  });

  it.each([
    ['ResourceNotFound', ['new', 'plain'], 'ghost'],
    ['ResourceAlreadyExists', ['new', 'special'], 'g'],
    ['InvalidRequest', ['new', 'nested'], 'g'],
  ])('changes nothing when it is refused with %s', (code, names, groupName) => {
    const rig = new EngineRig();
    createGroup(rig, 'g');
    createGroup(rig, 'sub', 'g');
    rig.provision(['plain']);
    rig.provision(['nested'], 'sub');
    createThing(rig, { thingName: 'special', attributes: { a: '1' } });

    const reply = rig.send({ type: 'provision', thingNames: names, groupName });

    expect(reply).toMatchObject({ ok: false, rejection: { code } });
    expect(rig.view.things.has('new')).toBe(false);
  });

  it('counts only what it created', () => {
    const rig = new EngineRig();
    rig.provision(['t1'], 'g');

    expect(rig.must({ type: 'provision', thingNames: thingNames(3), groupName: 'g' })).toEqual({
      created: 2,
    });
    expect(rig.view.groups.get('g')?.things.size).toBe(3);
  });
});
