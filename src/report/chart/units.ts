import { formatCount, formatPercentage, formatSeconds } from '../wording.ts';
import type { Unit } from './chart.ts';

/** With its unit, for a table or a sentence. */
export function tellValue(value: number, unit: Unit): string {
  switch (unit) {
    case 'count':
      return Math.abs(value) < 10 && !Number.isInteger(value)
        ? String(Number(value.toFixed(1)))
        : formatCount(value);
    case 'seconds':
      return value === 0 ? '0s' : formatSeconds(value);
    case 'microseconds':
      return value === 0 ? '0ms' : formatSeconds(value / 1e6);
    case 'percent':
      return formatPercentage(value);
    case 'percentile':
      return `p${tellPercentile(value)}`;
    case 'perMinute':
      return `${tellFew(value)}/min`;
    case 'perSecond':
      return `${tellFew(value)}/s`;
  }
}

/** Beside a tick, where the axis has said the unit: short. */
export function tellTick(value: number, unit: Unit): string {
  switch (unit) {
    case 'count':
    case 'perMinute':
    case 'perSecond':
      return value >= 1e6 ? `${Number((value / 1e6).toPrecision(3))}M` : tellFew(value);
    case 'percentile':
      return `${tellPercentile(value)}%`;
    default:
      return tellValue(value, unit);
  }
}

/** To two digits of what is left to 100. */
function tellPercentile(value: number): string {
  const digits = Math.max(0, 1 - Math.floor(Math.log10(100 - value) + 1e-9));
  return String(Number(value.toFixed(Math.min(digits, 9))));
}

/** Whole, but for small figures. */
function tellFew(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(2))) : formatCount(value);
}
