import type { Place } from './svg.ts';

/** In pixels: nobody sees a third of one. */
const tolerance = 0.35;

/** The polyline without the points that lie on it anyway (Ramer, Douglas and Peucker). */
export function simplify<P extends Place>(line: readonly P[]): P[] {
  const [first, last] = [line[0], line.at(-1)];
  if (first === undefined || last === undefined || line.length < 3) return [...line];
  let farthest = 0;
  let most = 0;
  for (const [index, place] of line.entries()) {
    const off = distanceTo(place, first, last);
    if (off > most) [farthest, most] = [index, off];
  }
  if (most <= tolerance) return [first, last];
  return [...simplify(line.slice(0, farthest + 1)).slice(0, -1), ...simplify(line.slice(farthest))];
}

/** From a place to the line between two others; they may be the same. */
function distanceTo({ x, y }: Place, from: Place, to: Place): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  if (length === 0) return Math.hypot(x - from.x, y - from.y);
  return Math.abs(dx * (y - from.y) - dy * (x - from.x)) / length;
}
