import type { Millis } from '../base/clock.ts';
import { accepted, type Rejection, type Reply, rejected } from '../protocol/rejections.ts';
import { changedAttributes } from './attributes.ts';
import type { CommandOf, CommandResults } from './commands.ts';
import { reviewThing } from './dynamic-membership.ts';
import { findGroupAttributeRefusal, isDynamic } from './group-commands.ts';
import { noThing } from './lookup.ts';
import { findJoinRefusal } from './member-commands.ts';
import { putInto, takeOut } from './membership.ts';
import { noGroup } from './registry-queries.ts';
import { findAttributeRefusal, findVersionConflict } from './thing-commands.ts';
import type { GroupRecord, ThingRecord, World } from './world.ts';

type Refusal = { readonly ok: false; readonly rejection: Rejection };

/** Reference §7.4. Every accepted update is a new version, even one that changes nothing. */
export function updateThing(
  world: World,
  command: CommandOf<'update-thing'>,
  now: Millis,
): Reply<undefined> {
  const { thingName, thingTypeName, removeThingType = false } = command;
  if (removeThingType && thingTypeName !== undefined) {
    return rejected('InvalidRequest', 'removeThingType and thingTypeName exclude each other.');
  }
  const thing = world.things.get(thingName);
  if (thing === undefined) return noThing(thingName);
  const type = removeThingType ? undefined : (thingTypeName ?? thing.thingTypeName);
  const attributes = changedAttributes(thing.attributes, command.attributes);
  const refusal =
    findVersionConflict(thing, command.expectedVersion) ??
    findAttributeRefusal(thing, type, attributes);
  if (refusal !== undefined) return refusal;
  thing.thingTypeName = type;
  thing.attributes = attributes;
  thing.version += 1;
  reviewThing(world, thing, now);
  return accepted(undefined);
}

/** UpdateThingGroup, of static groups; what is given replaces, the parent stays (reference §7.5). */
export function updateGroup(
  world: World,
  command: CommandOf<'update-group'>,
): Reply<CommandResults['update-group']> {
  const { groupName, description, expectedVersion } = command;
  const group = world.groups.get(groupName);
  if (group === undefined) return noGroup(groupName);
  if (group.dynamic !== undefined) return isDynamic(groupName);
  const attributes = changedAttributes(group.attributes, command.attributes);
  const refusal =
    findVersionConflict(group, expectedVersion) ?? findGroupAttributeRefusal(attributes);
  if (refusal !== undefined) return refusal;
  group.description = description ?? group.description;
  group.attributes = attributes;
  group.version += 1;
  return accepted({ version: group.version });
}

/** UpdateThingGroupsForThing: all or nothing, what is left before what is joined (reference §7.5). */
export function updateMemberships(
  world: World,
  command: CommandOf<'update-memberships'>,
  now: Millis,
): Reply<undefined> {
  const { groupsToAdd, groupsToRemove, overrideDynamicGroups = false } = command;
  const thing = world.things.get(command.thingName);
  if (thing === undefined) return noThing(command.thingName);
  const leaving = findStaticGroups(world, groupsToRemove);
  if (!leaving.ok) return leaving;
  const joining = findStaticGroups(world, groupsToAdd);
  if (!joining.ok) return joining;
  const staying = thing.groupNames.filter((name) => !groupsToRemove.includes(name));
  const refusal = findMoveRefusal(world, thing, staying, groupsToAdd, overrideDynamicGroups);
  if (refusal !== undefined) return refusal;
  // Joined before left, so that a job which both groups are for keeps its execution (§14.9).
  for (const group of joining.value) {
    if (!group.things.has(thing.thingName)) putInto(world, thing, group, now);
  }
  for (const group of leaving.value) {
    if (joining.value.includes(group)) continue;
    if (group.things.has(thing.thingName)) takeOut(world, thing, group, now);
  }
  reviewThing(world, thing, now);
  return accepted(undefined);
}

function findStaticGroups(
  world: World,
  groupNames: readonly string[],
): Reply<readonly GroupRecord[]> {
  const groups: GroupRecord[] = [];
  for (const groupName of groupNames) {
    const group = world.groups.get(groupName);
    if (group === undefined) return noGroup(groupName);
    if (group.dynamic !== undefined) return isDynamic(groupName);
    groups.push(group);
  }
  return accepted(groups);
}

/** Joins one after the other, on paper. */
function findMoveRefusal(
  world: World,
  { thingName }: ThingRecord,
  staying: readonly string[],
  groupsToAdd: readonly string[],
  overrideDynamicGroups: boolean,
): Refusal | undefined {
  let groupNames = staying;
  for (const groupName of groupsToAdd) {
    if (groupNames.includes(groupName)) continue;
    const thing = { thingName, groupNames };
    const refusal = findJoinRefusal(world, thing, groupName, overrideDynamicGroups);
    if (refusal !== undefined) return refusal;
    groupNames = [...groupNames, groupName];
  }
  return undefined;
}
