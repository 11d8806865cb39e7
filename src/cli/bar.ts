import type { Piece } from './frame-line.ts';
import type { Shade } from './paint.ts';

/** So much of a bar, and what it looks like. */
export interface Segment {
  readonly count: number;
  readonly glyph: string;
  readonly shade: Shade;
}

/** The segments side by side, as long as their share of `total`; the rest of it is filled up with `rest`. */
export function bar(
  segments: readonly Segment[],
  total: number,
  columns: number,
  rest: string,
): Piece[] {
  const sum = segments.reduce((all, { count }) => all + count, 0);
  const whole = Math.max(1, total, sum);
  const share = Math.floor((columns * sum) / whole);
  const filled = Math.min(columns, sum === 0 ? 0 : Math.max(1, share));
  const cells = allot(
    segments.map(({ count }) => count),
    filled,
  );
  return [
    ...segments.map(({ glyph, shade }, index) => ({
      text: glyph.repeat(cells[index] ?? 0),
      shade,
    })),
    { text: rest.repeat(columns - filled), shade: 'faint' },
  ];
}

/** Whole cells in proportion to the counts; what is there at all gets one where that distorts little. */
function allot(counts: readonly number[], columns: number): number[] {
  const sum = counts.reduce((all, count) => all + count, 0);
  if (sum === 0) return counts.map(() => 0);
  const cells = counts.map((count) =>
    count === 0 ? 0 : Math.max(1, Math.floor((columns * count) / sum)),
  );
  let spare = columns - cells.reduce((all, count) => all + count, 0);
  while (spare !== 0) {
    const step = Math.sign(spare);
    const index = widest(counts, cells, sum / columns, step);
    cells[index] = (cells[index] ?? 0) + step;
    spare -= step;
  }
  return cells;
}

/** Where a cell more, or one less, distorts least. */
function widest(
  counts: readonly number[],
  cells: readonly number[],
  perCell: number,
  step: number,
): number {
  let found = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (const [index, count] of counts.entries()) {
    const cell = cells[index] ?? 0;
    const due = step * (count / perCell - cell);
    const isOut = step > 0 ? count === 0 : cell === 0;
    if (isOut || due <= most) continue;
    most = due;
    found = index;
  }
  return found;
}
