import type { Millis } from '../base/clock.ts';
import { limits } from '../protocol/limits.ts';
import { matchesQuery, type QuerySubject } from './group-query.ts';
import { putInto, takeOut } from './membership.ts';
import type { Group, Thing } from './state.ts';
import type { GroupRecord, ThingRecord, World } from './world.ts';

/**
 * Puts a thing into the dynamic groups it belongs to now and out of the others: to be called after
 * each change of what a query can see, and when a group it was in is no longer counted. It joins
 * before it leaves, so that a job which both groups are targets of does not lose it.
 */
export function reviewThing(world: World, thing: ThingRecord, now: Millis): void {
  if (world.dynamicGroups.size === 0) return;
  const wanted = wantedGroups(world, thing);
  for (const group of wanted) {
    if (!group.things.has(thing.thingName)) putInto(world, thing, group, now);
  }
  for (const group of dynamicGroupsOf(world, thing)) {
    if (!wanted.includes(group)) takeOut(world, thing, group, now);
  }
}

/** Reviews the things that a group's new rule lets in or out. */
export function reviewGroup(world: World, group: GroupRecord, now: Millis): void {
  for (const thing of world.things.sorted() as readonly ThingRecord[]) {
    const belongs = isFoundBy(group, subjectOf(world, thing));
    if (belongs !== group.things.has(thing.thingName)) reviewThing(world, thing, now);
  }
}

/**
 * A thing is in ten groups at most (reference §7.5). Static ones come first, then the dynamic ones it
 * is in, the latest joined giving way first, then those it could join, the oldest first.
 */
function wantedGroups(world: World, thing: ThingRecord): readonly GroupRecord[] {
  const subject = subjectOf(world, thing);
  const wanted = dynamicGroupsOf(world, thing).filter(
    (group) => !isActive(group) || isFoundBy(group, subject),
  );
  for (const group of world.dynamicGroups) {
    if (isActive(group) && !wanted.includes(group) && isFoundBy(group, subject)) wanted.push(group);
  }
  const room = limits.groupsPerThingMax - subject.staticGroupNames.length;
  return wanted.slice(0, Math.max(0, room));
}

/** In the order it joined them. */
function dynamicGroupsOf(world: World, thing: Thing): GroupRecord[] {
  return thing.groupNames.flatMap((name) => {
    const group = world.groups.get(name);
    return group?.dynamic === undefined ? [] : [group];
  });
}

function subjectOf(world: World, thing: Thing): QuerySubject {
  const { thingName, thingTypeName, attributes, groupNames } = thing;
  return {
    thingName,
    thingTypeName,
    attributes,
    isConnected: world.connected.has(thingName),
    staticGroupNames: groupNames.filter((name) => world.groups.get(name)?.dynamic === undefined),
  };
}

function isActive({ dynamic }: Group): boolean {
  return dynamic?.status === 'ACTIVE';
}

function isFoundBy({ dynamic }: Group, subject: QuerySubject): boolean {
  return dynamic !== undefined && matchesQuery(dynamic.query, subject);
}
