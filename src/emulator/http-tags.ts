import { listTags } from '../engine/tags.ts';
import { limits } from '../protocol/limits.ts';
import { controlPlane } from '../protocol/service-model.ts';
import { type Tag, tagViolations } from '../protocol/tags.ts';
import { findViolations, type Violation } from '../protocol/validation.ts';
import type { PlaneApi } from './http-api.ts';
import type { Service } from './service.ts';

interface TagResourceInput {
  readonly resourceArn: string;
  readonly tags: readonly Tag[];
}

interface UntagResourceInput {
  readonly resourceArn: string;
  readonly tagKeys: readonly string[];
}

/** Tags on what is there already, and the checks of tags that come with a new group or policy (reference §7.3). */
export function tagApi(service: Service): PlaneApi {
  return {
    handlers: {
      TagResource: (input: TagResourceInput) => service.call({ type: 'tag-resource', ...input }),
      UntagResource: (input: UntagResourceInput) =>
        service.call({ type: 'untag-resource', ...input }),
      ListTagsForResource: ({ resourceArn }: { resourceArn: string }) =>
        listTags(service.view, resourceArn),
    },
    violations: {
      TagResource: tagCheck('TagResourceRequest'),
      CreateThingGroup: tagCheck('CreateThingGroupRequest', limits.tagsMax),
      CreateDynamicThingGroup: tagCheck('CreateDynamicThingGroupRequest', limits.tagsMax),
      CreatePolicy: tagCheck('CreatePolicyRequest', limits.tagsMax),
    },
  };
}

function tagCheck(shape: string, most?: number): (input: object) => Violation[] {
  return (input) => {
    const violations = findViolations(controlPlane, shape, input);
    const { tags } = input as { readonly tags?: readonly Tag[] };
    return violations.length > 0 ? violations : [...tagViolations(tags, most)];
  };
}
