import { type Figure, findFigure } from '../metrics/catalog.ts';
import type { FigureValue } from '../metrics/thresholds.ts';
import { directionOf } from './compare-direction.ts';
import { pairLatencies } from './compare-latency.ts';
import { namesIn } from './compare-names.ts';
import { type WeighedRuns, weigh } from './compare-noise.ts';
import { compareRuns, type RunsCompared } from './compare-runs.ts';
import { figureLookup, figuresOf } from './figures.ts';
import type { AssertionSummary, Summary } from './summary.ts';

/** Differences that are more than noise, gravest first. */
export const realChanges = ['worse', 'better', 'changed', 'only-base', 'only-head'] as const;

/**
 * `noise`: different, and chance or timing explain it. `unknown`: different, and two runs cannot tell
 * whether it means anything. `changed`: really different, and neither better nor worse.
 */
export type Change = (typeof realChanges)[number] | 'unknown' | 'noise' | 'same';

export interface ComparedFigure {
  /** As in `expect`. */
  readonly name: string;
  readonly figure: Figure;
  /** In the base unit of the figure. */
  readonly base?: FigureValue;
  readonly head?: FigureValue;
  /** Head minus base, of numbers. */
  readonly difference?: number;
  /** The same in % of base; absent where base is 0. */
  readonly percent?: number;
  readonly change: Change;
  /** Why it is noise or not. */
  readonly reason?: string;
}

/** An expectation that did not come out the same; undefined in the run that does not have it. */
export interface ComparedExpectation {
  readonly expr: string;
  readonly base: AssertionSummary | undefined;
  readonly head: AssertionSummary | undefined;
}

/** How far the two runs came to the same: fates of things, not times. */
interface OutcomeAgreement {
  /** Figures of jobs and cohorts that are counts, words or claims. */
  readonly figures: number;
  readonly equal: number;
  /** Those that are different and not known to be noise. */
  readonly unexplained: number;
}

export interface Comparison extends RunsCompared {
  readonly base: Summary;
  readonly head: Summary;
  readonly outcome: OutcomeAgreement;
  readonly expectations: readonly ComparedExpectation[];
  readonly figures: readonly ComparedFigure[];
}

/** Every figure of two runs, in the order of the catalogue's lookup. Throws AppError for a damaged histogram. */
export function compareSummaries(base: Summary, head: Summary): Comparison {
  const runs = compareRuns(base, head);
  const context: WeighedRuns = { base, head, runs, latencies: pairLatencies(base, head) };
  const known = namesIn([base, head]);
  const [before, after] = [figureLookup(base), figureLookup(head)];
  const names = [...new Set([...figuresOf(base).keys(), ...figuresOf(head).keys()])];
  const figures = names.flatMap((name) => {
    const found = findFigure(name, known);
    if (!found.ok) return [];
    return [compareFigure(name, found.figure, before(name), after(name), context)];
  });
  return {
    ...runs,
    base,
    head,
    outcome: agreementOf(figures),
    expectations: compareExpectations(base.assertions, head.assertions),
    figures,
  };
}

export function isChange({ change }: ComparedFigure): boolean {
  return realChanges.some((real) => real === change);
}

function compareFigure(
  name: string,
  figure: Figure,
  base: FigureValue | undefined,
  head: FigureValue | undefined,
  context: WeighedRuns,
): ComparedFigure {
  const found = { name, figure, ...given({ base, head }) };
  if (base === undefined) return { ...found, change: 'only-head' };
  if (head === undefined) return { ...found, change: 'only-base' };
  if (base === head) return { ...found, change: 'same', ...differenceOf(base, head) };
  if (typeof base !== 'number' || typeof head !== 'number') {
    return { ...found, change: changeOf(name, head === true) };
  }
  const { weight, reason } = weigh(name, figure, { base, head }, context);
  const change = weight === 'real' ? changeOf(name, head > base) : weight;
  return { ...found, ...differenceOf(base, head), change, reason };
}

function given(values: { base: FigureValue | undefined; head: FigureValue | undefined }) {
  return {
    ...(values.base === undefined ? {} : { base: values.base }),
    ...(values.head === undefined ? {} : { head: values.head }),
  };
}

function differenceOf(base: FigureValue, head: FigureValue) {
  if (typeof base !== 'number' || typeof head !== 'number') return {};
  const difference = head - base;
  return { difference, ...(base === 0 ? {} : { percent: (100 * difference) / Math.abs(base) }) };
}

function changeOf(name: string, hasGrown: boolean): Change {
  const direction = directionOf(name);
  if (direction === undefined) return 'changed';
  return hasGrown === (direction === 'more is better') ? 'better' : 'worse';
}

function agreementOf(figures: readonly ComparedFigure[]): OutcomeAgreement {
  const outcome = figures.filter(
    ({ name, figure }) =>
      /^(jobs|cohorts)\./.test(name) && (figure.kind !== 'number' || figure.unit === 'count'),
  );
  return {
    figures: outcome.length,
    equal: outcome.filter(({ change }) => change === 'same').length,
    unexplained: outcome.filter(({ change }) => change !== 'same' && change !== 'noise').length,
  };
}

/** By their text: an expectation that was edited is another one. */
function compareExpectations(
  base: readonly AssertionSummary[],
  head: readonly AssertionSummary[],
): ComparedExpectation[] {
  const byText = (assertions: readonly AssertionSummary[]) =>
    new Map(assertions.map((assertion) => [assertion.expr, assertion]));
  const [before, after] = [byText(base), byText(head)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((expr) => ({ expr, base: before.get(expr), head: after.get(expr) }))
    .filter((pair) => pair.base?.result !== pair.head?.result);
}
