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
    for (const [index, line] of wrap(cleaned(text), width).entries()) {
      this.#add([
        [tone, index === 0 ? lead : ' '.repeat(lead.length)],
        ['plain', line],
      ]);
    }
  }

  /** The first column holds names and gives way when the table is too wide; the others hold figures. */
  table(headings: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = headings.map((heading, column) =>
      Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
    );
    const figures = widths.slice(1).reduce((sum, width) => sum + gap.length + width, 0);
    const names = Math.min(
      widths[0] ?? 0,
      Math.max(8, this.#options.columns - gap.length - figures),
    );
    const line = (cells: readonly string[]) =>
      gap +
      cells
        .map((cell, column) =>
          column === 0 ? this.#cut(cell, names).padEnd(names) : cell.padStart(widths[column] ?? 0),
        )
        .join(gap);
    this.#add([['faint', line(headings)]]);
    for (const row of rows) this.#add([['plain', line(row.map(cleaned))]]);
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
      left -= shown.length;
      line += shown === '' ? '' : this.#options.style(tone, shown);
    }
    this.#lines.push(line);
  }

  #cut(text: string, width: number): string {
    if (text.length <= width) return text;
    const ellipsis = this.#options.isUnicode ? '…' : '...';
    return (text.slice(0, Math.max(0, width - ellipsis.length)) + ellipsis).slice(0, width);
  }
}

/** Text of others must not steer the terminal. */
function cleaned(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

function wrap(text: string, width: number): string[] {
  const room = Math.max(1, width);
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = '';
    }
    for (; word.length > room; word = word.slice(room)) lines.push(word.slice(0, room));
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
