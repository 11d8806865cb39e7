import { AppError } from '../base/errors.ts';
import { type Override, parseSet } from './overrides.ts';

/** One scenario value and what it is to be in turn. */
export interface SweepAxis {
  /** As it was written: `jobs.fw.create.…`. */
  readonly path: string;
  /** One for each value. */
  readonly overrides: readonly Override[];
}

/** Far more than a sweep can have points. */
const valuesMax = 10_000;

/**
 * Reads `path=2..20:2` (from, to, step; 1 if left out; a unit such as `%` or `s` stands behind both
 * ends) or `path=10,50,100`, where commas within brackets belong to a value.
 */
export function parseSweepAxis(text: string): SweepAxis {
  const { path, value } = splitAxis(text);
  const values = rangeOf(text, value) ?? listOf(value);
  if (values.includes('')) throw wrongAxis(text, 'a value is missing');
  return {
    path,
    overrides: values.map((each) => ({ ...parseSet(`${path}=${each}`), origin: '--sweep' })),
  };
}

/** Axes of one grid; the same path twice would be one of them in vain. */
export function parseSweepAxes(texts: readonly string[]): SweepAxis[] {
  const axes = texts.map(parseSweepAxis);
  for (const [index, { path }] of axes.entries()) {
    if (axes.findIndex((axis) => axis.path === path) !== index) {
      throw wrongAxis(texts[index] ?? path, 'this path is swept already');
    }
  }
  return axes;
}

function splitAxis(text: string): { path: string; value: string } {
  const at = text.indexOf('=');
  const path = text.slice(0, Math.max(0, at)).trim();
  if (path === '' || path.split('.').includes('') || /\s/.test(path)) {
    throw wrongAxis(text, 'expected path=values');
  }
  return { path, value: text.slice(at + 1).trim() };
}

const range =
  /^(-?\d+(?:\.\d+)?)([a-zA-Z%]*)\.\.(-?\d+(?:\.\d+)?)([a-zA-Z%]*)(?::(\d+(?:\.\d+)?)([a-zA-Z%]*))?$/;

function rangeOf(text: string, value: string): string[] | undefined {
  const match = range.exec(value);
  if (match === null) return undefined;
  const [, from = '', unit = '', to = '', toUnit = '', step = '1', stepUnit = ''] = match;
  if (unit !== toUnit || (stepUnit !== '' && stepUnit !== unit)) {
    throw wrongAxis(text, 'both ends need the same unit');
  }
  const [first, last, by] = [Number(from), Number(to), Number(step)];
  if (by === 0) throw wrongAxis(text, 'the step must be above 0');
  if (last < first) throw wrongAxis(text, `${to} is below ${from}`);
  // A hair more than a whole number of steps is one: 0.3 / 0.1 is not quite 3.
  const steps = Math.floor((last - first) / by + 1e-9);
  if (steps >= valuesMax) throw wrongAxis(text, `more than ${valuesMax} values`);
  return Array.from(
    { length: steps + 1 },
    (_, index) => `${Number((first + index * by).toPrecision(12))}${unit}`,
  );
}

function listOf(value: string): string[] {
  const values: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index <= value.length; index++) {
    const letter = value[index] ?? ',';
    if ('[{('.includes(letter)) depth++;
    if (']})'.includes(letter)) depth--;
    if (letter !== ',' || (depth > 0 && index < value.length)) continue;
    values.push(value.slice(start, index).trim());
    start = index + 1;
  }
  return values;
}

function wrongAxis(text: string, why: string): AppError {
  return new AppError('usage', `--sweep ${text}: ${why}`, {
    hint: 'for example --sweep fleet.things=100,1000 or --sweep jobs.0.create.abortConfig.criteriaList.0.thresholdPercentage=2..20:2',
  });
}
