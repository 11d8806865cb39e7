import { isDeepStrictEqual } from 'node:util';

/** A value that the two scenarios set differently; undefined where one does not set it. */
export interface SettingDifference {
  /** `fleet.cohorts[1].share` */
  readonly path: string;
  readonly base: unknown;
  readonly head: unknown;
}

type Setting = Readonly<Record<string, unknown>>;

/** Every value that differs, at the innermost place that still names it. */
export function settingDifferences(base: unknown, head: unknown, path = ''): SettingDifference[] {
  if (isDeepStrictEqual(base, head)) return [];
  if (Array.isArray(base) && Array.isArray(head)) {
    return Array.from({ length: Math.max(base.length, head.length) }, (_, index) => index).flatMap(
      (index) => settingDifferences(base[index], head[index], `${path}[${index}]`),
    );
  }
  if (isSetting(base) && isSetting(head)) {
    return [...new Set([...Object.keys(base), ...Object.keys(head)])].flatMap((key) =>
      settingDifferences(base[key], head[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return [{ path, base, head }];
}

/**
 * What a setting decides: `draws` the fate of every single thing (with the seed), `plan` what is done to
 * them, `conditions` how it is measured, `words` nothing that happens.
 */
export type SettingKind = 'draws' | 'plan' | 'conditions' | 'words';

const kinds: readonly (readonly [pattern: RegExp, kind: SettingKind])[] = [
  [/^(name|description|expect|harness|predict)\b/, 'words'],
  [/^fleet\.(workers|client|connect|keepAlive)\b|^(clock|target)\b/, 'conditions'],
  [/^fleet\b/, 'draws'],
];

/** What nobody thought of counts as part of the plan. */
export function settingKind(path: string): SettingKind {
  return kinds.find(([pattern]) => pattern.test(path))?.[1] ?? 'plan';
}

function isSetting(value: unknown): value is Setting {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
