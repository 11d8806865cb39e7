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

/** Whether ratios that were written as percentages add up to 100 %. */
export function addsUpToWhole(ratios: readonly number[]): boolean {
  return Math.abs(ratios.reduce((sum, ratio) => sum + ratio, 0) - 1) < 1e-9;
}
