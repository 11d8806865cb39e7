export function section(heading: string, body: string): string {
  return body === '' ? '' : `${heading}\n\n${body}`;
}

export function folded(title: string, body: string): string {
  return body === '' ? '' : `<details>\n<summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/** Lines are plain text. */
export function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${escapeMarkdown(line)}`).join('\n');
}

/** Cells are Markdown already. */
export function markdownTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text of others stays text: no HTML, no emphasis, no new cell, line or mention. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(special, (character) => `&#${character.charCodeAt(0)};`);
}

/** An underscore inside a word means nothing, and statuses are easier to read without escapes. */
const special = /[\\`*~[\]|#@]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;

export function inCode(text: string): string {
  return `<code>${escapeMarkdown(text)}</code>`;
}
