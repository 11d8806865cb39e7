import type { Summary } from './summary.ts';
import { counted, formatCount, formatSeconds } from './wording.ts';

type Cloud = NonNullable<Summary['cloud']>;

export const cloudHeadings = ['API call', 'calls', 'throttled', 'failed', 'waited'] as const;

/** What each operation of the control plane was asked for, in order of name; all of them together last. */
export function cloudRows({ apiCalls }: Cloud): string[][] {
  const sum = (of: (call: Cloud['apiCalls'][number]) => number) =>
    apiCalls.reduce((total, call) => total + of(call), 0);
  return [
    ...apiCalls,
    {
      operation: 'total',
      calls: sum(({ calls }) => calls),
      throttled: sum(({ throttled }) => throttled),
      failed: sum(({ failed }) => failed),
      waitedSeconds: sum(({ waitedSeconds }) => waitedSeconds),
    },
  ].map(({ operation, calls, throttled, failed, waitedSeconds }) => [
    operation,
    formatCount(calls),
    formatCount(throttled),
    formatCount(failed),
    formatSeconds(waitedSeconds),
  ]);
}

/** What that table means, and what it does not hold. */
export function cloudNotes(cloud: Cloud): string[] {
  const calls =
    'waited: all calls together, for their turn within the rates of the account and after a refusal';
  const things = tellThingsWaited(cloud);
  return things === undefined ? [calls] : [calls, things];
}

/** What things had to wait for among themselves; undefined where none did. */
function tellThingsWaited({ things }: Cloud): string | undefined {
  if (things === undefined) return undefined;
  const { connectsWaitedSeconds, readsWaitedSeconds, writesWaitedSeconds, givenUp } = things;
  const waits = [
    ['to connect', connectsWaitedSeconds],
    ['to read', readsWaitedSeconds],
    ['to write', writesWaitedSeconds],
  ] as const;
  const parts = waits
    .filter(([, seconds]) => seconds > 0)
    .map(([what, seconds]) => `${formatSeconds(seconds)} ${what}`);
  if (parts.length === 0 && givenUp === 0) return undefined;
  const unsent = givenUp === 0 ? [] : [`gave ${counted(givenUp, 'request')} up in line`];
  return `within the rates of the account things waited ${[...parts, ...unsent].join(', ')}, all together`;
}

/** What became of all that the run made, in words; what is left comes one by one in `cloud.left`. */
export function tellRemoval({ isKept, left, prefix, removed }: Cloud): string {
  if (isKept) return `all of ${prefix}* is kept; fleetrig cleanup removes it`;
  const gone = `removed ${tellResources(removed)}`;
  return left.length === 0
    ? `${gone}; nothing of ${prefix}* is left`
    : `${gone}; ${counted(left.length, 'resource')} of ${prefix}* could not be removed, fleetrig cleanup tries again`;
}

/** `200 things, 1 policy`; kinds as in `cloud.removed`. */
export function tellResources(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([kind, count]) =>
    kind === 'keys' ? kind : counted(count, kind, kind.replace(/y$/, 'ie').concat('s')),
  );
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}
