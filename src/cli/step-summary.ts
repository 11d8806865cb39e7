/** GitHub drops a step's summary whole when it is larger. */
export const stepSummaryBytesMax = 1024 * 1024;

const cutNote = '\n\n*The rest is in summary.md of the run folder.*\n';

/** Markdown of at most so many bytes: whole lines, with no section left open. */
export function fitStepSummary(markdown: string, bytesMax: number): string {
  if (Buffer.byteLength(markdown) <= bytesMax) return markdown;
  const tail = `\n\n</details>${cutNote}`;
  let left = bytesMax - Buffer.byteLength(tail);
  const kept: string[] = [];
  for (const line of markdown.split('\n')) {
    left -= Buffer.byteLength(line) + 1;
    if (left < 0) break;
    kept.push(line);
  }
  if (kept.length === 0) return '';
  return kept.join('\n') + (isOpen(kept) ? tail : cutNote);
}

function isOpen(lines: readonly string[]): boolean {
  const opened = lines.filter((line) => line.includes('<details>')).length;
  const closed = lines.filter((line) => line.includes('</details>')).length;
  return opened > closed;
}
