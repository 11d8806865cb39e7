import type { Millis } from '../base/clock.ts';
import { limits } from '../protocol/limits.ts';
import { formatArn } from '../protocol/names.ts';
import { accepted, type Rejection, type Reply, rejected } from '../protocol/rejections.ts';
import type { CommandOf, CommandResults, GroupRef, ThingRef } from './commands.ts';
import { compareText, MutableDirectory } from './directory.ts';
import { thingDeleted, thingJoined, thingLeft } from './membership.ts';
import { noThing } from './queries.ts';
import { ancestryOf, noGroup } from './registry-queries.ts';
import type { Group, Thing } from './state.ts';
import { drawUuid, type GroupRecord, type ThingRecord, thingArn, type World } from './world.ts';

type Refusal = { readonly ok: false; readonly rejection: Rejection };
type Attributes = Readonly<Record<string, string>>;

/** Shared by the many things that have none. */
const none = { attributes: {} as Attributes, groupNames: [] as readonly string[] } as const;

/** Idempotent for the same configuration, ResourceAlreadyExists for another (reference §7.4). */
export function createThing(world: World, command: CommandOf<'create-thing'>): Reply<ThingRef> {
  const { thingName, thingTypeName, attributes } = command;
  const existing = world.things.get(thingName);
  if (existing !== undefined) {
    const isSame =
      existing.thingTypeName === thingTypeName && sameAttributes(existing.attributes, attributes);
    return isSame ? accepted(thingRef(world, existing)) : thingExists(world, existing);
  }
  const most =
    thingTypeName === undefined ? limits.attributesWithoutTypeMax : limits.attributesWithTypeMax;
  if (Object.keys(attributes).length > most) {
    return rejected('InvalidRequest', `Thing ${thingName} may have at most ${most} attributes.`);
  }
  return accepted(thingRef(world, addThing(world, thingName, thingTypeName, attributes)));
}

/** Deleting what does not exist succeeds (reference §7.4). */
export function deleteThing(
  world: World,
  { thingName, expectedVersion }: CommandOf<'delete-thing'>,
  now: Millis,
): Reply<undefined> {
  const thing = world.things.get(thingName);
  if (thing === undefined) return accepted(undefined);
  const conflict = findVersionConflict(thing, expectedVersion);
  if (conflict !== undefined) return conflict;
  for (const groupName of thing.groupNames) world.groups.get(groupName)?.things.delete(thingName);
  world.things.delete(thingName);
  thingDeleted(world, thingName, now);
  return accepted(undefined);
}

/** A missing parent is InvalidRequest: no other error is modelled (reference §7.5). */
export function createGroup(
  world: World,
  command: CommandOf<'create-group'>,
  now: Millis,
): Reply<GroupRef> {
  const { groupName, parentGroupName, description, attributes } = command;
  const existing = world.groups.get(groupName);
  if (existing !== undefined) {
    return isSameGroup(existing, command)
      ? accepted(groupRef(world, existing))
      : rejected('ResourceAlreadyExists', `Thing group ${groupName} already exists.`, {
          resourceId: groupName,
          resourceArn: formatArn(world.account, 'thinggroup', groupName),
        });
  }
  const parent = parentGroupName === undefined ? undefined : world.groups.get(parentGroupName);
  const refusal = findGroupRefusal(world, command, parent);
  if (refusal !== undefined) return refusal;
  const group: GroupRecord = {
    groupName,
    groupId: drawUuid(world),
    parentGroupName,
    childNames: new Set(),
    description,
    attributes,
    version: 1,
    createdAt: now,
    things: new MutableDirectory((a, b) => compareText(a.thingName, b.thingName)),
  };
  world.groups.set(groupName, group);
  parent?.childNames.add(groupName);
  return accepted(groupRef(world, group));
}

/** The things in it leave it; deleting what does not exist succeeds (reference §7.5). */
export function deleteGroup(
  world: World,
  { groupName, expectedVersion }: CommandOf<'delete-group'>,
  now: Millis,
): Reply<undefined> {
  const group = world.groups.get(groupName);
  if (group === undefined) return accepted(undefined);
  if (group.childNames.size > 0) {
    return rejected(
      'InvalidRequest',
      `Cannot delete thing group : ${groupName} when there are still child groups attached to it.`,
    );
  }
  const conflict = findVersionConflict(group, expectedVersion);
  if (conflict !== undefined) return conflict;
  for (const thing of [...group.things.values()]) takeOut(world, thing, group, now);
  world.groups.delete(groupName);
  if (group.parentGroupName !== undefined) {
    world.groups.get(group.parentGroupName)?.childNames.delete(groupName);
  }
  return accepted(undefined);
}

/** AddThingToThingGroup. Joining twice succeeds. */
export function joinGroup(
  world: World,
  { thingName, groupName }: CommandOf<'join-group'>,
  now: Millis,
): Reply<undefined> {
  const found = findMembership(world, thingName, groupName);
  if (!found.ok) return found;
  const { thing, group } = found.value;
  if (group.things.has(thingName)) return accepted(undefined);
  const refusal = findJoinRefusal(world, thing, groupName);
  if (refusal !== undefined) return refusal;
  putInto(world, thing, group, now);
  return accepted(undefined);
}

/** RemoveThingFromThingGroup. Leaving a group one is not in succeeds. */
export function leaveGroup(
  world: World,
  { thingName, groupName }: CommandOf<'leave-group'>,
  now: Millis,
): Reply<undefined> {
  const found = findMembership(world, thingName, groupName);
  if (!found.ok) return found;
  const { thing, group } = found.value;
  if (group.things.has(thingName)) takeOut(world, thing, group, now);
  return accepted(undefined);
}

/** All or nothing: what create-thing and join-group would refuse is refused before the first change. */
export function provision(
  world: World,
  { thingNames, groupName }: CommandOf<'provision'>,
  now: Millis,
): Reply<CommandResults['provision']> {
  const group = groupName === undefined ? undefined : world.groups.get(groupName);
  if (groupName !== undefined && group === undefined) return noGroup(groupName);
  for (const thingName of thingNames) {
    const refusal = findProvisionRefusal(world, thingName, group);
    if (refusal !== undefined) return refusal;
  }
  let created = 0;
  for (const thingName of thingNames) {
    let thing = world.things.get(thingName);
    if (thing === undefined) {
      thing = addThing(world, thingName, undefined, none.attributes);
      created += 1;
    }
    if (group !== undefined && !group.things.has(thingName)) putInto(world, thing, group, now);
  }
  return accepted({ created });
}

function addThing(
  world: World,
  thingName: string,
  thingTypeName: string | undefined,
  attributes: Attributes,
): ThingRecord {
  const thing: ThingRecord = {
    thingName,
    thingId: drawUuid(world),
    thingTypeName,
    attributes: Object.keys(attributes).length === 0 ? none.attributes : attributes,
    version: 1,
    groupNames: none.groupNames,
  };
  world.things.set(thingName, thing);
  return thing;
}

function putInto(world: World, thing: ThingRecord, group: GroupRecord, now: Millis): void {
  group.things.set(thing.thingName, thing);
  thing.groupNames = [...thing.groupNames, group.groupName];
  thingJoined(world, thing, group.groupName, now);
}

function takeOut(world: World, thing: ThingRecord, group: GroupRecord, now: Millis): void {
  group.things.delete(thing.thingName);
  thing.groupNames = thing.groupNames.filter((name) => name !== group.groupName);
  thingLeft(world, thing.thingName, now);
}

function findMembership(
  world: World,
  thingName: string,
  groupName: string,
): Reply<{ readonly thing: ThingRecord; readonly group: GroupRecord }> {
  const group = world.groups.get(groupName);
  if (group === undefined) return noGroup(groupName);
  const thing = world.things.get(thingName);
  return thing === undefined ? noThing(thingName) : accepted({ thing, group });
}

/** Reference §7.5: few groups, and only one of each hierarchy. */
function findJoinRefusal(world: World, thing: Thing, groupName: string): Refusal | undefined {
  if (thing.groupNames.length >= limits.groupsPerThingMax) {
    return rejected(
      'InvalidRequest',
      `Thing ${thing.thingName} is in ${limits.groupsPerThingMax} groups already.`,
    );
  }
  const root = ancestryOf(world, groupName).at(-1);
  const other = thing.groupNames.find((name) => ancestryOf(world, name).at(-1) === root);
  if (other === undefined) return undefined;
  return rejected(
    'InvalidRequest',
    `Thing ${thing.thingName} is in group ${other} of the same hierarchy.`,
  );
}

function findProvisionRefusal(
  world: World,
  thingName: string,
  group: Group | undefined,
): Refusal | undefined {
  const thing = world.things.get(thingName);
  if (thing === undefined) return undefined;
  if (thing.thingTypeName !== undefined || !sameAttributes(thing.attributes, none.attributes)) {
    return thingExists(world, thing);
  }
  if (group === undefined || group.things.has(thingName)) return undefined;
  return findJoinRefusal(world, thing, group.groupName);
}

function findGroupRefusal(
  world: World,
  { parentGroupName, attributes }: CommandOf<'create-group'>,
  parent: Group | undefined,
): Refusal | undefined {
  if (Object.keys(attributes).length > limits.attributesPerGroupMax) {
    return rejected(
      'InvalidRequest',
      `A thing group may have at most ${limits.attributesPerGroupMax} attributes.`,
    );
  }
  if (parentGroupName === undefined) return undefined;
  if (parent === undefined) {
    return rejected('InvalidRequest', `Parent group ${parentGroupName} not found.`);
  }
  if (ancestryOf(world, parentGroupName).length >= limits.groupDepthMax) {
    return rejected('InvalidRequest', `Groups nest at most ${limits.groupDepthMax} deep.`);
  }
  if (parent.childNames.size >= limits.childGroupsMax) {
    return rejected(
      'InvalidRequest',
      `Group ${parentGroupName} has ${limits.childGroupsMax} child groups already.`,
    );
  }
  return undefined;
}

function findVersionConflict(
  { version }: { readonly version: number },
  expected: number | undefined,
): Refusal | undefined {
  if (expected === undefined || expected === version) return undefined;
  return rejected('VersionConflict', `Expected version ${expected} but found version ${version}`);
}

function thingExists(world: World, { thingName }: Thing): Refusal {
  return rejected(
    'ResourceAlreadyExists',
    `Thing ${thingName} already exists with another configuration.`,
    { resourceId: thingName, resourceArn: thingArn(world, thingName) },
  );
}

function isSameGroup(group: Group, command: CommandOf<'create-group'>): boolean {
  return (
    group.parentGroupName === command.parentGroupName &&
    group.description === command.description &&
    sameAttributes(group.attributes, command.attributes)
  );
}

function sameAttributes(a: Attributes, b: Attributes): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function thingRef(world: World, { thingName, thingId }: Thing): ThingRef {
  return { thingName, thingArn: thingArn(world, thingName), thingId };
}

function groupRef(world: World, { groupName, groupId }: Group): GroupRef {
  return {
    thingGroupName: groupName,
    thingGroupArn: formatArn(world.account, 'thinggroup', groupName),
    thingGroupId: groupId,
  };
}
