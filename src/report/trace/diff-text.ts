import { type TextOptions, TextPage } from '../text-page.ts';
import { counted, formatCount, formatInstant } from '../wording.ts';
import type { Divergence, Side } from './divergence.ts';
import { type FieldDifference, leavesOf } from './payload-difference.ts';
import type { TraceDiff } from './trace-diff.ts';

/** Fields of the first divergence that are the same on both sides; a job document may be long. */
const sameFieldsMax = 30;
/** Of one value; `--json` has all of it. */
const valueLengthMax = 40;
const rowsMax = 20;

/** Two recordings side by side, for a terminal. */
export function renderDiffText(diff: TraceDiff, options: TextOptions): string[] {
  const page = new TextPage(options);
  const { first, jobs, things, messages } = diff;
  const mark = options.isUnicode ? { same: '✓', other: '✗' } : { same: '+', other: 'x' };
  page.title(first === undefined ? 'THE SAME' : 'DIFFERENT');
  if (first === undefined) page.item('good', mark.same, 'nothing differs');
  else page.item('bad', mark.other, `first ${atInstant(first.t)}: ${tellDivergence(first)}`);
  const counts = [
    `${formatCount(jobs.diverging)} of ${counted(jobs.compared, 'job')}`,
    `${formatCount(things.diverging)} of ${counted(things.compared, 'thing')} differ`,
  ].join(' and ');
  const compared = `${formatCount(messages.a)} and ${formatCount(messages.b)} messages compared`;
  page.item('faint', options.isUnicode ? '·' : '-', `${counts}; ${compared}`);
  for (const remark of diff.remarks) page.item('warning', '!', remark);
  if (first === undefined) return page.lines;
  page.title('THE FIRST, SIDE BY SIDE');
  page.table(['', 'a', 'b', ''], sideBySide(first, options.isUnicode ? '≠' : '!='));
  if (diff.jobDivergences.length > 1) {
    page.title('JOBS');
    page.table(
      ['', 'first at'],
      shortened(diff.jobDivergences.map((each) => [tellDivergence(each), at(each.t)])),
    );
  }
  page.title('KINDS');
  page.table(
    ['', 'things', 'times', 'first at'],
    shortened(
      diff.kinds.map(({ kind, subjects, occurrences, first: { t } }) => [
        kind,
        formatCount(subjects),
        formatCount(occurrences),
        at(t),
      ]),
    ),
  );
  return page.lines;
}

/** `job fw: CANCELED: trip.executed`, `pump-007: only in a: out fw/update`. */
function tellDivergence({ job, thing, kind }: Divergence): string {
  return job === undefined ? `${thing}: ${kind}` : `job ${job}: ${kind}`;
}

function shortened(rows: readonly string[][]): string[][] {
  if (rows.length <= rowsMax) return [...rows];
  return [...rows.slice(0, rowsMax), [`… and ${formatCount(rows.length - rowsMax)} more`]];
}

function sideBySide({ a, b, fields }: Divergence, unequal: string): string[][] {
  const left = new Map(leavesOf(a?.payload ?? {}));
  const right = new Map(leavesOf(b?.payload ?? {}));
  const differs = (path: string) => fields.some((field) => covers(field, path));
  let same = 0;
  let hidden = 0;
  const rows = [...new Set([...left.keys(), ...right.keys()])].flatMap((path) => {
    if (!differs(path) && ++same > sameFieldsMax) {
      hidden++;
      return [];
    }
    const values = [left, right].map((side) => (side.has(path) ? tellValue(side.get(path)) : '-'));
    return [[path, ...values, differs(path) ? unequal : '']];
  });
  return [
    ['', a?.title ?? 'nothing', b?.title ?? 'nothing', a?.title === b?.title ? '' : unequal],
    ['at', instantOf(a), instantOf(b), ''],
    ...rows,
    ...(hidden === 0 ? [] : [[`… and ${counted(hidden, 'field')} more`]]),
  ];
}

/** Whether a difference at one place, or the length of a list, is about this leaf. */
function covers({ path }: FieldDifference, leaf: string): boolean {
  const generic = leaf.replaceAll(/\[\d+\]/g, '[]');
  const below = path.endsWith('.length') ? path.slice(0, -'.length'.length) : path;
  const isBelow = [`${below}.`, `${below}[`].some((start) => generic.startsWith(start));
  return generic === below || isBelow;
}

function tellValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '-');
  return text.length <= valueLengthMax ? text : `${text.slice(0, valueLengthMax - 1)}…`;
}

function instantOf(side: Side | undefined): string {
  return side === undefined ? '-' : at(side.t);
}

function atInstant(t: number): string {
  return t < 0 ? at(t) : `at ${at(t)}`;
}

function at(t: number): string {
  return formatInstant(t / 1000);
}
