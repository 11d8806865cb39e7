import { escapeXml } from './junit.ts';
import { axisNames, tellPoint } from './sweep-text.ts';
import { type Sweep, type SweptPoint, unwantedAborts } from './uncertainty.ts';
import { formatCount } from './wording.ts';

const width = 720;
const height = 480;
/** Where the plot lies within the picture. */
const plot = { left: 80, top: 56, right: 696, bottom: 416 } as const;
/** With more best points than this their labels would cover each other. */
const labelsMax = 12;

const ink = '#1f2933';
const faint = '#d5dbe1';
const plain = '#8795a1';
const best = '#c2410c';

/** The trade-off as a picture: aborts against harm, the points no other beats joined. */
export function renderSweepSvg(sweep: Sweep): string {
  const { points, axes, seeds } = sweep;
  const harmMax = niceMax(Math.max(1, ...points.map(harmOf)));
  const at = (point: SweptPoint): Place => ({
    x: plot.left + unwantedAborts(point).probability * (plot.right - plot.left),
    y: plot.bottom - (harmOf(point) / harmMax) * (plot.bottom - plot.top),
  });
  const front = points
    .filter(({ isBest }) => isBest)
    .sort((a, b) => at(a).x - at(b).x || at(a).y - at(b).y);
  const names = axisNames(axes).join(', ');
  const description = `${points.length} points of ${seeds} seeds over ${names}; ${front.length} that no other beats are joined: ${front
    .slice(0, labelsMax)
    .map((point) => tellPoint(point, axes))
    .join('; ')}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>Trade-off of ${escapeXml(names)}</title>`,
    `<desc>${escapeXml(description)}</desc>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text({ x: plot.left, y: 32 }, `Trade-off of ${names}`, { 'font-size': 16 }),
    ...scaleX(),
    ...scaleY(harmMax),
    text({ x: (plot.left + plot.right) / 2, y: 460 }, labelX(sweep), { 'text-anchor': 'middle' }),
    text({ x: 20, y: (plot.top + plot.bottom) / 2 }, 'Things harmed (mean)', {
      'text-anchor': 'middle',
      transform: `rotate(-90 20 ${(plot.top + plot.bottom) / 2})`,
    }),
    `<polyline points="${front.map((point) => pair(at(point))).join(' ')}" fill="none" stroke="${best}" stroke-width="1.5"/>`,
    ...points.map((point) => dot(at(point), point, axes)),
    ...(front.length > labelsMax ? [] : front.map((point) => label(at(point), point))),
    '</svg>',
    '',
  ].join('\n');
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function labelX({ healthy }: Sweep): string {
  return healthy === undefined
    ? 'Probability that a job aborts'
    : `Probability that a job aborts although all things are ${healthy}`;
}

function scaleX(): string[] {
  return [0, 0.25, 0.5, 0.75, 1].flatMap((share) => {
    const x = plot.left + share * (plot.right - plot.left);
    return [
      line({ x, y: plot.top }, { x, y: plot.bottom }),
      text({ x, y: plot.bottom + 18 }, `${share * 100}%`, { 'text-anchor': 'middle' }),
    ];
  });
}

function scaleY(harmMax: number): string[] {
  return [0, 0.25, 0.5, 0.75, 1].flatMap((share) => {
    const y = plot.bottom - share * (plot.bottom - plot.top);
    return [
      line({ x: plot.left, y }, { x: plot.right, y }),
      text({ x: plot.left - 8, y: y + 4 }, formatCount(share * harmMax), { 'text-anchor': 'end' }),
    ];
  });
}

function dot(place: Place, point: SweptPoint, axes: readonly string[]): string {
  const { x, y } = rounded(place);
  const fill = point.isBest ? best : plain;
  return `<circle cx="${x}" cy="${y}" r="${point.isBest ? 5 : 3.5}" fill="${fill}"><title>${escapeXml(tellPoint(point, axes))}</title></circle>`;
}

/** Beside its point, on the side where there is room. */
function label({ x, y }: Place, { values }: SweptPoint): string {
  const isRight = x > (plot.left + plot.right) / 2;
  return text({ x: x + (isRight ? -9 : 9), y: y - 7 }, values.join(', '), {
    'text-anchor': isRight ? 'end' : 'start',
  });
}

function text(
  place: Place,
  content: string,
  attributes: Readonly<Record<string, string | number>>,
): string {
  const { x, y } = rounded(place);
  const more = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`);
  return `<text x="${x}" y="${y}" fill="${ink}"${more.join('')}>${escapeXml(content)}</text>`;
}

function line(from: Place, to: Place): string {
  const [a, b] = [rounded(from), rounded(to)];
  return `<line x1="${a.x}" y1="${a.y}" x2="${b.x}" y2="${b.y}" stroke="${faint}"/>`;
}

function pair(place: Place): string {
  const { x, y } = rounded(place);
  return `${x},${y}`;
}

function rounded({ x, y }: Place): Place {
  return { x: Number(x.toFixed(1)), y: Number(y.toFixed(1)) };
}

function harmOf({ harmedThings }: SweptPoint): number {
  return harmedThings.mean;
}

/** The next of 4, 8, 20, 40, 80, …: its quarters are whole. */
function niceMax(value: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(value / 4)));
  const steps = [4, 8, 20, 40].map((step) => step * power);
  return steps.find((step) => step >= value) ?? 40 * power;
}
