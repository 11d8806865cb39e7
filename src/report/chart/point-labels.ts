import type { Chart } from './chart.ts';
import { fontSize, type Layout } from './layout.ts';
import { measureText } from './measure-text.ts';
import { type Place, text } from './svg.ts';

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** From a dot to its label. */
const gap = 8;

/** The labels of dots, each on a side where it covers no dot and no other label; left out where there is none. */
export function pointLabels({ series }: Chart, layout: Layout): string {
  const dots = series.filter(({ shape }) => shape === 'dots');
  const taken = dots.flatMap(({ points }) =>
    points.flatMap(([x, y]) =>
      y === undefined ? [] : [around({ x: layout.toX(x), y: layout.toY(y) })],
    ),
  );
  const written: string[] = [];
  for (const { points, labels = [] } of dots) {
    for (const [index, label] of labels.entries()) {
      const [x, y] = points[index] ?? [];
      if (label === '' || x === undefined || y === undefined) continue;
      const place = freePlace({ x: layout.toX(x), y: layout.toY(y) }, label, taken, layout);
      if (place === undefined) continue;
      taken.push(place);
      written.push(text({ x: place.left, y: place.bottom - 3 }, label, { hasHalo: true }));
    }
  }
  return written.join('');
}

function freePlace(
  { x, y }: Place,
  label: string,
  taken: readonly Box[],
  { plot, width, endLabelRoom }: Layout,
): Box | undefined {
  const wide = measureText(label, fontSize);
  const end = endLabelRoom === 0 ? width : plot.right;
  const sides: Box[] = [x + gap, x - gap - wide].flatMap((left) =>
    [y - 16, y - 7, y + 2].map((top) => ({ left, right: left + wide, top, bottom: top + 14 })),
  );
  return sides.find(
    (side) =>
      side.left >= plot.left &&
      side.right <= end &&
      side.top >= plot.top - 6 &&
      side.bottom <= plot.bottom &&
      !taken.some((box) => overlap(side, box)),
  );
}

function around({ x, y }: Place): Box {
  return { left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
