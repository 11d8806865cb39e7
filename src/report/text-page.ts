import { cutToWidth, printable, textWidth } from '../base/text-width.ts';

/** What a piece of text means; the caller decides which colour, if any, that is. */
export type Tone = 'good' | 'bad' | 'warning' | 'title' | 'faint' | 'plain';

export interface TextOptions {
  /** No line but the report's path is wider; that one must survive a copy whole. */
  readonly columns: number;
  readonly isUnicode: boolean;
  /** May add escapes, never width. */
  readonly style: (tone: Tone, text: string) => string;
}

type Piece = readonly [Tone, string];

const gap = '  ';

/** Lines for a terminal of a known width: titles, wrapped items, tables. */
export class TextPage {
  readonly #options: TextOptions;
  readonly #lines: string[] = [];

  constructor(options: TextOptions) {
    this.#options = options;
  }

  get lines(): string[] {
    return this.#lines;
  }

  title(text: string): void {
    if (this.#lines.length > 0) this.#lines.push('');
    this.#add([['title', text]]);
  }

  /** A sentence behind a mark, wrapped so that its next lines stand under its first word. */
  item(tone: Tone, mark: string, text: string): void {
    const lead = `${gap}${mark}${mark === '' ? '' : ' '}`;
    const width = this.#options.columns - lead.length;
    for (const [index, line] of wrap(printable(text), width).entries()) {
      this.#add([
        [tone, index === 0 ? lead : ' '.repeat(lead.length)],
        ['plain', line],
      ]);
    }
  }

  /**
   * The first column holds names and gives way when the table is too wide; the others hold figures, and
   * those that do not fit beside each other stand below, after the same names.
   */
  table(headings: readonly string[], rows: readonly (readonly string[])[]): void {
    const all = [headings, ...rows.map((row) => row.map(printable))];
    const widths = headings.map((_, column) =>
      Math.max(...all.map((row) => textWidth(row[column] ?? ''))),
    );
    const stacks = stackColumns(widths, this.#options.columns - gap.length);
    for (const { names, columns } of stacks) {
      for (const [index, row] of all.entries()) {
        const name = filled(this.#cut(row[0] ?? '', names), names);
        const figures = columns.map((column) => led(row[column] ?? '', widths[column] ?? 0));
        this.#add([[index === 0 ? 'faint' : 'plain', gap + [name, ...figures].join(gap)]]);
      }
    }
  }

  /** A line that is never cut. */
  verbatim(text: string): void {
    this.#lines.push(text);
  }

  #add(pieces: readonly Piece[]): void {
    let left = this.#options.columns;
    let line = '';
    for (const [tone, text] of pieces) {
      const shown = this.#cut(text, left);
      left -= textWidth(shown);
      line += shown === '' ? '' : this.#options.style(tone, shown);
    }
    this.#lines.push(line);
  }

  #cut(text: string, width: number): string {
    return cutToWidth(text, width, this.#options.isUnicode ? '…' : '...');
  }
}

interface Stack {
  /** Width of the column of names. */
  readonly names: number;
  readonly columns: readonly number[];
}

/** Names get all they want beside every figure, or else a third of the room and no less than eight. */
function stackColumns([names = 0, ...figures]: readonly number[], room: number): Stack[] {
  const whole = figures.reduce((sum, width) => sum + gap.length + width, 0);
  const narrow = Math.min(names, Math.max(8, room - whole, Math.floor(room / 3)));
  const stacks: number[][] = [[]];
  let left = room - narrow;
  for (const [index, width] of figures.entries()) {
    const current = stacks.at(-1);
    left -= gap.length + width;
    if (current === undefined || (left < 0 && current.length > 0)) {
      stacks.push([index + 1]);
      left = room - narrow - gap.length - width;
    } else current.push(index + 1);
  }
  return stacks.map((columns) => ({ names: narrow, columns }));
}

function led(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - textWidth(text))) + text;
}

function filled(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)));
}

function wrap(text: string, width: number): string[] {
  // Room for the widest character, lest a word never ends.
  const room = Math.max(2, width);
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > room) {
      lines.push(line);
      line = '';
    }
    while (textWidth(word) > room) {
      const head = cutToWidth(word, room, '');
      lines.push(head);
      word = word.slice(head.length);
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
