import type { ComparisonSection, SectionItem } from './compare-sections.ts';
import { type TextOptions, TextPage } from './text-page.ts';

type Marks = Readonly<Record<SectionItem['tone'], string>>;

const unicodeMarks: Marks = { good: '✓', bad: '✗', warning: '!', faint: '·' };
const asciiMarks: Marks = { good: '+', bad: 'x', warning: '!', faint: '-' };

/** A comparison for a terminal. */
export function renderComparisonText(
  sections: readonly ComparisonSection[],
  options: TextOptions,
): string[] {
  const page = new TextPage(options);
  const marks = options.isUnicode ? unicodeMarks : asciiMarks;
  for (const { title, items, table } of sections) {
    page.title(title.toUpperCase());
    for (const { tone, text } of items) page.item(tone, marks[tone], text);
    if (table !== undefined && table.rows.length > 0) page.table(table.headings, table.rows);
  }
  return page.lines;
}
