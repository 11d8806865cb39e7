import type { DocumentParameter } from './managed-templates.ts';
import { accepted, type Reply, rejected } from './rejections.ts';

export type Parameters = Readonly<Record<string, string>>;

/** Every required one given, none unknown, each as its pattern wants it (reference §7.1, §8.3). */
export function checkParameters(
  wanted: readonly DocumentParameter[],
  given: Parameters,
): Reply<undefined> {
  const unknown = Object.keys(given).find((key) => !wanted.some((each) => each.key === key));
  if (unknown !== undefined) {
    return rejected('InvalidRequest', `The job template has no document parameter ${unknown}.`);
  }
  for (const { key, regex, optional } of wanted) {
    const value = ownValue(given, key);
    if (value === undefined) {
      if (optional) continue;
      return rejected('InvalidRequest', `Document parameter ${key} must be given.`);
    }
    if (!new RegExp(`^(?:${regex})$`, 'u').test(value)) {
      return rejected(
        'InvalidRequest',
        `Document parameter ${key} must satisfy regular expression pattern: ${regex}`,
      );
    }
  }
  return accepted(undefined);
}

/**
 * The JSON text with `${aws:iot:parameter:…}` filled in. A member or list entry whose text names a
 * parameter that was not given is left out (reference §8.3).
 */
export function substituteParameters(documentText: string, given: Parameters): string {
  return JSON.stringify(substitute(JSON.parse(documentText), given) ?? {});
}

const placeholder = /\$\{aws:iot:parameter:([a-zA-Z0-9_-]+)\}/g;

/** Undefined when the value is to be left out. Only documents of managed templates come here, and those are flat. */
function substitute(value: unknown, given: Parameters): unknown {
  if (typeof value === 'string') return substituteText(value, given);
  if (Array.isArray(value)) {
    return value.map((item) => substitute(item, given)).filter((item) => item !== undefined);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, substitute(item, given)] as const)
      .filter(([, item]) => item !== undefined),
  );
}

function substituteText(text: string, given: Parameters): string | undefined {
  let isWhole = true;
  const filled = text.replace(placeholder, (_, key: string) => {
    const value = ownValue(given, key);
    if (value === undefined) isWhole = false;
    return value ?? '';
  });
  return isWhole ? filled : undefined;
}

function ownValue(given: Parameters, key: string): string | undefined {
  return Object.hasOwn(given, key) ? given[key] : undefined;
}
