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
import type { Handler } from './http-api.ts';
import { type PageInput, pageOf } from './page-token.ts';
import type { Service } from './service.ts';

interface AttributePayload {
  readonly attributes?: Readonly<Record<string, string>>;
}

interface CreateThingInput {
  readonly thingName: string;
  readonly thingTypeName?: string;
  readonly attributePayload?: AttributePayload;
  readonly billingGroupName?: string;
}

interface CreateThingGroupInput {
  readonly thingGroupName: string;
  readonly parentGroupName?: string;
  readonly thingGroupProperties?: {
    readonly thingGroupDescription?: string;
    readonly attributePayload?: AttributePayload;
  };
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
}

/** Things and static thing groups (reference §7.4, §7.5). */
export function registryHandlers(service: Service): Readonly<Record<string, Handler>> {
  return {
    CreateThing: (input: CreateThingInput) => {
      const { thingName, thingTypeName, attributePayload, billingGroupName } = input;
      if (billingGroupName !== undefined) {
        return rejected('InvalidRequest', 'Billing groups are not modelled yet.');
      }
      return service.call({
        type: 'create-thing',
        thingName,
        ...(thingTypeName === undefined ? {} : { thingTypeName }),
        attributes: attributePayload?.attributes ?? {},
      });
    },
    DescribeThing: (input: { thingName: string }) => describeThing(service.view, input.thingName),
    ListThings: (input: ListThingsFilter & PageInput) =>
      listThings(service.view, input, pageOf(input)),
    DeleteThing: (input: { thingName: string; expectedVersion?: number }) =>
      service.call({ type: 'delete-thing', ...input }),
    ListThingGroupsForThing: (input: { thingName: string } & PageInput) =>
      listGroupsForThing(service.view, input.thingName, pageOf(input)),

    CreateThingGroup: (input: CreateThingGroupInput) => {
      const { thingGroupName, parentGroupName, thingGroupProperties = {} } = input;
      const { thingGroupDescription, attributePayload } = thingGroupProperties;
      return service.call({
        type: 'create-group',
        groupName: thingGroupName,
        ...(parentGroupName === undefined ? {} : { parentGroupName }),
        ...(thingGroupDescription === undefined ? {} : { description: thingGroupDescription }),
        attributes: attributePayload?.attributes ?? {},
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
    AddThingToThingGroup: (input: MembershipInput) =>
      changeMembership(service, 'join-group', input),
    RemoveThingFromThingGroup: (input: MembershipInput) =>
      changeMembership(service, 'leave-group', input),
  };
}

function changeMembership(
  service: Service,
  type: 'join-group' | 'leave-group',
  input: MembershipInput,
): Reply<undefined> {
  const group = nameFrom('thingGroup', 'thinggroup', input.thingGroupName, input.thingGroupArn);
  if (!group.ok) return group;
  const thing = nameFrom('thing', 'thing', input.thingName, input.thingArn);
  if (!thing.ok) return thing;
  return service.call({ type, thingName: thing.value, groupName: group.value });
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
