import type { Tag } from '@aws-sdk/client-iot';

/** The attribute that things and groups of a run carry: AWS has no tags for things. */
const attribute = 'fleetrig-run';

export interface Run {
  readonly runId: string;
  readonly prefix: string;
}

/** Of everything AWS has tags for: groups, jobs, policies. */
export function runTags({ runId, prefix }: Run): Tag[] {
  return [
    // A run id may have characters that a tag's value may not.
    {
      Key: 'fleetrig:run',
      Value: runId.replaceAll(/[^\p{L}\p{N}_.:/=+\-@ ]/gu, '_').slice(0, 256),
    },
    { Key: 'fleetrig:prefix', Value: prefix },
  ];
}

export function isTagged(tags: readonly Tag[] | undefined, prefix: string): boolean {
  return tags?.some(({ Key, Value }) => Key === 'fleetrig:prefix' && Value === prefix) ?? false;
}

export function runAttributes(prefix: string): Record<string, string> {
  return { [attribute]: markOf(prefix) };
}

export function isMarked(
  attributes: Readonly<Record<string, string>> | undefined,
  prefix: string,
): boolean {
  return attributes?.[attribute] === markOf(prefix);
}

function markOf(prefix: string): string {
  return prefix.replace(/-$/, '');
}
