import { type Divergence, divergenceOf, type Side, tellField } from './divergence.ts';
import { differencesOf } from './payload-difference.ts';
import type { JobLine } from './trace-line.ts';

/** States a job does not leave. The others may have come and gone between two looks. */
const lasting = new Set(['COMPLETED', 'CANCELED', 'DELETED']);

/** Where the courses of a job part in two recordings, each in order of time. */
export function compareJob(
  job: string,
  left: readonly JobLine[],
  right: readonly JobLine[],
): Divergence[] {
  return Array.from(aligned(left, right)).flatMap(([a, b]) => {
    if (a !== undefined && b !== undefined && isSame(a, b)) return compareLines(job, a, b);
    const alone = a === undefined ? b : b === undefined ? a : undefined;
    return alone !== undefined && isPassing(alone) ? [] : [differing(job, a, b)];
  });
}

function* aligned(
  left: readonly JobLine[],
  right: readonly JobLine[],
): Generator<readonly [JobLine | undefined, JobLine | undefined]> {
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const a = left[i];
    const b = right[j];
    const whose = whoseTurn(a, b);
    if (whose !== 'b') i++;
    if (whose !== 'a') j++;
    yield [whose === 'b' ? undefined : a, whose === 'a' ? undefined : b];
  }
}

/** The end of a recording stands against that of the other: what comes before it, one has alone. */
function whoseTurn(a: JobLine | undefined, b: JobLine | undefined): 'a' | 'b' | 'both' {
  if (a === undefined) return 'b';
  if (b === undefined) return 'a';
  if (isSame(a, b)) return 'both';
  if (isPassing(a) || b.what === 'end') return 'a';
  return isPassing(b) || a.what === 'end' ? 'b' : 'both';
}

function isSame(a: JobLine, b: JobLine): boolean {
  return a.what === b.what && (a.what === 'end' || a.status === b.status);
}

function isPassing({ what, status }: JobLine): boolean {
  return what === 'state' && !lasting.has(status ?? '');
}

function compareLines(job: string, a: JobLine, b: JobLine): Divergence[] {
  const fields = differencesOf(factsOf(a, b), factsOf(b, a));
  if (fields.length === 0) return [];
  const kind = `${tellWhat(a)}: ${fields.map(tellField).join(', ')}`;
  return [divergenceOf({ job }, kind, sideOf(a), sideOf(b), fields)];
}

/** What both services tell. An emulator of our own knows the trip itself; of others a list must do. */
function factsOf({ status, reasonCode, executions, trip, completed }: JobLine, other: JobLine) {
  const standing = trip === undefined || other.trip === undefined ? { completed } : { trip };
  const all = { status, reasonCode, executions, ...standing };
  return Object.fromEntries(
    Object.entries(all).filter(
      ([key, value]) =>
        value !== undefined && (key === 'reasonCode' || other[key as keyof JobLine] !== undefined),
    ),
  );
}

function differing(job: string, a: JobLine | undefined, b: JobLine | undefined): Divergence {
  const kind =
    a === undefined
      ? `only in b: ${b && tellWhat(b)}`
      : b === undefined
        ? `only in a: ${tellWhat(a)}`
        : `${tellWhat(a)} ≠ ${tellWhat(b)}`;
  return divergenceOf({ job }, kind, a && sideOf(a), b && sideOf(b));
}

function sideOf(line: JobLine): Side {
  const { type: _, job: __, t, what: ___, ...payload } = line;
  return { t, title: tellWhat(line), payload };
}

function tellWhat({ what, status }: JobLine): string {
  return status === undefined || what === 'end' ? what : status;
}
