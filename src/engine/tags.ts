import { limits } from '../protocol/limits.ts';
import { type Account, parseArn } from '../protocol/names.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import type { Tag } from '../protocol/tags.ts';
import type { CommandOf } from './commands.ts';
import type { EngineView, Tags } from './state.ts';
import type { World } from './world.ts';

/** Shared by the many that have none. */
export const noTags: Tags = new Map();

/** Those there were with the given ones set; a tag without a value has the empty one. */
export function tagsFrom(before: Tags, given: readonly Tag[] | undefined): Tags {
  if (given === undefined || given.length === 0) return before;
  return new Map([...before, ...given.map(({ Key, Value = '' }) => [Key, Value] as const)]);
}

/** Overwrites equal keys (reference §7.3). */
export function tagResource(
  world: World,
  { resourceArn, tags }: CommandOf<'tag-resource'>,
): Reply<undefined> {
  const holder = findHolder<{ tags: Tags }>(world, resourceArn);
  if (!holder.ok) return holder;
  const after = tagsFrom(holder.value.tags, tags);
  if (after.size > limits.tagsMax) {
    return rejected('LimitExceeded', `The limit is ${limits.tagsMax} tags per resource.`);
  }
  holder.value.tags = after;
  return accepted(undefined);
}

/** Keys that are not there are ignored (reference §7.3). */
export function untagResource(
  world: World,
  { resourceArn, tagKeys }: CommandOf<'untag-resource'>,
): Reply<undefined> {
  const holder = findHolder<{ tags: Tags }>(world, resourceArn);
  if (!holder.ok) return holder;
  const { tags } = holder.value;
  holder.value.tags = new Map([...tags].filter(([key]) => !tagKeys.includes(key)));
  return accepted(undefined);
}

/** A resource has few enough tags for one page. */
export function listTags(
  view: EngineView,
  resourceArn: string,
): Reply<{ readonly tags: readonly Tag[] }> {
  const holder = findHolder<{ readonly tags: Tags }>(view, resourceArn);
  if (!holder.ok) return holder;
  return accepted({ tags: [...holder.value.tags].map(([Key, Value]) => ({ Key, Value })) });
}

interface Holders<T> {
  readonly account: Account;
  readonly jobs: ReadonlyMap<string, T>;
  readonly templates: ReadonlyMap<string, T>;
  readonly groups: ReadonlyMap<string, T>;
  readonly identity: { readonly policies: ReadonlyMap<string, T> };
}

/** Jobs, job templates, groups and policies carry tags; things, as on AWS, do not. */
function findHolder<T>(holders: Holders<T>, resourceArn: string): Reply<T> {
  const arn = parseArn(resourceArn);
  const byKind = new Map([
    ['job', holders.jobs],
    ['jobtemplate', holders.templates],
    ['thinggroup', holders.groups],
    ['policy', holders.identity.policies],
  ]);
  const places = byKind.get(arn?.kind ?? '');
  if (arn === undefined || places === undefined) {
    return rejected('InvalidRequest', `${resourceArn} is not the ARN of a resource with tags.`);
  }
  const { partition, region, accountId } = holders.account;
  const isOurs =
    arn.partition === partition && arn.region === region && arn.accountId === accountId;
  const holder = isOurs ? places.get(arn.name) : undefined;
  return holder === undefined
    ? rejected('ResourceNotFound', `Resource ${resourceArn} not found.`)
    : accepted(holder);
}
