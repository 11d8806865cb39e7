import { cloudHeadings, cloudNotes, cloudRows, tellRemoval } from '../cloud-text.ts';
import type { Summary } from '../summary.ts';
import { html } from './markup.ts';
import type { PageSection } from './page.ts';
import { figureColumns, renderTable } from './table.ts';

/** What a run on AWS asked of the account, and what became of all that it made. */
export function cloudSection(cloud: NonNullable<Summary['cloud']>): PageSection {
  const { left } = cloud;
  return {
    id: 'aws',
    title: 'AWS account',
    body: html`<p>${left.length > 0 && html`<span class="warn"><span aria-hidden="true">!</span> Left behind</span>: `}${tellRemoval(cloud)}.</p>
${left.length > 0 && html`<ul class="notes">${left.map((each) => html`<li>${each}</li>`)}</ul>`}
${renderTable({ label: 'API calls', columns: figureColumns(cloudHeadings), rows: cloudRows(cloud) })}
${cloudNotes(cloud).map((note) => html`<p class="soft">${note}.</p>`)}`,
  };
}
