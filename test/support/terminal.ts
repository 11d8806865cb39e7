import { textWidth } from '../../src/base/text-width.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what a terminal reads
const token = /\x1b\[([?\d;]*)([A-Za-z])|[\r\n]|[^\x1b\r\n]+/gu;

/** A terminal of a fixed size, as far as our frames need one. It remembers what it showed at any time. */
export class Terminal {
  readonly columns: number;
  /** All lines there ever were; the last ones are on the screen. */
  readonly #lines: string[][] = [[]];
  #row = 0;
  #column = 0;
  #isCursorShown = true;
  #wraps = 0;
  #frames = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  get isCursorShown(): boolean {
    return this.#isCursorShown;
  }

  /** Lines that went on in the next one because they were too long. */
  get wraps(): number {
    return this.#wraps;
  }

  /** Synchronized updates so far. */
  get frames(): number {
    return this.#frames;
  }

  get text(): string {
    return this.#lines.map((line) => line.join('').trimEnd()).join('\n');
  }

  write(data: string): void {
    for (const [whole, parameters = '', final] of data.matchAll(token)) {
      if (final !== undefined) this.#control(parameters, final);
      else if (whole === '\n') this.#move(this.#row + 1, 0);
      else if (whole === '\r') this.#column = 0;
      else this.#print(whole);
    }
  }

  #print(text: string): void {
    for (const { segment } of graphemes.segment(text)) {
      const width = textWidth(segment);
      if (this.#column + width > this.columns) {
        this.#wraps++;
        this.#move(this.#row + 1, 0);
      }
      const line = this.#line();
      while (line.length < this.#column) line.push(' ');
      line[this.#column] = segment;
      for (let extra = 1; extra < width; extra++) line[this.#column + extra] = '';
      this.#column += width;
    }
  }

  #control(parameters: string, final: string): void {
    const count = Number(parameters) || 1;
    switch (final) {
      case 'A':
        this.#move(Math.max(0, this.#row - count), this.#column);
        break;
      case 'B':
        this.#move(this.#row + count, this.#column);
        break;
      case 'G':
        this.#move(this.#row, count - 1);
        break;
      case 'K':
        // From the cursor to the end, or with 2 the whole line.
        this.#line().length = parameters === '2' ? 0 : Math.min(this.#column, this.#line().length);
        break;
      case 'J':
        this.#line().length = Math.min(this.#column, this.#line().length);
        this.#lines.length = this.#row + 1;
        break;
      case 'h':
      case 'l':
        this.#mode(parameters, final === 'h');
        break;
    }
  }

  #mode(parameters: string, isSet: boolean): void {
    if (parameters === '?25') this.#isCursorShown = isSet;
    if (parameters === '?2026' && isSet) this.#frames++;
  }

  #move(row: number, column: number): void {
    this.#row = row;
    this.#column = column;
    while (this.#lines.length <= row) this.#lines.push([]);
  }

  #line(): string[] {
    const line = this.#lines[this.#row] ?? [];
    this.#lines[this.#row] = line;
    return line;
  }
}
