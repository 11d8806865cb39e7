import { expect, it } from 'vitest';
import { html, trusted } from '../../../../src/report/html/markup.ts';

it('escapes what is put in, for text and for quoted attributes', () => {
  const nasty = `<b a="1">&amp;\u0007`;

  expect(html`<p title="${nasty}">${nasty}</p>`.text).toBe(
    '<p title="&lt;b a=&quot;1&quot;&gt;&amp;amp;\\u0007">&lt;b a=&quot;1&quot;&gt;&amp;amp;\\u0007</p>',
  );
});

it('leaves pieces of pages as they are, one or many, nested or not', () => {
  const items = ['<', 2].map((item) => html`<li>${item}</li>`);

  expect(html`<ul>${[items, [trusted('<!-- -->')]]}</ul>`.text).toBe(
    '<ul><li>&lt;</li><li>2</li><!-- --></ul>',
  );
});

it('leaves nothing where there is nothing, and zero where there is zero', () => {
  expect(html`[${undefined}${false}${[]}${0}]`.text).toBe('[0]');
});
