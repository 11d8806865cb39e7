import { formatDuration } from '../base/duration.ts';
import type { JobUncertainty, Share, Spread, Uncertainty } from './uncertainty.ts';
import { formatCount, roundPercentage } from './wording.ts';

/** How often a job ends in which way, each with its 95 % interval. */
export function tellChances(job: JobUncertainty, { healthy }: Uncertainty): string[] {
  const { aborts, completes, neither, falseAborts } = job;
  return [
    `aborts in ${tellShare(aborts)} of ${formatCount(aborts.of)} runs`,
    `completes in ${tellShare(completes)}, neither in ${tellShare(neither)}`,
    ...(falseAborts === undefined
      ? []
      : [`falsely: were all things ${healthy}, it would abort in ${tellShare(falseAborts)}`]),
  ];
}

export const spreadHeadings = [
  'over the runs',
  'runs',
  'median',
  '95% interval',
  '95% of runs',
  'mean',
] as const;

/** Rows under {@link spreadHeadings}; what no run has is left out. */
export function spreadRows(job: JobUncertainty): string[][] {
  const { harmedThings, notified, durationSeconds, tripSeconds, tripExecuted } = job;
  return [
    ...spreadRow('things harmed', harmedThings, tellNumber),
    ...spreadRow('things notified', notified, tellNumber),
    ...spreadRow('ends after', durationSeconds, tellSeconds),
    ...spreadRow('trips after', tripSeconds, tellSeconds),
    ...spreadRow('trips at execution', tripExecuted, tellNumber),
  ];
}

function spreadRow(
  name: string,
  spread: Spread | undefined,
  tell: (value: number) => string,
): string[][] {
  if (spread === undefined) return [];
  const { runs, median, low, high, p2_5, p97_5, mean } = spread;
  const between = (from: number, to: number) => `${tell(from)} to ${tell(to)}`;
  return [
    [name, formatCount(runs), tell(median), between(low, high), between(p2_5, p97_5), tell(mean)],
  ];
}

/** `12.5% (95% interval 8.1% to 18.9%)` */
function tellShare({ probability, low, high }: Share): string {
  return `${tellPercent(probability)} (95% interval ${tellPercent(low)} to ${tellPercent(high)})`;
}

export function tellPercent(ratio: number): string {
  return roundPercentage(ratio * 100, 1);
}

/** A count, or what many of them come to. */
export function tellNumber(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : String(Number(value.toFixed(1)));
}

export function tellSeconds(seconds: number): string {
  return formatDuration(seconds * 1000);
}
