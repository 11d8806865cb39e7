import { type CivilTime, daysInMonth, fromCivil, toCivil, weekdayOf } from '../base/calendar.ts';
import type { Millis } from '../base/clock.ts';

/**
 * A parsed cron expression in AWS's dialect (reference §5): minute, hour, day of month, month, day of
 * week, year, all in UTC. One of the two day fields is `?`.
 */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly years: readonly number[];
  readonly days: readonly DayTerm[];
}

/** What names days of a month; `weekday` 0 is Sunday. */
type DayTerm =
  | { readonly type: 'days'; readonly days: ReadonlySet<number> }
  | { readonly type: 'last-day' }
  /** `3W`: the weekday nearest to the 3rd, within the month. */
  | { readonly type: 'nearest-weekday'; readonly day: number }
  | { readonly type: 'weekdays'; readonly weekdays: ReadonlySet<number> }
  /** `3#2`: the second Tuesday. */
  | { readonly type: 'nth-weekday'; readonly weekday: number; readonly nth: number }
  /** `6L`: the last Friday. */
  | { readonly type: 'last-weekday'; readonly weekday: number };

type CivilDate = Pick<CivilTime, 'year' | 'month' | 'day'>;

interface Field {
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const lastYear = 2199;
const minuteField: Field = { least: 0, most: 59 };
const hourField: Field = { least: 0, most: 23 };
const dayField: Field = { least: 1, most: 31 };
const monthField: Field = {
  least: 1,
  most: 12,
  names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
};
const weekdayField: Field = {
  least: 1,
  most: 7,
  names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
};
const yearField: Field = { least: 1970, most: lastYear };

/** Undefined when the text is no such expression. `cron(…)` around it may be left out. */
export function parseCron(text: string): Cron | undefined {
  const trimmed = text.trim().toUpperCase();
  const fields = (/^CRON\((.*)\)$/.exec(trimmed)?.[1] ?? trimmed).trim().split(/\s+/);
  if (fields.length !== 6) return undefined;
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = fields;
  const minutes = numbersOf(minute, minuteField);
  const hours = numbersOf(hour, hourField);
  const months = numbersOf(month, monthField);
  const years = numbersOf(year, yearField);
  const days = dayTerms(day, weekday);
  if (!minutes || !hours || !months || !years || !days) return undefined;
  return {
    minutes: ascending(minutes),
    hours: ascending(hours),
    months: ascending(months),
    years: ascending(years),
    days,
  };
}

/** The first occurrence strictly after an instant; undefined when there is none before 2200. */
export function nextOccurrence(cron: Cron, after: Millis): Millis | undefined {
  for (const date of datesFrom(cron, toCivil(Math.max(after, 0)))) {
    const at = firstInDay(cron, date, after);
    if (at !== undefined) return at;
  }
  return undefined;
}

/** The dates that an expression names, from a day on; at most 230 years of them. */
function* datesFrom(cron: Cron, start: CivilDate): Generator<CivilDate> {
  for (const year of cron.years.filter((each) => each >= start.year)) {
    const isFirstYear = year === start.year;
    const months = isFirstYear ? cron.months.filter((each) => each >= start.month) : cron.months;
    for (const month of months) {
      const firstDay = isFirstYear && month === start.month ? start.day : 1;
      const days = daysOf(cron, year, month).filter((each) => each >= firstDay);
      for (const day of days) yield { year, month, day };
    }
  }
}

function firstInDay({ hours, minutes }: Cron, date: CivilDate, after: Millis): Millis | undefined {
  for (const hour of hours) {
    if (fromCivil({ ...date, hour, minute: 59, second: 0 }) <= after) continue;
    for (const minute of minutes) {
      const at = fromCivil({ ...date, hour, minute, second: 0 });
      if (at > after) return at;
    }
  }
  return undefined;
}

/** The days of a month that an expression names, in order. */
function daysOf({ days: terms }: Cron, year: number, month: number): readonly number[] {
  const all = Array.from({ length: daysInMonth(year, month) }, (_, index) => index + 1);
  return all.filter((day) => terms.some((term) => isNamed(term, year, month, day)));
}

function isNamed(term: DayTerm, year: number, month: number, day: number): boolean {
  const lastDay = daysInMonth(year, month);
  const weekday = weekdayOf(year, month, day);
  switch (term.type) {
    case 'days':
      return term.days.has(day);
    case 'last-day':
      return day === lastDay;
    case 'nearest-weekday':
      return term.day <= lastDay && day === nearestWeekday(year, month, term.day);
    case 'weekdays':
      return term.weekdays.has(weekday);
    case 'nth-weekday':
      return weekday === term.weekday && Math.ceil(day / 7) === term.nth;
    case 'last-weekday':
      return weekday === term.weekday && day + 7 > lastDay;
  }
}

/** Saturdays give way to Friday and Sundays to Monday, but never to another month. */
function nearestWeekday(year: number, month: number, day: number): number {
  const weekday = weekdayOf(year, month, day);
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === daysInMonth(year, month) ? day - 2 : day + 1;
  return day;
}

/** Exactly one of the two fields is `?`; the other names the days. */
function dayTerms(day: string, weekday: string): readonly DayTerm[] | undefined {
  if ((day === '?') === (weekday === '?')) return undefined;
  return weekday === '?' ? termsOf(day, dayTerm) : weekdayTerms(weekday);
}

/** There may be one `#` term only, and nothing beside it. */
function weekdayTerms(weekday: string): readonly DayTerm[] | undefined {
  return weekday.includes('#') && weekday.includes(',') ? undefined : termsOf(weekday, weekdayTerm);
}

function dayTerm(text: string): DayTerm | undefined {
  if (text === 'L') return { type: 'last-day' };
  const nearest = /^(\d+)W$/.exec(text)?.[1];
  if (nearest !== undefined) {
    const day = numberOf(nearest, dayField);
    return day === undefined ? undefined : { type: 'nearest-weekday', day };
  }
  const days = numbersOf(text, dayField);
  return days && { type: 'days', days };
}

function weekdayTerm(text: string): DayTerm | undefined {
  if (text === 'L') return { type: 'weekdays', weekdays: new Set([6]) };
  const [, name = '', nth] = /^([A-Z]{3}|\d)(?:#([1-5])|L)$/.exec(text) ?? [];
  if (name !== '') {
    const value = numberOf(name, weekdayField);
    if (value === undefined) return undefined;
    const weekday = value - 1;
    return nth === undefined
      ? { type: 'last-weekday', weekday }
      : { type: 'nth-weekday', weekday, nth: Number(nth) };
  }
  const weekdays = numbersOf(text, weekdayField);
  return weekdays && { type: 'weekdays', weekdays: new Set([...weekdays].map((day) => day - 1)) };
}

function termsOf(
  field: string,
  read: (term: string) => DayTerm | undefined,
): readonly DayTerm[] | undefined {
  const terms = field.split(',').map(read);
  return terms.every((term) => term !== undefined) ? terms : undefined;
}

function ascending(numbers: ReadonlySet<number>): readonly number[] {
  return [...numbers].sort((a, b) => a - b);
}

/** The numbers of a list of values, ranges and steps. */
function numbersOf(text: string, field: Field): ReadonlySet<number> | undefined {
  const numbers = new Set<number>();
  for (const term of text.split(',')) {
    const [, range = '', stepText] = /^([^/]+)(?:\/(\d+))?$/.exec(term) ?? [];
    const ends = rangeOf(range, field, stepText !== undefined);
    const step = Number(stepText ?? 1);
    if (ends === undefined || step < 1 || step > field.most) return undefined;
    for (let value = ends.from; value <= ends.to; value += step) numbers.add(value);
  }
  return numbers;
}

/** `*`, `a-b`, `a`; with a step, `a` reaches to the end of the field. */
function rangeOf(
  text: string,
  field: Field,
  isStepped: boolean,
): { readonly from: number; readonly to: number } | undefined {
  if (text === '*') return { from: field.least, to: field.most };
  const [first = '', second, ...rest] = text.split('-');
  const from = numberOf(first, field);
  const to = second === undefined ? (isStepped ? field.most : from) : numberOf(second, field);
  if (from === undefined || to === undefined || from > to || rest.length > 0) return undefined;
  return { from, to };
}

function numberOf(text: string, { least, most, names }: Field): number | undefined {
  const place = names?.indexOf(text) ?? -1;
  if (place >= 0) return least + place;
  if (!/^\d{1,4}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}
