import { cutToWidth, printable, textWidth } from '../base/text-width.ts';
import { paint, type Shade } from './paint.ts';

/** How frames are drawn. */
export interface FrameOptions {
  /** No line is wider. */
  readonly columns: number;
  /** There are no more lines. */
  readonly rows: number;
  readonly isUnicode: boolean;
  readonly hasColor: boolean;
}

/** A part of a line. Of those that do not fit beside each other the highest rank goes first; 0 stays. */
export interface Piece {
  readonly text: string;
  readonly shade?: Shade;
  readonly rank?: number;
}

/** One line of what fits, in the order given. */
export function line(
  pieces: readonly Piece[],
  { columns, isUnicode, hasColor }: Pick<FrameOptions, 'columns' | 'isUnicode' | 'hasColor'>,
  gap = '',
): string {
  let shown = pieces.filter(({ text }) => text !== '');
  while (widthOf(shown, gap) > columns) {
    const worst = Math.max(...shown.map(({ rank = 0 }) => rank));
    if (worst === 0) break;
    const last = shown.findLastIndex(({ rank = 0 }) => rank === worst);
    shown = shown.filter((_, index) => index !== last);
  }
  let left = columns;
  let text = '';
  for (const [index, piece] of shown.entries()) {
    const lead = index === 0 ? '' : gap;
    const cut = cutToWidth(lead + printable(piece.text), left, isUnicode ? '…' : '~');
    left -= textWidth(cut);
    text += hasColor ? paint(piece.shade ?? 'plain', cut) : cut;
  }
  return text;
}

function widthOf(pieces: readonly Piece[], gap: string): number {
  return pieces.reduce(
    (sum, { text }) => sum + textWidth(printable(text)),
    Math.max(0, pieces.length - 1) * textWidth(gap),
  );
}
