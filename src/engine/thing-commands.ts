import type { Millis } from '../base/clock.ts';
import { limits } from '../protocol/limits.ts';
import { accepted, type Rejection, type Reply, rejected } from '../protocol/rejections.ts';
import type { CommandOf, ThingRef } from './commands.ts';
import { reviewThing } from './dynamic-membership.ts';
import { thingDeleted } from './membership.ts';
import type { Thing } from './state.ts';
import { drawUuid, type ThingRecord, thingArn, type World } from './world.ts';

export type Refusal = { readonly ok: false; readonly rejection: Rejection };

export type Attributes = Readonly<Record<string, string>>;

/** Shared by the many things that have none. */
export const none = { attributes: {} as Attributes, groupNames: [] as readonly string[] } as const;

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

export function addThing(
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

export function findVersionConflict(
  { version }: { readonly version: number },
  expected: number | undefined,
): Refusal | undefined {
  if (expected === undefined || expected === version) return undefined;
  return rejected('VersionConflict', `Expected version ${expected} but found version ${version}`);
}

export function thingExists(world: World, { thingName }: Thing): Refusal {
  return rejected(
    'ResourceAlreadyExists',
    `Thing ${thingName} already exists with another configuration.`,
    { resourceId: thingName, resourceArn: thingArn(world, thingName) },
  );
}

export function sameAttributes(a: Attributes, b: Attributes): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function thingRef(world: World, { thingName, thingId }: Thing): ThingRef {
  return { thingName, thingArn: thingArn(world, thingName), thingId };
}
