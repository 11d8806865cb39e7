import { createHash } from 'node:crypto';
import { enhancer } from './enhancer.ts';
import { type Content, type Html, html, trusted } from './markup.ts';
import { styleSheet } from './style.ts';

export interface PageSection {
  /** Unique in the page, of `[a-z0-9-]`. */
  readonly id: string;
  readonly title: string;
  /** Its own headings begin at h3. */
  readonly body: Content;
}

export interface Page {
  /** Of the window. */
  readonly title: string;
  /** What stands above all: the h1 and what belongs to it. */
  readonly masthead: Content;
  readonly sections: readonly PageSection[];
  /** Who made it, from what. */
  readonly footer: Content;
}

/**
 * One file that needs no other, for a report or a comparison. Its own content policy lets it load
 * nothing and run nothing but its own script, whatever a name or message in it may say. Where a server
 * forbids inline styles and scripts as well, the plain HTML below is the page.
 */
export function renderPage({ title, masthead, sections, footer }: Page): string {
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${trusted(styleSheet)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header class="masthead">
${masthead}
${themeChoice}
</header>
<nav class="contents" aria-label="Contents">
<ol>
${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>\n`)}</ol>
</nav>
<main id="main" tabindex="-1">
${sections.map(renderSection)}</main>
<footer>${footer}</footer>
<script>${trusted(enhancer)}</script>
</body>
</html>
`;
  return page.text;
}

function renderSection({ id, title, body }: PageSection): Html {
  return html`<section id="${id}">
<h2>${title}</h2>
${body}
</section>
`;
}

/** Of no use without the script, which shows it. */
const themeChoice = html`<label class="theme" hidden>Theme
<select><option value="">System</option><option value="light">Light</option><option value="dark">Dark</option></select></label>`;

const policy = [
  "default-src 'none'",
  `style-src ${hashOf(styleSheet)}`,
  `script-src ${hashOf(enhancer)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
