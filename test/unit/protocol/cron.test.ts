import { describe, expect, it } from 'vitest';
import { nextOccurrence, parseCron } from '../../../src/protocol/cron.ts';

/** The next occurrences after midnight of 1 January 2025, a Wednesday; `01-31 00:00`. */
function nextOnes(text: string, count = 7, after = Date.UTC(2025, 0, 1)): string[] {
  const cron = parseCron(text);
  if (cron === undefined) throw new Error(`not read: ${text}`);
  const found: string[] = [];
  let at = nextOccurrence(cron, after);
  while (at !== undefined && found.length < count) {
    found.push(new Date(at).toISOString().slice(2, 16).replace('T', ' '));
    at = nextOccurrence(cron, at);
  }
  return found;
}

describe('the next seven', () => {
  const midnights = (...days: string[]) => days.map((day) => `${day} 00:00`);

  it.each([
    ['cron(0 10 * * ? *)', days('10:00', '25-01-01', '02', '03', '04', '05', '06', '07')],
    ['15 12 * * ? *', days('12:15', '25-01-01', '02', '03', '04', '05', '06', '07')],
    ['0 18 ? * MON-FRI *', days('18:00', '25-01-01', '02', '03', '06', '07', '08', '09')],
    [
      '0 8 1 * ? *',
      ['01', '02', '03', '04', '05', '06', '07'].map((month) => `25-${month}-01 08:00`),
    ],
    // Steps and lists
    [
      '1/10 * * * ? *',
      ['00:01', '00:11', '00:21', '00:31', '00:41', '00:51', '01:01'].map((t) => `25-01-01 ${t}`),
    ],
    [
      '*/30 8-9 * * ? *',
      [
        '25-01-01 08:00',
        '25-01-01 08:30',
        '25-01-01 09:00',
        '25-01-01 09:30',
        '25-01-02 08:00',
        '25-01-02 08:30',
        '25-01-02 09:00',
      ],
    ],
    [
      '0 6,18 ? * sun,SAT *',
      [
        '25-01-04 06:00',
        '25-01-04 18:00',
        '25-01-05 06:00',
        '25-01-05 18:00',
        '25-01-11 06:00',
        '25-01-11 18:00',
        '25-01-12 06:00',
      ],
    ],
    ['0 0 ? * 1 *', days('00:00', '25-01-05', '12', '19', '26', '02-02', '02-09', '02-16')],
    // Month ends and leap days
    [
      '0 0 L * ? *',
      midnights('25-01-31', '25-02-28', '25-03-31', '25-04-30', '25-05-31', '25-06-30', '25-07-31'),
    ],
    [
      '0 0 31 * ? *',
      midnights('25-01-31', '25-03-31', '25-05-31', '25-07-31', '25-08-31', '25-10-31', '25-12-31'),
    ],
    [
      '0 0 29 2 ? *',
      midnights('28-02-29', '32-02-29', '36-02-29', '40-02-29', '44-02-29', '48-02-29', '52-02-29'),
    ],
    // W: 1 March 2025 is a Saturday, 31 August a Sunday, 1 June a Sunday
    [
      '0 0 1W * ? *',
      midnights('25-02-03', '25-03-03', '25-04-01', '25-05-01', '25-06-02', '25-07-01', '25-08-01'),
    ],
    [
      '0 0 31W * ? *',
      midnights('25-01-31', '25-03-31', '25-05-30', '25-07-31', '25-08-29', '25-10-31', '25-12-31'),
    ],
    // #: second Tuesdays, and fifth Mondays where there is one
    [
      '0 0 ? * 3#2 *',
      midnights('25-01-14', '25-02-11', '25-03-11', '25-04-08', '25-05-13', '25-06-10', '25-07-08'),
    ],
    [
      '0 0 ? * MON#5 *',
      midnights('25-03-31', '25-06-30', '25-09-29', '25-12-29', '26-03-30', '26-06-29', '26-08-31'),
    ],
    // L among weekdays: Saturday; behind a day, the last of the month
    ['0 0 ? * L *', days('00:00', '25-01-04', '11', '18', '25', '02-01', '02-08', '02-15')],
    [
      '0 0 ? * 6L *',
      midnights('25-01-31', '25-02-28', '25-03-28', '25-04-25', '25-05-30', '25-06-27', '25-07-25'),
    ],
    ['0 0 1 JAN ? 2024-2026', midnights('26-01-01')],
    ['0 0 1 1 ? 2020', []],
    ['0 0 30 2 ? *', []],
  ])('of %s', (text, expected) => {
    expect(nextOnes(text)).toEqual(expected);
  });

  it('reach over a year without leap day and to the last year there is', () => {
    expect(nextOnes('0 0 29 2 ? *', 2, Date.UTC(2096, 2, 1))).toEqual(
      midnights('04-02-29', '08-02-29'),
    );
    expect(nextOnes('59 23 31 12 ? 2199', 2)).toEqual(['99-12-31 23:59']);
  });

  it('lie strictly after the instant', () => {
    const noon = Date.UTC(2025, 0, 1, 12);

    expect(nextOnes('0 12 * * ? *', 1, noon)).toEqual(['25-01-02 12:00']);
    expect(nextOnes('0 12 * * ? *', 1, noon - 0.5)).toEqual(['25-01-01 12:00']);
  });
});

it.each([
  '* * * * * *',
  '0 0 ? * ? *',
  '0 0 1 * 1 *',
  '0 0 1 * ?',
  '0 0 1 * ? * *',
  '',
  'cron(0 0 1 * ? *',
  'rate(5 minutes)',
  '60 0 1 * ? *',
  '0 24 1 * ? *',
  '0 0 0 * ? *',
  '0 0 32 * ? *',
  '0 0 32W * ? *',
  '0 0 1 13 ? *',
  '0 0 1 FOO ? *',
  '0 0 ? * 0 *',
  '0 0 ? * 8 *',
  '0 0 ? * MON#6 *',
  '0 0 ? * 2#1,3#2 *',
  '0 0 ? * 1W *',
  '0 0 3#2 * ? *',
  '0 0 1 * ? 1969',
  '0 0 1 * ? 2200',
  '*/0 0 1 * ? *',
  '5-3 0 1 * ? *',
  '1-2-3 0 1 * ? *',
  '1,,2 0 1 * ? *',
  '? 0 1 * ? *',
  'L 0 1 * ? *',
  '1/ 0 1 * ? *',
  '-1 0 1 * ? *',
])('%s is no expression', (text) => {
  expect(parseCron(text)).toBeUndefined();
});

/** `25-01-01`, then days of that month or other months' days of that year. */
function days(time: string, first: string, ...rest: string[]): string[] {
  const month = first.slice(0, 6);
  const dates = rest.map((day) => (day.length === 2 ? month + day : first.slice(0, 3) + day));
  return [first, ...dates].map((date) => `${date} ${time}`);
}
