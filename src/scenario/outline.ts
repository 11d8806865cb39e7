import { parseDuration } from '../base/duration.ts';
import { thingNameOf } from '../device/population.ts';
import type { Path } from './problem.ts';
import { defaults, timelineActions } from './schema.ts';

interface Named {
  readonly name: string;
  readonly path: Path;
}

/** Things that join or leave, in the order of the file. */
export interface TimelineOutline {
  readonly path: Path;
  readonly atMs: number | undefined;
  readonly action: string;
  readonly settings: unknown;
}

/**
 * What a scenario seems to say, read before it is known to be valid: enough to check its parts
 * against each other, so that one mistake does not hide the next. Whatever is unreadable is left out.
 */
export interface Outline {
  readonly isEmulator: boolean;
  /** Its settings as they were written, where the target is AWS. */
  readonly aws: unknown;
  readonly clockScale: unknown;
  readonly isTls: boolean;
  readonly stopAfterMs: number | undefined;
  readonly things: number | undefined;
  readonly thingName: string;
  readonly fleetGroup: string | undefined;
  readonly groups: readonly (Named & { readonly parent: string | undefined })[];
  readonly cohorts: readonly (Named & { readonly share: unknown })[];
  readonly hasProfile: boolean;
  readonly jobs: readonly (Named & { readonly atMs: number | undefined })[];
  readonly timeline: readonly TimelineOutline[];
  readonly expect: readonly (Named & { readonly text: string })[];
}

export function outlineOf(value: unknown): Outline {
  const fleet = member(value, 'fleet');
  const fleetGroup = groupAt(member(fleet, 'group'), ['fleet', 'group']);
  const groups = items(value, 'groups').map(({ item, path }) => groupAt(item, path));
  const cohorts = member(fleet, 'cohorts');
  const things = member(fleet, 'things');
  return {
    isEmulator: (member(value, 'target') ?? 'emulator') === 'emulator',
    aws: awsOf(member(value, 'target')),
    clockScale: member(member(value, 'clock'), 'scale'),
    isTls: member(fleet, 'tls') === true,
    stopAfterMs: durationOf(member(member(value, 'stop'), 'after') ?? defaults.stopAfter),
    things: Number.isSafeInteger(things) ? Number(things) : undefined,
    thingName: textOf(member(fleet, 'thingName')) ?? defaults.thingName,
    fleetGroup: fleetGroup?.name,
    groups: [fleetGroup, ...groups].filter((group) => group !== undefined),
    cohorts:
      cohorts === undefined ? [wholeFleet] : items(fleet, 'cohorts', ['fleet']).flatMap(cohort),
    hasProfile: member(fleet, 'profile') !== undefined,
    jobs: items(value, 'jobs').flatMap(job),
    timeline: items(value, 'timeline').flatMap(timelineEntry),
    expect: items(value, 'expect').flatMap(({ item, path }) =>
      typeof item === 'string' ? [{ name: item, text: item, path }] : [],
    ),
  };
}

function awsOf(target: unknown): unknown {
  return target === 'aws' ? {} : member(target, 'aws');
}

/** Index of the thing of that name; undefined when the pattern makes no such name. */
export function thingIndexOf(pattern: string, name: string): number | undefined {
  const [before = '', after = ''] = pattern.split(/\{index(?::0?\d+)?\}/);
  const digits = name.slice(before.length, name.length - after.length);
  const index = /^\d{1,7}$/.test(digits) ? Number(digits) : undefined;
  return index !== undefined && thingNameOf(pattern, index) === name ? index : undefined;
}

export function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

const wholeFleet = { name: defaults.cohort, share: '100%', path: ['fleet'] };

interface Item {
  readonly item: unknown;
  readonly path: Path;
}

function items(value: unknown, key: string, parent: Path = []): Item[] {
  const list = member(value, key);
  if (!Array.isArray(list)) return [];
  return list.map((item, index) => ({ item, path: [...parent, key, index] }));
}

function groupAt(value: unknown, path: Path) {
  if (typeof value === 'string') return { name: value, parent: undefined, path };
  const name = textOf(member(value, 'name'));
  if (name === undefined) return undefined;
  return { name, parent: textOf(member(value, 'parent')), path: [...path, 'name'] };
}

function cohort({ item, path }: Item) {
  const name = textOf(member(item, 'name'));
  const share = member(item, 'share');
  return name === undefined ? [] : [{ name, share, path: [...path, 'name'] }];
}

function job({ item, path }: Item) {
  const name = textOf(member(member(item, 'create'), 'jobId'));
  const atMs = durationOf(member(item, 'at') ?? '0s');
  return name === undefined ? [] : [{ name, atMs, path: [...path, 'create', 'jobId'] }];
}

function timelineEntry({ item, path }: Item): TimelineOutline[] {
  const atMs = durationOf(member(item, 'at'));
  return timelineActions
    .map((action) => ({ path: [...path, action], atMs, action, settings: member(item, action) }))
    .filter(({ settings }) => settings !== undefined);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function durationOf(value: unknown): number | undefined {
  return typeof value === 'string' ? parseDuration(value) : undefined;
}
