import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compactPaths } from '../../../../src/report/html/compact-paths.ts';

it.each([
  ['M1,2L3.5,2L3.5,1.5L4,1L4.5,1.2L3,3Z', 'M1,2h2.5v-.5l.5-.5 .5 .2-1.5 1.8z'],
  ['M0,0L1,0L3,0M5,5L5,4Z', 'M0,0h1 2M5,5v-1z'],
  ['M53,292.3', 'M53,292.3'],
])('%s becomes %s', (path, compact) => {
  expect(compactPaths(`<path d="${path}" class="a"/>`)).toBe(`<path d="${compact}" class="a"/>`);
});

it('leaves what it does not know', () => {
  const svg = '<path d="M1,2h3v4z"/><path d="M1,2A3,3,0,0,1,4,5"/><text d="L">M1,2L3,4</text>';

  expect(compactPaths(svg)).toBe(svg);
});

it('steps lead to the places they stand for, however many there are', () => {
  const coordinate = fc.integer({ min: -9999, max: 9999 }).map((tenths) => tenths / 10);
  const place = fc.tuple(coordinate, coordinate);
  const ring = fc.tuple(place, fc.array(place, { maxLength: 40 }), fc.boolean());

  fc.assert(
    fc.property(fc.array(ring, { minLength: 1, maxLength: 4 }), (rings) => {
      const path = rings
        .map(([start, others, isClosed]) => {
          const lines = others.map(([x, y]) => `L${x},${y}`).join('');
          return `M${start.join(',')}${lines}${isClosed ? 'Z' : ''}`;
        })
        .join('');
      const compact = /d="(.*)"/.exec(compactPaths(`<path d="${path}"/>`))?.[1] ?? '';

      expect(walk(compact)).toEqual(rings.flatMap(([start, others]) => [start, ...others]));
    }),
  );
});

type Place = readonly [x: number, y: number];

/** Where each command of SVG's grammar leads from a place, and how many numbers it takes. */
const moves: Readonly<
  Record<string, readonly [takes: 1 | 2, to: (from: Place, to: Place) => Place]>
> = {
  M: [2, (_, [x, y]) => [x, y]],
  h: [1, ([x, y], [dx]) => [x + dx, y]],
  v: [1, ([x, y], [dy]) => [x, y + dy]],
  l: [2, ([x, y], [dx, dy]) => [x + dx, y + dy]],
};

/** The places a path leads through. */
function walk(path: string): Place[] {
  const places: Place[] = [];
  let at: Place = [0, 0];
  let start: Place = at;
  for (const [, command = '', text = ''] of path.matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)) {
    const [takes, to] = moves[command] ?? [2, () => at];
    const numbers = (text.match(/-?(?:\d+\.?\d*|\.\d+)/g) ?? []).map(Number);
    for (let index = 0; index < numbers.length; index += takes) {
      at = settled(to(at, [numbers[index] ?? 0, numbers[index + 1] ?? 0]));
      places.push(at);
    }
    if (command === 'M') start = at;
    if (command === 'z') at = start;
  }
  return places;
}

function settled([x, y]: Place): Place {
  return [Math.round(x * 10) / 10 + 0, Math.round(y * 10) / 10 + 0];
}
