import { type Share, type Sweep, type SweptPoint, unwantedAborts } from './uncertainty.ts';
import { tellNumber, tellPercent, tellSeconds } from './uncertainty-text.ts';

/** A terminal shows so many rows; of larger sweeps only the best, and all of them in sweep.csv. */
const rowsMax = 40;

export interface SweepTable {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What the table cannot say by itself. */
  readonly notes: readonly string[];
}

/** One row a point; `mark` stands before those that no other point beats. */
export function sweepTable(sweep: Sweep, mark: string): SweepTable {
  const { axes, points, healthy, seeds } = sweep;
  const isLarge = points.length > rowsMax;
  const shown = (isLarge ? points.filter(({ isBest }) => isBest) : points).slice(0, rowsMax);
  const names = axisNames(axes);
  return {
    headings: [
      `  ${names[0] ?? ''}`,
      ...names.slice(1),
      ...(healthy === undefined ? [] : ['false aborts']),
      'aborts',
      'harmed',
      'notified',
      'trips after',
    ],
    rows: shown.map((point) => rowOf(point, mark)),
    notes: [
      `${mark} none has less of one, ${healthy === undefined ? 'aborts' : 'false aborts'} or harm, without more of the other`,
      ...(healthy === undefined
        ? []
        : [`false aborts: were all things ${healthy}; the other figures: of the fleet as it is`]),
      `${points.length} points of ${seeds} seeds: probability (95% interval), mean harmed and notified, median trip`,
      ...(isLarge
        ? [`${shown.length} of ${points.length} points shown; all are in sweep.csv`]
        : []),
    ],
  };
}

/** The last part of each path, or as many as tell them apart. */
export function axisNames(axes: readonly string[]): string[] {
  return axes.map((path) => {
    const parts = path.split('.');
    const ending = (length: number) => parts.slice(-length).join('.');
    const isShared = (name: string) =>
      axes.some((other) => other !== path && `.${other}`.endsWith(`.${name}`));
    const lengths = parts.map((_, index) => index + 1);
    return ending(lengths.find((length) => !isShared(ending(length))) ?? parts.length);
  });
}

function rowOf(point: SweptPoint, mark: string): string[] {
  const { values, aborts, falseAborts, harmedThings, notified, tripSeconds, isBest } = point;
  const [first = '', ...others] = values;
  return [
    `${isBest ? mark : ' '} ${first}`,
    ...others,
    ...(falseAborts === undefined ? [] : [tellShortly(falseAborts)]),
    tellShortly(aborts),
    tellNumber(harmedThings.mean),
    tellNumber(notified.mean),
    tripSeconds === undefined ? 'never' : tellSeconds(tripSeconds.median),
  ];
}

/** `12.5% (8.1-18.9)` */
function tellShortly({ probability, low, high }: Share): string {
  const bare = (ratio: number) => tellPercent(ratio).replace('%', '');
  return `${tellPercent(probability)} (${bare(low)}-${bare(high)})`;
}

/** One point in a line, for a chart: `thresholdPercentage 8, 40% aborts, 12 harmed`. */
export function tellPoint(point: SweptPoint, axes: readonly string[]): string {
  const names = axisNames(axes);
  const values = point.values.map((value, index) => `${names[index] ?? ''} ${value}`);
  const share = tellPercent(unwantedAborts(point).probability);
  return [...values, `${share} aborts`, `${tellNumber(point.harmedThings.mean)} harmed`].join(', ');
}
