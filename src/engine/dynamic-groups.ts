import type { Millis } from '../base/clock.ts';
import { limits } from '../protocol/limits.ts';
import { accepted, type Rejection, type Reply, rejected } from '../protocol/rejections.ts';
import { changedAttributes } from './attributes.ts';
import type { CommandOf, CommandResults, RuleRequest } from './commands.ts';
import { reviewGroup, reviewThing } from './dynamic-membership.ts';
import {
  addGroup,
  dropGroup,
  findGroupAttributeRefusal,
  groupExists,
  groupRef,
  isSameGroup,
} from './group-commands.ts';
import type { GroupQuery } from './group-query.ts';
import { parseGroupQuery } from './group-query-parser.ts';
import { noGroup } from './registry-queries.ts';
import type { DynamicRule, Group } from './state.ts';
import { findVersionConflict } from './thing-commands.ts';
import { cancelAppointment, type GroupRecord, type World } from './world.ts';

/** The only ones there are (reference §7.5). */
const onlyIndex = 'AWS_Things';
const onlyQueryVersion = '2017-09-30';

/** Idempotent for the same query and properties, as a static group is. */
export function createDynamicGroup(
  world: World,
  command: CommandOf<'create-dynamic-group'>,
  now: Millis,
): Reply<CommandResults['create-dynamic-group']> {
  const { groupName, rule } = command;
  const query = checkRule(rule);
  if (!query.ok) return query;
  const fault = findGroupAttributeRefusal(command.attributes);
  if (fault !== undefined) return fault;
  const existing = world.groups.get(groupName);
  if (existing !== undefined) {
    return existing.dynamic?.queryString === rule.queryString && isSameGroup(existing, command)
      ? accepted(dynamicRef(world, existing, existing.dynamic))
      : groupExists(world, existing);
  }
  if (world.dynamicGroups.size >= limits.dynamicGroupsMax) {
    return rejected('LimitExceeded', `The limit is ${limits.dynamicGroupsMax} dynamic groups.`);
  }
  const group = addGroup(world, command, now);
  world.dynamicGroups.add(group);
  const dynamic = build(world, group, rule.queryString, query.value, 'BUILDING', now);
  return accepted(dynamicRef(world, group, dynamic));
}

/** What is given replaces; another query has the group built anew. */
export function updateDynamicGroup(
  world: World,
  command: CommandOf<'update-dynamic-group'>,
  now: Millis,
): Reply<CommandResults['update-dynamic-group']> {
  const { rule, description, expectedVersion } = command;
  const found = findDynamicGroup(world, command.groupName);
  if (!found.ok) return found;
  const { group, dynamic } = found.value;
  const queryString = rule.queryString ?? dynamic.queryString;
  const query = checkRule({ ...rule, queryString });
  if (!query.ok) return query;
  const attributes = changedAttributes(group.attributes, command.attributes);
  const refusal =
    findVersionConflict(group, expectedVersion) ?? findGroupAttributeRefusal(attributes);
  if (refusal !== undefined) return refusal;
  group.description = description ?? group.description;
  group.attributes = attributes;
  group.version += 1;
  if (queryString !== dynamic.queryString) {
    const isNew = dynamic.status === 'BUILDING';
    build(world, group, queryString, query.value, isNew ? 'BUILDING' : 'REBUILDING', now);
  }
  return accepted({ version: group.version });
}

/** Deleting what does not exist succeeds, as for static groups. */
export function deleteDynamicGroup(
  world: World,
  { groupName, expectedVersion }: CommandOf<'delete-dynamic-group'>,
  now: Millis,
): Reply<undefined> {
  if (!world.groups.has(groupName)) return accepted(undefined);
  const found = findDynamicGroup(world, groupName);
  if (!found.ok) return found;
  const { group } = found.value;
  const conflict = findVersionConflict(group, expectedVersion);
  if (conflict !== undefined) return conflict;
  cancelAppointment(world, group.build);
  world.dynamicGroups.delete(group);
  dropGroup(world, group, now);
  return accepted(undefined);
}

/** The end of BUILDING or REBUILDING: from now on the group follows its query. */
export function finishBuild(world: World, group: GroupRecord, now: Millis): void {
  if (group.dynamic === undefined) return;
  group.build = undefined;
  group.dynamic = { ...group.dynamic, status: 'ACTIVE' };
  reviewGroup(world, group, now);
}

/** A client connected or went; queries for `connectivity.connected` look at it. */
export function setConnectivity(
  world: World,
  { thingName, isConnected }: CommandOf<'connectivity'>,
  now: Millis,
): Reply<undefined> {
  if (isConnected === world.connected.has(thingName)) return accepted(undefined);
  if (isConnected) world.connected.add(thingName);
  else world.connected.delete(thingName);
  const thing = world.things.get(thingName);
  if (thing !== undefined) reviewThing(world, thing, now);
  return accepted(undefined);
}

function build(
  world: World,
  group: GroupRecord,
  queryString: string,
  query: GroupQuery,
  status: DynamicRule['status'],
  now: Millis,
): DynamicRule {
  const rule: DynamicRule = {
    indexName: onlyIndex,
    queryString,
    queryVersion: onlyQueryVersion,
    query,
    status,
  };
  group.dynamic = rule;
  cancelAppointment(world, group.build);
  const { groupBuildMs } = world.dialect;
  if (groupBuildMs === 0) finishBuild(world, group, now);
  else group.build = world.agenda.add(now + groupBuildMs, { type: 'build', group });
  return rule;
}

/** Another index is ResourceNotFound, which is modelled for nothing else of a dynamic group. */
function checkRule({
  queryString,
  indexName = onlyIndex,
  queryVersion = onlyQueryVersion,
}: RuleRequest & { readonly queryString: string }): Reply<GroupQuery> {
  if (indexName !== onlyIndex) {
    return rejected('ResourceNotFound', `Index ${indexName} not found; there is ${onlyIndex}.`);
  }
  if (queryVersion !== onlyQueryVersion) {
    return rejected(
      'InvalidRequest',
      `queryVersion ${queryVersion} is unknown; there is ${onlyQueryVersion}.`,
    );
  }
  return parseGroupQuery(queryString);
}

function findDynamicGroup(
  world: World,
  groupName: string,
): Reply<{ readonly group: GroupRecord; readonly dynamic: DynamicRule }> {
  const group = world.groups.get(groupName);
  if (group === undefined) return noGroup(groupName);
  const { dynamic } = group;
  return dynamic === undefined ? isStatic(groupName) : accepted({ group, dynamic });
}

function isStatic(groupName: string): { readonly ok: false; readonly rejection: Rejection } {
  return rejected('InvalidRequest', `Thing group ${groupName} is not dynamic.`);
}

function dynamicRef(
  world: World,
  group: Group,
  { indexName, queryString, queryVersion }: DynamicRule,
): CommandResults['create-dynamic-group'] {
  return { ...groupRef(world, group), indexName, queryString, queryVersion };
}
