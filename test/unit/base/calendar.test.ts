import { expect, it } from 'vitest';
import {
  addYears,
  daysInMonth,
  fromCivil,
  toCivil,
  weekdayOf,
} from '../../../src/base/calendar.ts';

it('agrees with Date from 1600 to 2400, day by day', () => {
  const dayMs = 86_400_000;
  const mistakes: string[] = [];
  for (let at = Date.UTC(1600, 0, 1); at < Date.UTC(2400, 0, 1); at += dayMs) {
    const date = new Date(at + 45_296_000);
    const civil = toCivil(at + 45_296_789);
    const { year, month, day, hour, minute, second } = civil;
    const same =
      year === date.getUTCFullYear() &&
      month === date.getUTCMonth() + 1 &&
      day === date.getUTCDate() &&
      weekdayOf(year, month, day) === date.getUTCDay() &&
      fromCivil(civil) === date.getTime() &&
      `${hour}:${minute}:${second}` === '12:34:56';
    if (!same) mistakes.push(date.toISOString());
  }

  expect(mistakes).toEqual([]);
});

it.each([
  [2023, 2, 28],
  [2024, 2, 29],
  [1900, 2, 28],
  [2000, 2, 29],
  [2025, 4, 30],
  [2025, 12, 31],
])('%i-%i has %i days', (year, month, days) => {
  expect(daysInMonth(year, month)).toBe(days);
});

it('adds years to a date, and keeps the end of February in February', () => {
  expect(addYears(Date.UTC(2025, 5, 7, 8, 9, 10) + 0.25, 2)).toBe(
    Date.UTC(2027, 5, 7, 8, 9, 10) + 0.25,
  );
  expect(addYears(Date.UTC(2024, 1, 29, 1), 1)).toBe(Date.UTC(2025, 1, 28, 1));
});
