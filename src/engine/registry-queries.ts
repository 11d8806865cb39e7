import type { Millis } from '../base/clock.ts';
import { type EventType, eventTypes } from '../protocol/events.ts';
import { formatArn } from '../protocol/names.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import { compareText } from './directory.ts';
import { noThing } from './lookup.ts';
import { badToken, type PageRequest, sortedAfter, takePage } from './paging.ts';
import type { DynamicRule, EngineView, Group, Thing } from './state.ts';

/** DescribeThing. */
export interface ThingDescription {
  readonly defaultClientId: string;
  readonly thingName: string;
  readonly thingId: string;
  readonly thingArn: string;
  readonly thingTypeName?: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly version: number;
  readonly billingGroupName?: string;
}

export type ThingAttribute = Omit<
  ThingDescription,
  'defaultClientId' | 'thingId' | 'billingGroupName'
>;

export interface GroupNameAndArn {
  readonly groupName: string;
  readonly groupArn: string;
}

/** DescribeThingGroup. Times in milliseconds. */
export interface GroupDescription {
  readonly thingGroupName: string;
  readonly thingGroupId: string;
  readonly thingGroupArn: string;
  readonly version: number;
  readonly thingGroupProperties: {
    readonly thingGroupDescription?: string;
    readonly attributePayload: { readonly attributes: Readonly<Record<string, string>> };
  };
  readonly thingGroupMetadata: {
    readonly parentGroupName?: string;
    readonly rootToParentThingGroups: readonly GroupNameAndArn[];
    readonly creationDate: Millis;
  };
  // Of dynamic groups only
  readonly indexName?: string;
  readonly queryString?: string;
  readonly queryVersion?: string;
  readonly status?: DynamicRule['status'];
}

export interface ListThingsFilter {
  readonly attributeName?: string;
  readonly attributeValue?: string;
  readonly usePrefixAttributeValue?: boolean;
  readonly thingTypeName?: string;
}

export interface ListGroupsFilter {
  readonly parentGroup?: string;
  readonly namePrefixFilter?: string;
  readonly recursive?: boolean;
}

export function describeThing(view: EngineView, thingName: string): Reply<ThingDescription> {
  const thing = view.things.get(thingName);
  if (thing === undefined) return noThing(thingName);
  const { billingGroupName } = thing;
  return accepted({
    defaultClientId: thingName,
    thingId: thing.thingId,
    ...thingAttribute(view, thing),
    ...(billingGroupName === undefined ? {} : { billingGroupName }),
  });
}

/** By name. */
export function listThings(
  view: EngineView,
  filter: ListThingsFilter,
  page: PageRequest,
): Reply<{ readonly things: readonly ThingAttribute[]; readonly nextToken?: string }> {
  if (filter.attributeValue !== undefined && filter.attributeName === undefined) {
    return rejected('InvalidRequest', 'attributeValue needs an attributeName.');
  }
  const { items, ...rest } = takePage(
    view.things.sortedFrom(({ thingName }) => isBehind(thingName, page)),
    page.limit,
    (thing) => matchesThing(thing, filter),
    (thing) => thingAttribute(view, thing),
    ({ thingName }) => thingName,
  );
  return accepted({ things: items, ...rest });
}

export function describeGroup(view: EngineView, groupName: string): Reply<GroupDescription> {
  const group = view.groups.get(groupName);
  if (group === undefined) return noGroup(groupName);
  const { parentGroupName, description } = group;
  const ancestors = ancestryOf(view, groupName).slice(1).toReversed();
  return accepted({
    thingGroupName: groupName,
    thingGroupId: group.groupId,
    thingGroupArn: formatArn(view.account, 'thinggroup', groupName),
    version: group.version,
    thingGroupProperties: {
      ...(description === undefined ? {} : { thingGroupDescription: description }),
      attributePayload: { attributes: group.attributes },
    },
    thingGroupMetadata: {
      ...(parentGroupName === undefined ? {} : { parentGroupName }),
      rootToParentThingGroups: ancestors.map((ancestor) => nameAndArn(view, ancestor)),
      creationDate: group.createdAt,
    },
    ...ruleOf(group),
  });
}

/** Names by group, the group itself first; within a group by name. */
export function listThingsInGroup(
  view: EngineView,
  groupName: string,
  recursive: boolean,
  page: PageRequest,
): Reply<{ readonly things: readonly string[]; readonly nextToken?: string }> {
  const group = view.groups.get(groupName);
  if (group === undefined) return noGroup(groupName);
  const groups = recursive ? [...groupTree(view, group)] : [group];
  const cursor = readMemberCursor(page.after, groups);
  if (!cursor.ok) return cursor;
  const { items, ...rest } = takePage(
    membersAfter(groups, cursor.value),
    page.limit,
    () => true,
    ({ thing }) => thing.thingName,
    (member) => `${member.group.groupName}/${member.thing.thingName}`,
  );
  return accepted({ things: items, ...rest });
}

/** By name. Without a parent: all groups, or with `recursive: false` the roots. */
export function listGroups(
  view: EngineView,
  filter: ListGroupsFilter,
  page: PageRequest,
): Reply<{ readonly thingGroups: readonly GroupNameAndArn[]; readonly nextToken?: string }> {
  const { parentGroup, namePrefixFilter = '', recursive = parentGroup === undefined } = filter;
  if (parentGroup !== undefined && !view.groups.has(parentGroup)) return noGroup(parentGroup);
  const isBelow = (group: Group) =>
    recursive
      ? parentGroup === undefined ||
        ancestryOf(view, group.groupName).slice(1).includes(parentGroup)
      : group.parentGroupName === parentGroup;
  const { items, ...rest } = takePage(
    view.groups.sortedFrom(({ groupName }) => isBehind(groupName, page)),
    page.limit,
    (group) => group.groupName.startsWith(namePrefixFilter) && isBelow(group),
    ({ groupName }) => nameAndArn(view, groupName),
    ({ groupName }) => groupName,
  );
  return accepted({ thingGroups: items, ...rest });
}

/** Direct memberships, by name. */
export function listGroupsForThing(
  view: EngineView,
  thingName: string,
  page: PageRequest,
): Reply<{ readonly thingGroups: readonly GroupNameAndArn[]; readonly nextToken?: string }> {
  const thing = view.things.get(thingName);
  if (thing === undefined) return noThing(thingName);
  const { items, ...rest } = takePage(
    sortedAfter(thing.groupNames.toSorted(compareText), (name) => isBehind(name, page)),
    page.limit,
    () => true,
    (name) => nameAndArn(view, name),
    (name) => name,
  );
  return accepted({ thingGroups: items, ...rest });
}

/** DescribeEventConfigurations. Times in milliseconds. */
export function describeEventConfigurations(view: EngineView): Reply<{
  readonly eventConfigurations: Readonly<Record<EventType, { readonly Enabled: boolean }>>;
  readonly creationDate?: Millis;
  readonly lastModifiedDate?: Millis;
}> {
  const { enabled, createdAt, lastModifiedAt } = view.events;
  return accepted({
    eventConfigurations: Object.fromEntries(
      eventTypes.map((type) => [type, { Enabled: enabled[type] }]),
    ) as Record<EventType, { Enabled: boolean }>,
    ...(createdAt === undefined ? {} : { creationDate: createdAt }),
    ...(lastModifiedAt === undefined ? {} : { lastModifiedDate: lastModifiedAt }),
  });
}

/** A group and its ancestors, the root last. Empty when it does not exist. */
export function ancestryOf(view: Pick<EngineView, 'groups'>, groupName: string): string[] {
  const names: string[] = [];
  let group = view.groups.get(groupName);
  while (group !== undefined) {
    names.push(group.groupName);
    group =
      group.parentGroupName === undefined ? undefined : view.groups.get(group.parentGroupName);
  }
  return names;
}

/** A group, then its descendants depth first, children by name. */
export function* groupTree(view: Pick<EngineView, 'groups'>, group: Group): Generator<Group> {
  yield group;
  for (const name of [...group.childNames].sort(compareText)) {
    const child = view.groups.get(name);
    if (child !== undefined) yield* groupTree(view, child);
  }
}

export function noGroup(groupName: string) {
  return rejected('ResourceNotFound', `Thing group ${groupName} not found.`);
}

interface Member {
  readonly group: Group;
  readonly thing: Thing;
}

function* membersAfter(
  groups: readonly Group[],
  cursor: { readonly place: number; readonly thingName: string },
): Generator<Member> {
  for (const [place, group] of groups.entries()) {
    if (place < cursor.place) continue;
    const after = place === cursor.place ? cursor.thingName : '';
    for (const thing of group.things.sortedFrom(({ thingName }) => thingName > after)) {
      yield { group, thing };
    }
  }
}

function readMemberCursor(
  after: string | undefined,
  groups: readonly Group[],
): Reply<{ readonly place: number; readonly thingName: string }> {
  if (after === undefined) return accepted({ place: 0, thingName: '' });
  const [name, thingName = ''] = after.split('/');
  const place = groups.findIndex(({ groupName }) => groupName === name);
  return place < 0 ? badToken() : accepted({ place, thingName });
}

function isBehind(name: string, page: PageRequest): boolean {
  return page.after === undefined || name > page.after;
}

function matchesThing(thing: Thing, filter: ListThingsFilter): boolean {
  if (filter.thingTypeName !== undefined && thing.thingTypeName !== filter.thingTypeName) {
    return false;
  }
  if (filter.attributeName === undefined) return true;
  const { attributes } = thing;
  // Own attributes only: `constructor` and `__proto__` are legal names that nobody has set.
  const value = Object.hasOwn(attributes, filter.attributeName)
    ? attributes[filter.attributeName]
    : undefined;
  if (value === undefined) return false;
  const wanted = filter.attributeValue ?? value;
  return filter.usePrefixAttributeValue === true ? value.startsWith(wanted) : value === wanted;
}

function thingAttribute(view: EngineView, thing: Thing): ThingAttribute {
  return {
    thingName: thing.thingName,
    ...(thing.thingTypeName === undefined ? {} : { thingTypeName: thing.thingTypeName }),
    thingArn: formatArn(view.account, 'thing', thing.thingName),
    attributes: thing.attributes,
    version: thing.version,
  };
}

function ruleOf({ dynamic }: Group): Omit<DynamicRule, 'query'> | undefined {
  if (dynamic === undefined) return undefined;
  const { query: _, ...rule } = dynamic;
  return rule;
}

function nameAndArn(view: EngineView, groupName: string): GroupNameAndArn {
  return { groupName, groupArn: formatArn(view.account, 'thinggroup', groupName) };
}
