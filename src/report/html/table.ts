import { type Content, type Html, html } from './markup.ts';

export interface Column {
  readonly heading: string;
  /** Figures stand under each other by their digits; prose may be broken, names may not. */
  readonly kind: 'name' | 'figure' | 'prose';
}

export interface Table {
  /** What it lists, for those who meet it out of context. */
  readonly label: string;
  /** The first names the row. */
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Content[])[];
  /** Where each row lies across the plot of the chart above, 0 to 1; the cross-hair reads from them. */
  readonly positions?: readonly number[];
}

/** A first column of names and others of figures. */
export function figureColumns(headings: readonly string[]): Column[] {
  return headings.map((heading, index) => ({ heading, kind: index === 0 ? 'name' : 'figure' }));
}

/** Wider than the screen, it scrolls in a frame of its own, by keyboard as well. */
export function renderTable({ label, columns, rows, positions }: Table): Html {
  const at = positions?.map((position) => Number(position.toFixed(4))).join(' ');
  return html`<div class="scroll" role="group" tabindex="0" aria-label="${label}">
<table${at !== undefined && html` data-positions="${at}"`}>
<thead><tr>${columns.map(({ heading, kind }) => html`<th scope="col" class="${kind}">${heading}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell, index) => renderCell(cell, index, columns[index]))}</tr>\n`)}</tbody>
</table>
</div>`;
}

function renderCell(cell: Content, index: number, column: Column | undefined): Html {
  const kind = column?.kind ?? 'prose';
  if (index === 0) {
    return html`<th scope="row"${kind === 'prose' && html` class="prose"`}>${cell}</th>`;
  }
  // Most rows are named by a word and hold figures: the style sheet takes plain cells for that.
  return kind === 'figure' ? html`<td>${cell}</td>` : html`<td class="${kind}">${cell}</td>`;
}
