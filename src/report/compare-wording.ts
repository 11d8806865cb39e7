import { formatDuration } from '../base/duration.ts';
import type { Figure } from '../metrics/catalog.ts';
import { type FigureValue, showFigure } from '../metrics/thresholds.ts';
import type { Change, ComparedExpectation, ComparedFigure, Comparison } from './compare.ts';
import { tellPercent } from './compare-limit.ts';
import type { SettingDifference } from './compare-settings.ts';
import { formatCount } from './wording.ts';

export const changeWords: Readonly<Record<Change, string>> = {
  worse: 'worse',
  better: 'better',
  changed: 'changed',
  'only-base': 'only in base',
  'only-head': 'only in head',
  unknown: 'cannot tell',
  noise: 'within noise',
  same: 'same',
};

export const figureHeadings = ['figure', 'base', 'head', 'change', 'in %', 'verdict'] as const;

/** One row under {@link figureHeadings}. */
export function figureRow(compared: ComparedFigure): string[] {
  const { name, figure, base, head, percent, change } = compared;
  return [
    name,
    tellValue(base, figure),
    tellValue(head, figure),
    tellDifference(compared),
    percent === undefined || percent === 0 ? '' : tellPercent(percent),
    changeWords[change],
  ];
}

/** For eyes: rounded further than an expectation may be. */
function tellValue(value: FigureValue | undefined, figure: Figure): string {
  if (value === undefined) return '-';
  if (typeof value !== 'number' || figure.kind !== 'number') return showFigure(value, figure);
  switch (figure.unit) {
    case 'ms':
      return formatDuration(value);
    case 's':
      return formatDuration(value * 1000);
    case 'count':
      return formatCount(value);
    default:
      return showFigure(value, figure);
  }
}

/** `+12.5ms`; of two percentages `+1.2pp`. */
function tellDifference({ figure, difference }: ComparedFigure): string {
  if (difference === undefined || difference === 0) return '';
  const amount = tellValue(Math.abs(difference), figure);
  const isPercentage = figure.kind === 'number' && figure.unit === '%';
  return `${difference < 0 ? '-' : '+'}${isPercentage ? amount.replace('%', 'pp') : amount}`;
}

/** What the two runs have in common, and what came of it. */
export function tellRelation(comparison: Comparison): string {
  const { relation, base, head } = comparison;
  const outcome = tellOutcomes(comparison);
  switch (relation) {
    case 'same plan':
      return `Same scenario, same seed (${base.run.seed}): every thing drew the same in both runs. ${outcome}`;
    case 'same draws':
      return `Same fleet, same seed (${base.run.seed}): every thing drew the same in both runs, but what was done to them differs. ${outcome}`;
    case 'other draws':
      return base.run.seed === head.run.seed
        ? `Another fleet: things drew other fates. ${outcome}`
        : `Seeds ${base.run.seed} and ${head.run.seed}: things drew other fates. ${outcome}`;
  }
}

function tellOutcomes({ outcome, relation }: Comparison): string {
  const { figures, equal, unexplained } = outcome;
  if (equal === figures) {
    return `The outcome is identical: all ${formatCount(figures)} statuses and counts of jobs and cohorts are equal.`;
  }
  const told = `${formatCount(equal)} of ${formatCount(figures)} statuses and counts of jobs and cohorts are equal`;
  if (relation === 'other draws') return `${told}.`;
  return unexplained === 0
    ? `${told}; timing explains the others.`
    : `${told}; timing does not explain ${formatCount(unexplained)} of the others.`;
}

/** `2 worse, 14 within noise, 203 same`: kinds of change that there are, gravest first. */
export function tellTotals({ figures }: Comparison): string {
  const counted = Object.entries(changeWords).map(
    ([change, word]) =>
      [figures.filter((figure) => figure.change === change).length, word] as const,
  );
  const told = counted.filter(([count]) => count > 0);
  return `${formatCount(figures.length)} figures: ${told.map(([count, word]) => `${formatCount(count)} ${word}`).join(', ')}`;
}

/** `passed in base, failed in head: expected < 250ms, got 310ms`. */
export function tellExpectation({ base, head }: ComparedExpectation): string {
  if (head === undefined) return `only in base, ${base?.result ?? 'skipped'} there`;
  const results =
    base === undefined
      ? `only in head, ${head.result} there`
      : `${base.result} in base, ${head.result} in head`;
  const isMissed = head.result === 'failed' || head.result === 'error';
  return isMissed ? `${results}: expected ${head.expected}, got ${head.actual}` : results;
}

export const settingHeadings = ['setting', 'base', 'head'] as const;

/** One row under {@link settingHeadings}. */
export function settingRow({ path, base, head }: SettingDifference): string[] {
  return [path, tellSetting(base), tellSetting(head)];
}

function tellSetting(value: unknown): string {
  if (value === undefined) return '-';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
