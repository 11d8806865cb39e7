import type { Summary } from '../summary.ts';
import { formatCount, formatInstant } from '../wording.ts';
import { html } from './markup.ts';
import type { PageSection } from './page.ts';

/** Of longer timelines the beginning: all of it is in events.ndjson. */
const eventsMax = 150;

/** What happened when, in simulated time. */
export function timelineSection({ events }: Summary): PageSection {
  const left = events.length - eventsMax;
  return {
    id: 'timeline',
    title: 'Timeline',
    body:
      events.length === 0
        ? html`<p>Nothing was noted.</p>`
        : html`<ol class="events">
${events
  .slice(0, eventsMax)
  .map(
    ({ t, kind, message }) =>
      html`<li><time>${formatInstant(t)}</time> <span>${message} <small>${kind}</small></span></li>\n`,
  )}</ol>
${left > 0 && html`<p class="soft">${formatCount(left)} more are in events.ndjson.</p>`}`,
  };
}
