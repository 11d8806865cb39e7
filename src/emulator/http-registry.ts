import {
  describeGroup,
  describeThing,
  type ListGroupsFilter,
  type ListThingsFilter,
  listGroups,
  listGroupsForThing,
  listThings,
  listThingsInGroup,
} from '../engine/registry-queries.ts';
import { parseArn } from '../protocol/names.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import type { Tag } from '../protocol/tags.ts';
import type { Handler } from './http-api.ts';
import { type PageInput, pageOf } from './page-token.ts';
import {
  type AttributePayload,
  attributeChangeOf,
  type GroupProperties,
  propertiesOf,
  propertyChangesOf,
} from './registry-input.ts';
import type { Service } from './service.ts';

interface CreateThingInput {
  readonly thingName: string;
  readonly thingTypeName?: string;
  readonly attributePayload?: AttributePayload;
  readonly billingGroupName?: string;
}

interface CreateThingGroupInput {
  readonly thingGroupName: string;
  readonly parentGroupName?: string;
  readonly thingGroupProperties?: GroupProperties;
  readonly tags?: readonly Tag[];
}

interface UpdateThingInput {
  readonly thingName: string;
  readonly thingTypeName?: string;
  readonly attributePayload?: AttributePayload;
  readonly expectedVersion?: number;
  readonly removeThingType?: boolean;
}

interface UpdateThingGroupInput {
  readonly thingGroupName: string;
  readonly thingGroupProperties: GroupProperties;
  readonly expectedVersion?: number;
}

interface UpdateGroupsForThingInput {
  readonly thingName?: string;
  readonly thingGroupsToAdd?: readonly string[];
  readonly thingGroupsToRemove?: readonly string[];
  readonly overrideDynamicGroups?: boolean;
}

interface DeleteThingGroupInput {
  readonly thingGroupName: string;
  readonly expectedVersion?: number;
}

/** Thing and group by name, by ARN, or by both when they agree (reference §7.5). */
interface MembershipInput {
  readonly thingGroupName?: string;
  readonly thingGroupArn?: string;
  readonly thingName?: string;
  readonly thingArn?: string;
  /** Of AddThingToThingGroup only. */
  readonly overrideDynamicGroups?: boolean;
}

/** Things and the groups they are put into (reference §7.4, §7.5). */
export function registryHandlers(service: Service): Readonly<Record<string, Handler>> {
  return {
    CreateThing: (input: CreateThingInput) => {
      const { thingName, thingTypeName, attributePayload, billingGroupName } = input;
      return service.call({
        type: 'create-thing',
        thingName,
        ...(thingTypeName === undefined ? {} : { thingTypeName }),
        ...(billingGroupName === undefined ? {} : { billingGroupName }),
        attributes: attributePayload?.attributes ?? {},
      });
    },
    UpdateThing: ({ attributePayload, ...rest }: UpdateThingInput) =>
      service.call({ type: 'update-thing', ...rest, ...attributeChangeOf(attributePayload) }),
    DescribeThing: (input: { thingName: string }) => describeThing(service.view, input.thingName),
    ListThings: (input: ListThingsFilter & PageInput) =>
      listThings(service.view, input, pageOf(input)),
    DeleteThing: (input: { thingName: string; expectedVersion?: number }) =>
      service.call({ type: 'delete-thing', ...input }),
    ListThingGroupsForThing: (input: { thingName: string } & PageInput) =>
      listGroupsForThing(service.view, input.thingName, pageOf(input)),

    CreateThingGroup: (input: CreateThingGroupInput) => {
      const { thingGroupName, parentGroupName, thingGroupProperties, tags } = input;
      return service.call({
        type: 'create-group',
        groupName: thingGroupName,
        ...(parentGroupName === undefined ? {} : { parentGroupName }),
        ...propertiesOf(thingGroupProperties),
        ...(tags === undefined ? {} : { tags }),
      });
    },
    UpdateThingGroup: (input: UpdateThingGroupInput) => {
      const { thingGroupName, thingGroupProperties, ...rest } = input;
      return service.call({
        type: 'update-group',
        groupName: thingGroupName,
        ...propertyChangesOf(thingGroupProperties),
        ...rest,
      });
    },
    DescribeThingGroup: (input: { thingGroupName: string }) =>
      describeGroup(service.view, input.thingGroupName),
    ListThingGroups: (input: ListGroupsFilter & PageInput) =>
      listGroups(service.view, input, pageOf(input)),
    DeleteThingGroup: ({ thingGroupName, ...rest }: DeleteThingGroupInput) =>
      service.call({ type: 'delete-group', groupName: thingGroupName, ...rest }),
    ListThingsInThingGroup: (input: { thingGroupName: string; recursive?: boolean } & PageInput) =>
      listThingsInGroup(
        service.view,
        input.thingGroupName,
        input.recursive ?? false,
        pageOf(input),
      ),
    AddThingToThingGroup: ({ overrideDynamicGroups = false, ...input }: MembershipInput) => {
      const membership = readMembership(input);
      return membership.ok
        ? service.call({ type: 'join-group', ...membership.value, overrideDynamicGroups })
        : membership;
    },
    RemoveThingFromThingGroup: (input: MembershipInput) => {
      const membership = readMembership(input);
      return membership.ok
        ? service.call({ type: 'leave-group', ...membership.value })
        : membership;
    },
    UpdateThingGroupsForThing: (input: UpdateGroupsForThingInput) => {
      const { thingName, thingGroupsToAdd = [], thingGroupsToRemove = [] } = input;
      if (thingName === undefined) return rejected('InvalidRequest', 'thingName must be given.');
      return service.call({
        type: 'update-memberships',
        thingName,
        groupsToAdd: thingGroupsToAdd,
        groupsToRemove: thingGroupsToRemove,
        overrideDynamicGroups: input.overrideDynamicGroups ?? false,
      });
    },
  };
}

function readMembership(
  input: MembershipInput,
): Reply<{ readonly thingName: string; readonly groupName: string }> {
  const group = nameFrom('thingGroup', 'thinggroup', input.thingGroupName, input.thingGroupArn);
  if (!group.ok) return group;
  const thing = nameFrom('thing', 'thing', input.thingName, input.thingArn);
  if (!thing.ok) return thing;
  return accepted({ thingName: thing.value, groupName: group.value });
}

function nameFrom(
  member: 'thing' | 'thingGroup',
  kind: 'thing' | 'thinggroup',
  name: string | undefined,
  arnText: string | undefined,
): Reply<string> {
  if (arnText === undefined) {
    return name === undefined
      ? rejected('InvalidRequest', `${member}Name or ${member}Arn must be given.`)
      : accepted(name);
  }
  const arn = parseArn(arnText);
  if (arn?.kind !== kind) {
    return rejected('InvalidRequest', `${member}Arn '${arnText}' is not the ARN of a ${kind}.`);
  }
  if (name !== undefined && name !== arn.name) {
    return rejected('InvalidRequest', `${member}Name and ${member}Arn do not agree.`);
  }
  return accepted(arn.name);
}
