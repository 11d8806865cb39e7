import { quoted } from './timeseries-csv.ts';
import type { Share, Spread, Sweep, SweptPoint } from './uncertainty.ts';

/** One line a point: its values under their paths, then what came of it; empty where there is none. */
export function renderSweepCsv({ axes, points }: Sweep): string {
  const rows = points.map((point) => [...point.values, ...columns.map(([, read]) => read(point))]);
  return [[...axes, ...columns.map(([name]) => name)], ...rows]
    .map((row) => `${row.map((field) => quoted(String(field ?? ''))).join(',')}\n`)
    .join('');
}

type Column = readonly [string, (point: SweptPoint) => number | undefined];

const columns: readonly Column[] = [
  ['seeds', ({ aborts }) => aborts.of],
  ...shareColumns('aborts', ({ aborts }) => aborts),
  ...shareColumns('completes', ({ completes }) => completes),
  ...shareColumns('falseAborts', ({ falseAborts }) => falseAborts),
  ...spreadColumns('harmedThings', ({ harmedThings }) => harmedThings),
  ...spreadColumns('notified', ({ notified }) => notified),
  ...spreadColumns('tripSeconds', ({ tripSeconds }) => tripSeconds),
  ['best', ({ isBest }) => Number(isBest)],
];

function shareColumns(name: string, read: (point: SweptPoint) => Share | undefined): Column[] {
  return [
    [name, (point) => read(point)?.probability],
    [`${name}.low`, (point) => read(point)?.low],
    [`${name}.high`, (point) => read(point)?.high],
  ];
}

function spreadColumns(name: string, read: (point: SweptPoint) => Spread | undefined): Column[] {
  const figures = ['mean', 'median', 'low', 'high', 'p2_5', 'p97_5'] as const;
  return figures.map((figure) => [`${name}.${figure}`, (point) => read(point)?.[figure]]);
}
