import { measureText } from '../../../../src/report/chart/measure-text.ts';

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What it holds directly, entities as they are. */
  text: string;
}

const token = /<(\/?)([a-z]+)((?: [a-z][\w-]*="[^"<]*")*)(\/?)>|[^<]+/g;

/** All elements in their order; throws where the text is not well-formed XML of the little we write. */
export function elementsOf(svg: string): Element[] {
  const tokens = [...svg.matchAll(token)];
  const read = tokens.map(([all]) => all).join('');
  if (read !== svg) throw new Error(`no XML near ${svg.slice(Math.max(0, read.length - 40))}`);
  const elements: Element[] = [];
  const open: Element[] = [];
  for (const [all, closes, name, attributes = '', isEmpty] of tokens) {
    if (name === undefined) {
      addText(all, open.at(-1));
    } else if (closes) {
      const opened = open.pop();
      if (opened?.name !== name) throw new Error(`</${name}> closes <${opened?.name}>`);
    } else {
      const element = { name, attributes: attributesOf(attributes), text: '' };
      elements.push(element);
      if (!isEmpty) open.push(element);
    }
  }
  if (open.length > 0) throw new Error(`<${open[0]?.name}> is never closed`);
  return elements;
}

function addText(text: string, parent: Element | undefined): void {
  if (/&(?!(amp|lt|gt|quot|#\d+);)/.test(text)) throw new Error(`bare & in ${text}`);
  if (parent !== undefined) parent.text += text;
  else if (text.trim() !== '') throw new Error(`text outside: ${text}`);
}

function attributesOf(written: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = '', value = ''] of written.matchAll(/ ([\w-]+)="([^"]*)"/g)) {
    if (name in found) throw new Error(`${name} twice in ${written}`);
    found[name] = value;
  }
  return found;
}

/** The corners of a path of absolute M and L. */
export function cornersOf({ attributes }: Element): { x: number; y: number }[] {
  return [...(attributes['d'] ?? '').matchAll(/[ML](-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => ({
    x: Number(x),
    y: Number(y),
  }));
}

export interface TextBox {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** What every text covers at most. */
export function textBoxes(elements: readonly Element[]): TextBox[] {
  return elements
    .filter(({ name }) => name === 'text')
    .map(({ attributes, text }) => {
      const size = Number(attributes['font-size'] ?? 12);
      const shown = text.replaceAll(/&(amp|lt|gt|quot|#\d+);/g, '&');
      const width = measureText(shown, size);
      const [x, y] = [Number(attributes['x']), Number(attributes['y'])];
      const shift = { middle: width / 2, end: width }[attributes['text-anchor'] ?? ''] ?? 0;
      return {
        text,
        left: x - shift,
        right: x - shift + width,
        top: y - size * 0.75,
        bottom: y + 3,
      };
    });
}

export function overlapping(boxes: readonly TextBox[]): string[] {
  return boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
      .map((b) => `${a.text} / ${b.text}`),
  );
}
