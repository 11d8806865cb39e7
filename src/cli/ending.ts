import type { Summary } from '../report/summary.ts';
import { renderText } from '../report/text.ts';
import type { Io } from './io.ts';
import { paint } from './paint.ts';

/**
 * The end of a run for people, as wide as is good to read: its result, and so on stdout. Where that goes
 * to a file, an error is told on stderr as well.
 */
export function tellEnding(summary: Summary, folder: string, io: Io): void {
  const lines = renderText(summary, {
    columns: Math.max(20, Math.min(io.outputColumns, 120)),
    isUnicode: io.isUnicode,
    style: (tone, text) => (io.outputHasColor ? paint(tone, text) : text),
    reportPath: folder,
  });
  io.stdout(`${lines.join('\n')}\n`);
  const { error } = summary.run;
  if (error !== undefined && !io.outputIsTerminal) io.stderr(`${error}\n`);
}
