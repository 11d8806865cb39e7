import type { Millis } from '../base/clock.ts';
import { limits } from '../protocol/limits.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import type { CommandOf, CommandResults } from './commands.ts';
import { reviewThing } from './dynamic-membership.ts';
import { isDynamic } from './group-commands.ts';
import { noThing } from './lookup.ts';
import { putInto, takeOut } from './membership.ts';
import { ancestryOf, noGroup } from './registry-queries.ts';
import type { Group, Thing } from './state.ts';
import { addThing, none, type Refusal, sameAttributes, thingExists } from './thing-commands.ts';
import type { GroupRecord, ThingRecord, World } from './world.ts';

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
