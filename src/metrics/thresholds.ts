import { formatDuration, parseDuration } from '../base/duration.ts';
import { suggestion } from '../base/suggest.ts';
import { type Figure, findFigure, type KnownNames, type Unit } from './catalog.ts';

export type FigureValue = number | string | boolean;

const operators = ['==', '!=', '<=', '>=', '<', '>'] as const;
type Operator = (typeof operators)[number];

/** On the right side: the left figure's counterpart in the prediction. Also what that begins with. */
const predictedWord = 'predicted';

export interface NamedFigure {
  readonly name: string;
  readonly figure: Figure;
}

/** A literal, already in the base unit of the figure it is compared with. */
interface Literal {
  readonly value: FigureValue;
}

/** One line of `expect`: `<figure> <operator> <literal, figure or "predicted">`. Plain data. */
export interface Threshold {
  readonly text: string;
  readonly left: NamedFigure;
  readonly operator: Operator;
  readonly right: NamedFigure | Literal;
}

/** Why a line is no expectation, and which part of its text is to blame. */
export interface ThresholdProblem {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly offset: number;
  readonly length: number;
}

export type ParsedExpectation =
  | { readonly ok: true; readonly threshold: Threshold }
  | { readonly ok: false; readonly problem: ThresholdProblem };

export interface Judgement {
  readonly result: 'passed' | 'failed' | 'error';
  readonly expected: string;
  readonly actual: string;
}

/** Reads one line. A name or word that does not exist is a problem, so it can never pass. */
export function parseExpectation(text: string, known: KnownNames): ParsedExpectation {
  const match = /^(\s*)([^\s=!<>]+)(\s*)(==|!=|<=|>=|<|>)(\s*)([^\s=].*?)\s*$/.exec(text);
  if (match === null) {
    return refuse({
      message: 'not an expectation',
      hint: `write <figure> <operator> <value>; operators are ${operators.join(' ')}`,
      offset: 0,
      length: text.length,
    });
  }
  const [, lead = '', name = '', gap = '', sign = '', gapAfter = '', rest = ''] = match;
  const leftAt = lead.length;
  const signAt = leftAt + name.length + gap.length;
  const rightAt = signAt + sign.length + gapAfter.length;

  const left = readFigure(name, leftAt, known);
  if ('message' in left) return refuse(left);
  const operator = readOperator(sign, signAt, left);
  if (typeof operator !== 'string') return refuse(operator);
  const right = readRight(rest, rightAt, left, known);
  if ('message' in right) return refuse(right);
  return { ok: true, threshold: { text: text.trim(), left, operator, right } };
}

/** Judges one line against the figures of a finished run, each in the catalogue's base unit. */
export function judge(
  threshold: Threshold,
  lookup: (figure: string) => FigureValue | undefined,
): Judgement {
  const { left, operator, right } = threshold;
  const actual = lookup(left.name);
  const wanted = 'value' in right ? right.value : lookup(right.name);
  const wantedFigure = 'value' in right ? left.figure : right.figure;
  const expected = `${operator} ${showFigure(wanted, wantedFigure)}${'name' in right ? ` (${right.name})` : ''}`;
  if (isMissing(actual)) {
    return { result: 'error', expected, actual: `no value: ${left.name}` };
  }
  if (isMissing(wanted)) {
    return { result: 'error', expected, actual: `no value: ${'name' in right ? right.name : ''}` };
  }
  const holds = compare(
    comparable(actual, left.figure),
    operator,
    comparable(wanted, wantedFigure),
  );
  return { result: holds ? 'passed' : 'failed', expected, actual: showFigure(actual, left.figure) };
}

function refuse(problem: ThresholdProblem): ParsedExpectation {
  return { ok: false, problem };
}

/** A name of the catalogue; `where` says whose jobs and cohorts are known. */
export function readFigure(
  name: string,
  offset: number,
  known: KnownNames,
  where = 'this scenario has',
): NamedFigure | ThresholdProblem {
  const found = findFigure(name, known);
  if (found.ok) return { name, figure: found.figure };
  const segment = name.slice(found.offset, found.offset + found.length);
  const isCutShort = found.length === name.length && name.includes('.');
  const message =
    found.stands === 'job' || found.stands === 'cohort'
      ? `${where} no ${found.stands} "${segment}"`
      : `unknown figure "${name}"`;
  return {
    message: isCutShort ? `unfinished figure "${name}"` : message,
    hint: isCutShort
      ? `goes on with one of: ${found.choices.join(', ')}`
      : suggestion(segment, found.choices),
    offset: offset + found.offset,
    length: found.length,
  };
}

function readOperator(
  sign: string,
  offset: number,
  { name, figure }: NamedFigure,
): Operator | ThresholdProblem {
  const operator = operators.find((candidate) => candidate === sign) ?? '==';
  if (figure.kind === 'number' || operator === '==' || operator === '!=') return operator;
  return {
    message: `"${name}" is no number, so "${operator}" says nothing`,
    hint: 'use == or !=',
    offset,
    length: sign.length,
  };
}

function readRight(
  text: string,
  offset: number,
  left: NamedFigure,
  known: KnownNames,
): NamedFigure | Literal | ThresholdProblem {
  const problem = (message: string, hint?: string): ThresholdProblem => ({
    message,
    hint,
    offset,
    length: text.length,
  });
  if (text === predictedWord) {
    const name = `${predictedWord}.${left.name}`;
    const same = findFigure(name, known);
    if (same.ok) return { name, figure: same.figure };
    return problem(`"${left.name}" is not predicted`, 'compare it with a value');
  }
  if (/^[a-z]+\.\S+$/.test(text)) {
    const right = readFigure(text, offset, known);
    if ('message' in right || dimensionOf(right.figure) === dimensionOf(left.figure)) return right;
    return problem(`"${text}" cannot be compared with "${left.name}"`);
  }
  switch (left.figure.kind) {
    case 'boolean':
      if (text === 'true' || text === 'false') return { value: text === 'true' };
      return problem(`"${left.name}" is true or false, not "${text}"`);
    case 'word':
      return readWord(text, left.figure.words && known[left.figure.words], problem);
    case 'number':
      return readNumber(text, left, left.figure.unit, problem);
  }
}

type Refuse = (message: string, hint?: string) => ThresholdProblem;

function readWord(
  text: string,
  words: readonly string[] | undefined,
  problem: Refuse,
): Literal | ThresholdProblem {
  if (words !== undefined && !words.includes(text)) {
    return problem(`it can never be "${text}"`, suggestion(text, words));
  }
  return /\s/.test(text) ? problem(`"${text}" is more than one word`) : { value: text };
}

/** The units a literal may carry, and how many of the base unit one is. */
const literalUnits: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  count: { '': 1 },
  '%': { '%': 1 },
  '/min': { '/min': 1, '/s': 60 },
  ms: {},
  s: {},
};

const exampleOf: Readonly<Record<Unit, string>> = {
  count: '20',
  '%': '5%',
  '/min': '50/min',
  ms: '250ms',
  s: '30s',
};

/** A number with the unit it needs, in the base unit of the figure. */
export function readNumber(
  text: string,
  { name }: NamedFigure,
  unit: Unit,
  problem: Refuse,
): Literal | ThresholdProblem {
  const hint = `write for example ${exampleOf[unit]}`;
  if (unit === 'ms' || unit === 's') {
    const ms = parseDuration(text);
    if (ms !== undefined) return { value: unit === 's' ? ms / 1000 : ms };
  } else {
    const [, digits, suffix = ''] = /^(-?\d+(?:\.\d+)?)(\S*)$/.exec(text) ?? [];
    const factor = literalUnits[unit][suffix];
    if (digits !== undefined && factor !== undefined) return { value: Number(digits) * factor };
  }
  if (/^-?\d+(\.\d+)?$/.test(text)) return problem(`"${text}" has no unit`, hint);
  const nature = unit === 'count' ? 'a plain number' : `measured in ${unit}`;
  return problem(`"${name}" is ${nature}, not "${text}"`, hint);
}

function dimensionOf(figure: Figure): string {
  if (figure.kind !== 'number') return figure.kind;
  return figure.unit === 's' ? 'ms' : figure.unit;
}

function isMissing(value: FigureValue | undefined): value is undefined {
  return value === undefined || Number.isNaN(value);
}

/** Times meet in milliseconds; all else is compared as it is. */
function comparable(value: FigureValue, figure: Figure): FigureValue {
  const isSeconds = figure.kind === 'number' && figure.unit === 's';
  return isSeconds && typeof value === 'number' ? value * 1000 : value;
}

function compare(actual: FigureValue, operator: Operator, wanted: FigureValue): boolean {
  switch (operator) {
    case '==':
      return actual === wanted;
    case '!=':
      return actual !== wanted;
    case '<':
      return actual < wanted;
    case '<=':
      return actual <= wanted;
    case '>':
      return actual > wanted;
    case '>=':
      return actual >= wanted;
  }
}

/** `250ms`, `8.2%`, `CANCELED`: a value in the base unit of its figure, with that unit. */
export function showFigure(value: FigureValue | undefined, figure: Figure): string {
  if (value === undefined || typeof value !== 'number' || figure.kind !== 'number') {
    return String(value ?? 'no value');
  }
  switch (figure.unit) {
    case 'ms':
      return showTime(value);
    case 's':
      return showTime(value * 1000);
    case 'count':
      return String(round(value));
    case '%':
    case '/min':
      return `${round(value)}${figure.unit}`;
  }
}

/** Never rounded so far that it would contradict the verdict beside it. */
function showTime(ms: number): string {
  const pretty = formatDuration(ms);
  if (parseDuration(pretty) === ms) return pretty;
  return ms < 10_000 ? `${round(ms)}ms` : `${round(ms / 1000)}s`;
}

function round(value: number): number {
  return Number(value.toFixed(3));
}
