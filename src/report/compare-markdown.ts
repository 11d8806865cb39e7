import type { ComparisonSection, SectionItem } from './compare-sections.ts';
import { escapeMarkdown, markdownTable } from './markdown-parts.ts';

const icons: Readonly<Record<SectionItem['tone'], string>> = {
  good: '✅ ',
  bad: '❌ ',
  warning: '⚠️ ',
  faint: '',
};

/** A comparison for a pull request: what changed is open, the rest is folded away. */
export function renderComparisonMarkdown(sections: readonly ComparisonSection[]): string {
  const blocks = sections.map(({ id, title, items, table }) => {
    const told = [
      items.map(({ tone, text }) => `- ${icons[tone]}${escapeMarkdown(text)}`).join('\n'),
      table === undefined
        ? ''
        : markdownTable(
            table.headings,
            table.rows.map((row) => row.map(escapeMarkdown)),
          ),
    ];
    const body = told.filter((part) => part !== '').join('\n\n');
    return id === 'rest' || id === 'settings'
      ? `<details>\n<summary>${title}</summary>\n\n${body}\n\n</details>`
      : `### ${title}\n\n${body}`;
  });
  return `${['## Comparison of two runs', ...blocks].join('\n\n')}\n`;
}
