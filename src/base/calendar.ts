import type { Millis } from './clock.ts';

/** A time of the proleptic Gregorian calendar in UTC; months and days count from 1. */
export interface CivilTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const dayMs = 86_400_000;

/** Milliseconds since the epoch. Members are not checked against their ranges. */
export function fromCivil(civil: CivilTime): Millis {
  const { year, month, day, hour, minute, second } = civil;
  return daysFromCivil(year, month, day) * dayMs + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** What a UTC calendar shows at an instant; fractions of a second are cut off. */
export function toCivil(at: Millis): CivilTime {
  const days = Math.floor(at / dayMs);
  const seconds = Math.floor((at - days * dayMs) / 1000);
  return {
    ...civilFromDays(days),
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
  };
}

/** The same date and time some years on; the end of a leap February becomes 28 February. */
export function addYears(at: Millis, years: number): Millis {
  const civil = toCivil(at);
  const year = civil.year + years;
  const day = Math.min(civil.day, daysInMonth(year, civil.month));
  return fromCivil({ ...civil, year, day }) + (at - fromCivil(civil));
}

export function daysInMonth(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return isLeap ? 29 : 28;
}

/** 0 is Sunday. */
export function weekdayOf(year: number, month: number, day: number): number {
  const days = daysFromCivil(year, month, day);
  return (((days + 4) % 7) + 7) % 7;
}

/** Days since 1970-01-01. Years begin in March here, so that the leap day is the last of one. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilFromDays(days: number): Pick<CivilTime, 'year' | 'month' | 'day'> {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}
