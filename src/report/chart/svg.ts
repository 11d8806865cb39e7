import { escapeXml } from '../junit.ts';
import { type ColorName, paint } from './palette.ts';

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Tenths of a pixel: finer is not seen, and costs bytes. */
export function tenth(value: number): number {
  const rounded = Math.round(value * 10) / 10;
  return rounded === 0 ? 0 : rounded;
}

export interface TextStyle {
  readonly color?: ColorName;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly size?: number;
  readonly isBold?: boolean;
  /** Edged with paper, to be read where lines may cross it. */
  readonly hasHalo?: boolean;
}

/** One line of text on its baseline. */
export function text({ x, y }: Place, content: string, style: TextStyle = {}): string {
  const { color = 'ink', anchor = 'start', size, isBold, hasHalo } = style;
  const colors = hasHalo ? { fill: color, stroke: 'paper' as const } : { fill: color };
  const more = [
    ...(anchor === 'start' ? [] : [` text-anchor="${anchor}"`]),
    ...(size === undefined ? [] : [` font-size="${size}"`]),
    ...(isBold ? [' font-weight="600"'] : []),
    ...(hasHalo ? [' stroke-width="4" stroke-linejoin="round" paint-order="stroke"'] : []),
  ];
  return `<text x="${tenth(x)}" y="${tenth(y)}" ${paint(colors)}${more.join('')}>${escapeXml(content)}</text>`;
}

export function line(from: Place, to: Place, color: ColorName, more = ''): string {
  return `<path d="M${tenth(from.x)},${tenth(from.y)}L${tenth(to.x)},${tenth(to.y)}" ${paint({ stroke: color })}${more}/>`;
}

export function box(from: Place, to: Place, color: ColorName, more = ''): string {
  const [x, y] = [tenth(from.x), tenth(from.y)];
  return `<rect x="${x}" y="${y}" width="${tenth(to.x - from.x)}" height="${tenth(to.y - from.y)}" ${paint({ fill: color })}${more}/>`;
}
