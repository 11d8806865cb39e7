import { z } from 'zod';
import { parseDuration } from '../base/duration.ts';

/** A time with its unit, as users write it; milliseconds inside. */
export const Duration = z
  .string()
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    context.issues.push({
      code: 'custom',
      input: text,
      message: `"${text}" is not a duration; write a number and its unit, such as 250ms, 40s, 1h30m`,
    });
    return z.NEVER;
  })
  .meta({ examples: ['250ms', '40s', '1h30m'] });

/** A percentage with its sign, as users write it; a ratio from 0 to 1 inside. */
export const Percent = z
  .string()
  .transform((text, context) => {
    const percent = /^\d+(\.\d+)?%$/.test(text) ? Number(text.slice(0, -1)) : Number.NaN;
    if (percent <= 100) return percent / 100;
    context.issues.push({
      code: 'custom',
      input: text,
      message: `"${text}" is not a percentage; write 0% to 100%`,
    });
    return z.NEVER;
  })
  .meta({ examples: ['8%', '12.5%'] });

/** What parses `<number><unit>` into a multiple of the first unit. Decimal units, as networks count. */
function scaled(units: Readonly<Record<string, number>>, what: string, example: string) {
  const names = Object.keys(units);
  const pattern = new RegExp(`^(\\d+(?:\\.\\d+)?) ?(${names.join('|')})$`);
  return z
    .string()
    .transform((text, context) => {
      const [, amount = '', unit = ''] = pattern.exec(text) ?? [];
      const value = Number(amount) * (units[unit] ?? Number.NaN);
      if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
      context.issues.push({
        code: 'custom',
        input: text,
        message: `"${text}" is not ${what}; write a number above 0 and ${names.join(', ')}, such as ${example}`,
      });
      return z.NEVER;
    })
    .meta({ examples: [example] });
}

/** A size with its unit, as users write it; bytes inside. */
export const Size = scaled({ B: 1, kB: 1e3, MB: 1e6, GB: 1e9 }, 'a size', '8MB');

/** A transfer rate with its unit, as users write it; bytes per second inside. */
export const Rate = scaled({ 'B/s': 1, 'kB/s': 1e3, 'MB/s': 1e6 }, 'a rate', '200kB/s');

/** Whether ratios that were written as percentages add up to 100 %. */
export function addsUpToWhole(ratios: readonly number[]): boolean {
  return Math.abs(ratios.reduce((sum, ratio) => sum + ratio, 0) - 1) < 1e-9;
}
