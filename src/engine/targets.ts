import { type Arn, type ArnKind, isThingName, parseArn } from '../protocol/names.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import { compareText } from './directory.ts';
import { noThing } from './lookup.ts';
import { ancestryOf, groupTree, noGroup } from './registry-queries.ts';
import type { Group, Job, Thing } from './state.ts';
import type { World } from './world.ts';

/** The names behind target ARNs, in the order of the request. */
export interface ParsedTargets {
  readonly names: readonly { readonly kind: 'thing' | 'thinggroup'; readonly name: string }[];
}

/** Things and groups of this account and region; anything else is InvalidRequest (register C25). */
export function parseTargets(world: World, targets: readonly string[]): Reply<ParsedTargets> {
  const names: ParsedTargets['names'][number][] = [];
  for (const target of targets) {
    const kind = parseArn(target)?.kind === 'thing' ? 'thing' : 'thinggroup';
    const arn = ownArn(world, target, kind);
    if (arn === undefined || !isThingName(arn.name)) {
      return rejected(
        'InvalidRequest',
        `Target ${target} is not the ARN of a thing or thing group of this account and region.`,
      );
    }
    names.push({ kind, name: arn.name });
  }
  return accepted({ names });
}

/** The parts of an ARN, if it names something of that kind in this account and region. */
export function ownArn(
  { account }: Pick<World, 'account'>,
  text: string,
  kind: ArnKind,
): Arn | undefined {
  const arn = parseArn(text);
  const isOurs =
    arn?.partition === account.partition &&
    arn.region === account.region &&
    arn.accountId === account.accountId;
  return isOurs && arn.kind === kind ? arn : undefined;
}

/** ResourceNotFound for the first target that does not exist. */
export function findMissingTarget(world: World, { names }: ParsedTargets) {
  for (const { kind, name } of names) {
    if (kind === 'thing' && !world.things.has(name)) return noThing(name);
    if (kind === 'thinggroup' && !world.groups.has(name)) return noGroup(name);
  }
  return undefined;
}

/** The things behind the targets in release order: as the targets are given, within a group by name. */
export function* resolveTargets(world: World, { names }: ParsedTargets): Generator<string> {
  for (const { kind, name } of names) {
    const group = kind === 'thinggroup' ? world.groups.get(name) : undefined;
    if (kind === 'thing') yield name;
    else if (group !== undefined) for (const thing of thingsOf(world, group)) yield thing.thingName;
  }
}

/** Whether the thing is a target of the job today, by itself or through its groups. */
export function covers(world: World, job: Job, thingName: string): boolean {
  const thing = world.things.get(thingName);
  if (thing === undefined) return false;
  return (
    job.targetThings.has(thingName) ||
    thing.groupNames.some((groupName) => isTargetGroup(job, ancestryOf(world, groupName)))
  );
}

/** Whether one of these groups is a target. */
export function isTargetGroup(job: Job, ancestry: readonly string[]): boolean {
  return ancestry.some((groupName) => job.targetGroups.has(groupName));
}

function thingsOf(world: World, group: Group): readonly Thing[] {
  if (group.childNames.size === 0) return group.things.sorted();
  return [...groupTree(world, group)]
    .flatMap(({ things }) => things.sorted())
    .sort((a, b) => compareText(a.thingName, b.thingName));
}
