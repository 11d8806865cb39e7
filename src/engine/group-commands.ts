import type { Millis } from '../base/clock.ts';
import { limits } from '../protocol/limits.ts';
import { formatArn } from '../protocol/names.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import type { CommandOf, GroupRef } from './commands.ts';
import { compareText, MutableDirectory } from './directory.ts';
import { reviewThing } from './dynamic-membership.ts';
import { takeOut } from './membership.ts';
import { forgetGroupPolicies } from './policy-commands.ts';
import { ancestryOf } from './registry-queries.ts';
import type { Group } from './state.ts';
import { noTags, tagsFrom } from './tags.ts';
import {
  type Attributes,
  findVersionConflict,
  type Refusal,
  sameAttributes,
} from './thing-commands.ts';
import { drawUuid, type GroupRecord, type World } from './world.ts';

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

export function groupRef(world: World, { groupName, groupId }: Group): GroupRef {
  return {
    thingGroupName: groupName,
    thingGroupArn: formatArn(world.account, 'thinggroup', groupName),
    thingGroupId: groupId,
  };
}
