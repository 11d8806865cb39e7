import type { KnownNames, Unit } from '../metrics/catalog.ts';
import {
  type FigureValue,
  type NamedFigure,
  readFigure,
  readNumber,
  showFigure,
  type ThresholdProblem,
} from '../metrics/thresholds.ts';

const signs = ['==', '!=', '<=', '>=', '<', '>'] as const;
type Sign = (typeof signs)[number];

type Bound =
  /** Head minus base: in % of base, or in the base unit of the figure. */
  { readonly kind: 'relative' | 'absolute'; readonly change: number } | { readonly kind: 'same' };

/** One `--fail-on`: `<figure> <operator> <change>`. Plain data. */
export interface ChangeLimit {
  readonly text: string;
  readonly left: NamedFigure;
  readonly sign: Sign;
  readonly bound: Bound;
}

export type ParsedChangeLimit =
  | { readonly ok: true; readonly limit: ChangeLimit }
  | { readonly ok: false; readonly problem: ThresholdProblem };

/** How a limit came out. `error`: a run has no such figure, which counts like `met` and is never a pass. */
export interface JudgedLimit {
  readonly text: string;
  readonly result: 'met' | 'not met' | 'error';
  readonly detail: string;
}

const grammar = 'write <figure> <operator> <change>, for example latency.update.p99 > +10%';

/** Reads one limit; `known` are the names that the two runs are made of. */
export function parseChangeLimit(text: string, known: KnownNames): ParsedChangeLimit {
  const match = /^(\s*)([^\s=!<>]+)(\s*)(==|!=|<=|>=|<|>)(\s*)([^\s=].*?)\s*$/.exec(text);
  if (match === null) {
    return refuse({ message: 'not a limit', hint: grammar, offset: 0, length: text.length });
  }
  const [, lead = '', name = '', gap = '', sign = '', gapAfter = '', rest = ''] = match;
  const signAt = lead.length + name.length + gap.length;
  const restAt = signAt + sign.length + gapAfter.length;
  const left = readFigure(name, lead.length, known, 'these runs have');
  if ('message' in left) return refuse(left);
  const operator = signs.find((candidate) => candidate === sign) ?? '==';
  const bound = readBound(rest, operator, left);
  if ('message' in bound) {
    return refuse(
      bound.blames === 'operator'
        ? { ...bound, offset: signAt, length: sign.length }
        : { ...bound, offset: restAt, length: rest.length },
    );
  }
  return { ok: true, limit: { text: text.trim(), left, sign: operator, bound } };
}

function refuse(problem: ThresholdProblem): ParsedChangeLimit {
  const { message, hint, offset, length } = problem;
  return { ok: false, problem: { message, hint, offset, length } };
}

interface BoundProblem {
  readonly message: string;
  readonly hint: string;
  readonly blames: 'operator' | 'bound';
}

function readBound(text: string, sign: Sign, left: NamedFigure): Bound | BoundProblem {
  const isOrder = sign !== '==' && sign !== '!=';
  if (text === 'same') {
    return isOrder
      ? { message: `"${sign} same" says nothing`, hint: 'use == or !=', blames: 'operator' }
      : { kind: 'same' };
  }
  if (left.figure.kind !== 'number') {
    const message = `"${left.name}" is no number: it is the same or not`;
    return { message, hint: 'write != same', blames: 'bound' };
  }
  if (isOrder) return readChange(text, left, left.figure.unit);
  const message = `"${sign}" only goes with "same"`;
  return { message, hint: 'use <, <=, > or >=', blames: 'operator' };
}

function readChange(text: string, left: NamedFigure, unit: Unit): Bound | BoundProblem {
  const problem = (message: string, hint: string): BoundProblem => ({
    message,
    hint,
    blames: 'bound',
  });
  const [, direction, amount = ''] = /^([+-])(.*)$/.exec(text) ?? [];
  if (direction === undefined) {
    return problem(`"${text}" is a value and no change`, 'write for example +10% or -10%');
  }
  const factor = direction === '-' ? -1 : 1;
  const [, share] = /^(\d+(?:\.\d+)?)%$/.exec(amount) ?? [];
  if (share !== undefined) return { kind: 'relative', change: factor * Number(share) };
  if (unit === '%') {
    const [, points] = /^(\d+(?:\.\d+)?)pp$/.exec(amount) ?? [];
    return points === undefined
      ? problem(`"${text}" has no unit`, 'write +2pp for points, +2% for a share of base')
      : { kind: 'absolute', change: factor * Number(points) };
  }
  const literal = readNumber(amount, left, unit, (message, hint = '') => ({
    message,
    hint,
    offset: 0,
    length: 0,
  }));
  return 'message' in literal
    ? problem(literal.message, `${literal.hint}, with a sign; or +10%`)
    : { kind: 'absolute', change: factor * Number(literal.value) };
}

type Lookup = (figure: string) => FigureValue | undefined;

/** Judges plain numbers: whether a difference is within noise is told beside it, not asked here. */
export function judgeChange(limit: ChangeLimit, base: Lookup, head: Lookup): JudgedLimit {
  const { text, left, sign, bound } = limit;
  const [before, after] = [base(left.name), head(left.name)];
  if (isMissing(before) || isMissing(after)) {
    const who = isMissing(before) ? (isMissing(after) ? 'neither run' : 'base') : 'head';
    return { text, result: 'error', detail: `${who} has no value of ${left.name}` };
  }
  const detail = `${showFigure(before, left.figure)} to ${showFigure(after, left.figure)}`;
  const judged = (isMet: boolean, change = ''): JudgedLimit => ({
    text,
    result: isMet ? 'met' : 'not met',
    detail: `${detail}${change}`,
  });
  if (bound.kind === 'same') return judged((before === after) === (sign === '=='));
  const difference = Number(after) - Number(before);
  if (bound.kind === 'absolute') return judged(compare(difference, sign, bound.change));
  const percent = percentOf(difference, Number(before));
  return judged(compare(percent, sign, bound.change), `, ${tellPercent(percent)}`);
}

/** From zero, any growth is more than any share of it. */
function percentOf(difference: number, base: number): number {
  return difference === 0 ? 0 : (100 * difference) / Math.abs(base);
}

/** `+12.3%` */
export function tellPercent(percent: number): string {
  if (!Number.isFinite(percent)) return 'from nothing';
  const sign = percent > 0 ? '+' : '';
  return `${sign}${Number(percent.toFixed(Math.abs(percent) < 10 ? 2 : 1))}%`;
}

function isMissing(value: FigureValue | undefined): value is undefined {
  return value === undefined || Number.isNaN(value);
}

function compare(change: number, sign: Sign, bound: number): boolean {
  switch (sign) {
    case '<':
      return change < bound;
    case '<=':
      return change <= bound;
    case '>':
      return change > bound;
    case '>=':
      return change >= bound;
    default:
      return false;
  }
}
