import type { RuleRequest } from '../engine/commands.ts';
import type { Tag } from '../protocol/tags.ts';
import type { Handler } from './http-api.ts';
import { type GroupProperties, propertiesOf, propertyChangesOf } from './registry-input.ts';
import type { Service } from './service.ts';

interface CreateInput extends RuleRequest {
  readonly thingGroupName: string;
  readonly queryString: string;
  readonly thingGroupProperties?: GroupProperties;
  readonly tags?: readonly Tag[];
}

interface UpdateInput extends RuleRequest {
  readonly thingGroupName: string;
  readonly thingGroupProperties: GroupProperties;
  readonly expectedVersion?: number;
}

interface DeleteInput {
  readonly thingGroupName: string;
  readonly expectedVersion?: number;
}

/** Groups whose things a query finds (reference §7.5). */
export function dynamicGroupHandlers(service: Service): Readonly<Record<string, Handler>> {
  return {
    CreateDynamicThingGroup: (input: CreateInput) => {
      const { thingGroupName, thingGroupProperties, tags, ...rule } = input;
      return service.call({
        type: 'create-dynamic-group',
        groupName: thingGroupName,
        rule,
        ...propertiesOf(thingGroupProperties),
        ...(tags === undefined ? {} : { tags }),
      });
    },
    UpdateDynamicThingGroup: (input: UpdateInput) => {
      const { thingGroupName, thingGroupProperties, expectedVersion, ...rule } = input;
      return service.call({
        type: 'update-dynamic-group',
        groupName: thingGroupName,
        rule,
        ...propertyChangesOf(thingGroupProperties),
        ...(expectedVersion === undefined ? {} : { expectedVersion }),
      });
    },
    DeleteDynamicThingGroup: ({ thingGroupName, ...rest }: DeleteInput) =>
      service.call({ type: 'delete-dynamic-group', groupName: thingGroupName, ...rest }),
  };
}
