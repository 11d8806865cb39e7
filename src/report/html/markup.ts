import { escapeXml } from '../junit.ts';

/** Text that is HTML already. Only {@link html} makes it, so text of others can not become markup. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Undefined and false leave nothing behind, so that a part may be left out where it stands. */
export type Content = Html | string | number | undefined | false | readonly Content[];

/**
 * A piece of a page: `html\`<td>${anyText}</td>\``. What is put in is escaped, for text and for quoted
 * attributes alike, unless it is {@link Html}.
 */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  const [first = '', ...others] = parts;
  return new Html(
    others.reduce((text, part, index) => text + render(contents[index]) + part, first),
  );
}

/** For what another part of the report has rendered and escaped: an SVG, a style sheet. */
export function trusted(text: string): Html {
  return new Html(text);
}

function render(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'string') return escapeXml(content);
  if (typeof content === 'number') return String(content);
  return content.map(render).join('');
}
