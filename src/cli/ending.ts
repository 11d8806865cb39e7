import type { Summary } from '../report/summary.ts';
import { renderText } from '../report/text.ts';
import type { Io } from './io.ts';
import { paint } from './paint.ts';

/** The end of a run for people, as wide as is good to read. */
export function tellEnding(summary: Summary, folder: string, io: Io): void {
  const lines = renderText(summary, {
    columns: Math.max(20, Math.min(io.columns, 120)),
    isUnicode: io.isUnicode,
    style: (tone, text) => (io.hasColor ? paint(tone, text) : text),
    reportPath: folder,
  });
  io.stderr(`${lines.join('\n')}\n`);
}
