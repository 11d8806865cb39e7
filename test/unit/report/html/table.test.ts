import { expect, it } from 'vitest';
import { html } from '../../../../src/report/html/markup.ts';
import { figureColumns, renderTable } from '../../../../src/report/html/table.ts';

it('a table has its headings, and every row a name, for those who only hear it', () => {
  const { text } = renderTable({
    label: 'A & B',
    columns: [...figureColumns(['thing', 'count']), { heading: 'why', kind: 'prose' }],
    rows: [['pump<1>', '3', html`<em>late</em>`]],
  });

  expect(text).toContain('role="group" tabindex="0" aria-label="A &amp; B"');
  expect(text).toContain(
    '<th scope="col" class="name">thing</th><th scope="col" class="figure">count</th><th scope="col" class="prose">why</th>',
  );
  expect(text).toContain(
    '<tr><th scope="row">pump&lt;1&gt;</th><td>3</td><td class="prose"><em>late</em></td></tr>',
  );
  expect(text).not.toContain('data-positions');
});

it('tells the cross-hair where its rows lie', () => {
  const { text } = renderTable({
    label: 'a',
    columns: figureColumns(['t', 'n']),
    rows: [
      ['0s', '1'],
      ['3s', '2'],
    ],
    positions: [0, 1 / 3],
  });

  expect(text).toContain('<table data-positions="0 0.3333">');
});
