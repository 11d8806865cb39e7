/** One place at which two payloads differ; undefined stands for a field that is not there. */
export interface FieldDifference {
  /** `execution.status`, `jobs.QUEUED[].versionNumber`. */
  readonly path: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** Every place at which two JSON values differ, in the order of their fields. */
export function differencesOf(a: unknown, b: unknown, path = ''): FieldDifference[] {
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return [{ path: `${path}.length`, a: a.length, b: b.length }];
    return a.flatMap((item, index) => differencesOf(item, b[index], `${path}[]`));
  }
  if (isObject(a) && isObject(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return keys.flatMap((key) =>
      differencesOf(a[key], b[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return a === b ? [] : [{ path, a, b }];
}

/** Every leaf of a JSON value by its path, in order; an empty list or object is a leaf. */
export function leavesOf(value: unknown, path = ''): [string, unknown][] {
  if (Array.isArray(value) && value.length > 0) {
    return value.flatMap((item, index) => leavesOf(item, `${path}[${index}]`));
  }
  if (isObject(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, member]) =>
      leavesOf(member, path === '' ? key : `${path}.${key}`),
    );
  }
  return [[path, value]];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
