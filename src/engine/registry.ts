import type { Millis } from '../base/clock.ts';
import { limits } from '../protocol/limits.ts';
import { formatArn } from '../protocol/names.ts';
import { accepted, type Rejection, type Reply, rejected } from '../protocol/rejections.ts';
import type { CommandOf, CommandResults, GroupRef, ThingRef } from './commands.ts';
import { compareText, MutableDirectory } from './directory.ts';
import { reviewThing } from './dynamic-membership.ts';
import { forgetGroupPolicies } from './identity.ts';
import { putInto, takeOut, thingDeleted } from './membership.ts';
import { noThing } from './queries.ts';
import { ancestryOf, noGroup } from './registry-queries.ts';
import type { Group, Thing } from './state.ts';
import { noTags, tagsFrom } from './tags.ts';
import { drawUuid, type GroupRecord, type ThingRecord, thingArn, type World } from './world.ts';

type Refusal = { readonly ok: false; readonly rejection: Rejection };
type Attributes = Readonly<Record<string, string>>;

/** Shared by the many things that have none. */
const none = { attributes: {} as Attributes, groupNames: [] as readonly string[] } as const;

/** Idempotent for the same configuration, ResourceAlreadyExists for another (reference §7.4). */
export function createThing(
  world: World,
  command: CommandOf<'create-thing'>,
  now: Millis,
): Reply<ThingRef> {
  const { thingName, thingTypeName, billingGroupName, attributes } = command;
  const existing = world.things.get(thingName);
  if (existing !== undefined) {
    const isSame =
      existing.thingTypeName === thingTypeName &&
      existing.billingGroupName === billingGroupName &&
      sameAttributes(existing.attributes, attributes);
    return isSame ? accepted(thingRef(world, existing)) : thingExists(world, existing);
  }
  const refusal = findAttributeRefusal(command, thingTypeName, attributes);
  if (refusal !== undefined) return refusal;
  const thing = addThing(world, command);
  reviewThing(world, thing, now);
  return accepted(thingRef(world, thing));
}

/** Reference §0.5: fewer attributes without a thing type. */
export function findAttributeRefusal(
  { thingName }: Pick<Thing, 'thingName'>,
  thingTypeName: string | undefined,
  attributes: Attributes,
): Refusal | undefined {
  const most =
    thingTypeName === undefined ? limits.attributesWithoutTypeMax : limits.attributesWithTypeMax;
  return Object.keys(attributes).length > most
    ? rejected('InvalidRequest', `Thing ${thingName} may have at most ${most} attributes.`)
    : undefined;
}

/** Deleting what does not exist succeeds; attached principals come first (reference §7.4). */
export function deleteThing(
  world: World,
  { thingName, expectedVersion }: CommandOf<'delete-thing'>,
  now: Millis,
): Reply<undefined> {
  const thing = world.things.get(thingName);
  if (thing === undefined) return accepted(undefined);
  const conflict = findVersionConflict(thing, expectedVersion);
  if (conflict !== undefined) return conflict;
  if (world.identity.principals.has(thingName)) {
    return rejected(
      'InvalidRequest',
      `Cannot delete. Thing ${thingName} is still attached to one or more principals`,
    );
  }
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
  const { groupName, parentGroupName } = command;
  const existing = world.groups.get(groupName);
  if (existing !== undefined) {
    return existing.dynamic === undefined && isSameGroup(existing, command)
      ? accepted(groupRef(world, existing))
      : groupExists(world, existing);
  }
  const parent = parentGroupName === undefined ? undefined : world.groups.get(parentGroupName);
  const refusal = findGroupRefusal(world, command, parent);
  if (refusal !== undefined) return refusal;
  const group = addGroup(world, command, now);
  group.parentGroupName = parentGroupName;
  parent?.childNames.add(groupName);
  return accepted(groupRef(world, group));
}

/** A new group without things, parent or rule. */
export function addGroup(
  world: World,
  {
    groupName,
    description,
    attributes,
    tags,
  }: Pick<CommandOf<'create-group'>, 'groupName' | 'description' | 'attributes' | 'tags'>,
  now: Millis,
): GroupRecord {
  const group: GroupRecord = {
    groupName,
    groupId: drawUuid(world),
    parentGroupName: undefined,
    childNames: new Set(),
    description,
    attributes,
    version: 1,
    createdAt: now,
    tags: tagsFrom(noTags, tags),
    dynamic: undefined,
    build: undefined,
    things: new MutableDirectory((a, b) => compareText(a.thingName, b.thingName)),
  };
  world.groups.set(groupName, group);
  return group;
}

/** The things in it leave it; deleting what does not exist succeeds (reference §7.5). */
export function deleteGroup(
  world: World,
  { groupName, expectedVersion }: CommandOf<'delete-group'>,
  now: Millis,
): Reply<undefined> {
  const group = world.groups.get(groupName);
  if (group === undefined) return accepted(undefined);
  if (group.dynamic !== undefined) return isDynamic(groupName);
  if (group.childNames.size > 0) {
    return rejected(
      'InvalidRequest',
      `Cannot delete thing group : ${groupName} when there are still child groups attached to it.`,
    );
  }
  const conflict = findVersionConflict(group, expectedVersion);
  if (conflict !== undefined) return conflict;
  if (group.parentGroupName !== undefined) {
    world.groups.get(group.parentGroupName)?.childNames.delete(groupName);
  }
  forgetGroupPolicies(world, groupName);
  dropGroup(world, group, now);
  return accepted(undefined);
}

/** Its things leave it, which may make room for them in dynamic groups. */
export function dropGroup(world: World, group: GroupRecord, now: Millis): void {
  const things = [...group.things.values()];
  for (const thing of things) takeOut(world, thing, group, now);
  world.groups.delete(group.groupName);
  for (const thing of things) reviewThing(world, thing, now);
}

/** AddThingToThingGroup. Joining twice succeeds. */
export function joinGroup(
  world: World,
  { thingName, groupName, overrideDynamicGroups = false }: CommandOf<'join-group'>,
  now: Millis,
): Reply<undefined> {
  const found = findMembership(world, thingName, groupName);
  if (!found.ok) return found;
  const { thing, group } = found.value;
  if (group.things.has(thingName)) return accepted(undefined);
  const refusal = findJoinRefusal(world, thing, groupName, overrideDynamicGroups);
  if (refusal !== undefined) return refusal;
  putInto(world, thing, group, now);
  reviewThing(world, thing, now);
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
  if (group.things.has(thingName)) {
    takeOut(world, thing, group, now);
    reviewThing(world, thing, now);
  }
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
  if (group?.dynamic !== undefined) return isDynamic(group.groupName);
  for (const thingName of thingNames) {
    const refusal = findProvisionRefusal(world, thingName, group);
    if (refusal !== undefined) return refusal;
  }
  let created = 0;
  for (const thingName of thingNames) {
    let thing = world.things.get(thingName);
    if (thing === undefined) {
      thing = addThing(world, { thingName, attributes: none.attributes });
      created += 1;
      reviewThing(world, thing, now);
    }
    if (group === undefined || group.things.has(thingName)) continue;
    putInto(world, thing, group, now);
    reviewThing(world, thing, now);
  }
  return accepted({ created });
}

function addThing(
  world: World,
  {
    thingName,
    thingTypeName,
    billingGroupName,
    attributes,
  }: Omit<CommandOf<'create-thing'>, 'type'>,
): ThingRecord {
  const thing: ThingRecord = {
    thingName,
    thingId: drawUuid(world),
    thingTypeName,
    billingGroupName,
    attributes: Object.keys(attributes).length === 0 ? none.attributes : attributes,
    version: 1,
    groupNames: none.groupNames,
  };
  world.things.set(thingName, thing);
  return thing;
}

/** Both must exist, and things join and leave dynamic groups by their query alone. */
function findMembership(
  world: World,
  thingName: string,
  groupName: string,
): Reply<{ readonly thing: ThingRecord; readonly group: GroupRecord }> {
  const group = world.groups.get(groupName);
  if (group === undefined) return noGroup(groupName);
  if (group.dynamic !== undefined) return isDynamic(groupName);
  const thing = world.things.get(thingName);
  return thing === undefined ? noThing(thingName) : accepted({ thing, group });
}

/** Reference §7.5: few groups, unless a dynamic one may give way, and only one of each hierarchy. */
export function findJoinRefusal(
  world: World,
  thing: Pick<Thing, 'thingName' | 'groupNames'>,
  groupName: string,
  overrideDynamicGroups: boolean,
): Refusal | undefined {
  const counted = overrideDynamicGroups
    ? thing.groupNames.filter((name) => world.groups.get(name)?.dynamic === undefined)
    : thing.groupNames;
  if (counted.length >= limits.groupsPerThingMax) {
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
  const isPlain =
    thing.thingTypeName === undefined &&
    thing.billingGroupName === undefined &&
    sameAttributes(thing.attributes, none.attributes);
  if (!isPlain) return thingExists(world, thing);
  if (group === undefined || group.things.has(thingName)) return undefined;
  return findJoinRefusal(world, thing, group.groupName, false);
}

function findGroupRefusal(
  world: World,
  { parentGroupName, attributes }: CommandOf<'create-group'>,
  parent: Group | undefined,
): Refusal | undefined {
  const refusal = findGroupAttributeRefusal(attributes);
  if (refusal !== undefined || parentGroupName === undefined) return refusal;
  if (parent === undefined) {
    return rejected('InvalidRequest', `Parent group ${parentGroupName} not found.`);
  }
  if (parent.dynamic !== undefined) return isDynamic(parentGroupName);
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

export function findGroupAttributeRefusal(attributes: Attributes): Refusal | undefined {
  return Object.keys(attributes).length > limits.attributesPerGroupMax
    ? rejected(
        'InvalidRequest',
        `A thing group may have at most ${limits.attributesPerGroupMax} attributes.`,
      )
    : undefined;
}

export function findVersionConflict(
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

export function groupExists(world: World, { groupName }: Group): Refusal {
  return rejected('ResourceAlreadyExists', `Thing group ${groupName} already exists.`, {
    resourceId: groupName,
    resourceArn: formatArn(world.account, 'thinggroup', groupName),
  });
}

/** What is for static groups only: children, and members that are put in or taken out. */
export function isDynamic(groupName: string): Refusal {
  return rejected('InvalidRequest', `Thing group ${groupName} is dynamic.`);
}

export function isSameGroup(
  group: Group,
  command: Pick<CommandOf<'create-group'>, 'parentGroupName' | 'description' | 'attributes'>,
): boolean {
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

export function groupRef(world: World, { groupName, groupId }: Group): GroupRef {
  return {
    thingGroupName: groupName,
    thingGroupArn: formatArn(world.account, 'thinggroup', groupName),
    thingGroupId: groupId,
  };
}
