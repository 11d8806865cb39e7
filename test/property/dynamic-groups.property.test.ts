import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Command } from '../../src/engine/commands.ts';
import { matchesQuery } from '../../src/engine/group-query.ts';
import { limits } from '../../src/protocol/limits.ts';
import { EngineRig } from '../support/engine-rig.ts';

const thingName = fc.constantFrom('a', 'b', 'c');
const site = fc.constantFrom('north', 'south');
const staticGroup = fc.constantFrom(...Array.from({ length: 10 }, (_, index) => `s${index}`));
const dynamicGroup = fc.constantFrom('d1', 'd2', 'd3', 'd4');
const queryString = fc.constantFrom(
  '*',
  'attributes.site:north',
  'NOT attributes.site:north',
  'connectivity.connected:true',
  'thingName:a OR thingGroupNames:s1',
);

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    type: fc.constant('create-thing' as const),
    thingName,
    attributes: fc.record({ site }),
  }),
  fc.record({
    type: fc.constant('update-thing' as const),
    thingName,
    attributes: fc.record({ attributes: fc.record({ site }), merge: fc.boolean() }),
  }),
  fc.record({ type: fc.constant('delete-thing' as const), thingName }),
  fc.record({ type: fc.constant('connectivity' as const), thingName, isConnected: fc.boolean() }),
  fc.record({
    type: fc.constant('join-group' as const),
    thingName,
    groupName: staticGroup,
    overrideDynamicGroups: fc.boolean(),
  }),
  fc.record({ type: fc.constant('leave-group' as const), thingName, groupName: staticGroup }),
  fc.record({
    type: fc.constant('update-memberships' as const),
    thingName,
    groupsToAdd: fc.uniqueArray(staticGroup, { maxLength: 10 }),
    groupsToRemove: fc.uniqueArray(staticGroup, { maxLength: 3 }),
    overrideDynamicGroups: fc.boolean(),
  }),
  fc.record({ type: fc.constant('delete-group' as const), groupName: staticGroup }),
  fc.record({
    type: fc.constant('create-group' as const),
    groupName: staticGroup,
    attributes: fc.constant({}),
  }),
  fc.record({
    type: fc.constant('create-dynamic-group' as const),
    groupName: dynamicGroup,
    rule: fc.record({ queryString }),
    attributes: fc.constant({}),
  }),
  fc.record({
    type: fc.constant('update-dynamic-group' as const),
    groupName: dynamicGroup,
    rule: fc.record({ queryString }),
  }),
  fc.record({ type: fc.constant('delete-dynamic-group' as const), groupName: dynamicGroup }),
);

it('a thing is in the dynamic groups that find it, as far as it has room', () => {
  fc.assert(
    fc.property(fc.array(anyCommand, { maxLength: 60 }), (commands) => {
      const rig = new EngineRig();
      rig.provision(['a', 'b', 'c']);
      for (let index = 0; index < 10; index++) {
        rig.must({ type: 'create-group', groupName: `s${index}`, attributes: {} });
      }
      for (const command of commands) {
        rig.engine.handle(command, rig.now);
        expectFit(rig);
      }
    }),
    { numRuns: 300 },
  );
});

function expectFit({ view }: EngineRig): void {
  for (const thing of view.things.values()) {
    const { groupNames } = thing;
    const isDynamic = (name: string) => view.groups.get(name)?.dynamic !== undefined;
    const staticGroupNames = groupNames.filter((name) => !isDynamic(name));
    const subject = {
      ...thing,
      isConnected: view.connected.has(thing.thingName),
      staticGroupNames,
    };
    const found = view.groups
      .sorted()
      .filter(({ dynamic }) => dynamic !== undefined && matchesQuery(dynamic.query, subject))
      .map(({ groupName }) => groupName);
    const room = limits.groupsPerThingMax - staticGroupNames.length;
    const joined = groupNames.filter(isDynamic);

    expect(new Set(groupNames).size).toBe(groupNames.length);
    expect(found).toEqual(expect.arrayContaining(joined));
    expect(joined).toHaveLength(Math.min(room, found.length));
    for (const [groupName, { things }] of view.groups) {
      expect(things.get(thing.thingName)).toBe(groupNames.includes(groupName) ? thing : undefined);
    }
  }
  for (const { things } of view.groups.values()) {
    for (const name of things.keys()) expect(view.things.has(name)).toBe(true);
  }
}
