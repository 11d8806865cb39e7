import type { Summary } from '../summary.ts';
import { formatSeconds } from '../wording.ts';
import { type Content, html } from './markup.ts';
import type { PageSection } from './page.ts';
import { renderShareBar } from './share-bar.ts';
import { renderTable } from './table.ts';

type SlowThing = Summary['slowest'][number];

const thingsMax = 20;

const phases = [
  { name: 'waiting', color: 'area-queued' },
  { name: 'downloading', color: 'area-timed-out' },
  { name: 'working', color: 'area-in-progress' },
] as const;

/** The things that took longest from first notice to the end, and what took the time. */
export function slowestSection({ slowest }: Summary): PageSection {
  const shown = slowest.slice(0, thingsMax);
  const longest = Math.max(0, ...shown.map(({ seconds }) => seconds));
  return {
    id: 'slowest',
    title: 'Slowest things',
    body:
      shown.length === 0
        ? html`<p>No thing has worked on a job.</p>`
        : html`<p>From first notice to the end, in simulated time. A bar is split into waiting, downloading and working, in this order.</p>
${renderTable({
  label: 'Slowest things',
  columns: [
    { heading: 'thing', kind: 'name' },
    { heading: 'cohort', kind: 'name' },
    { heading: 'job', kind: 'name' },
    { heading: 'ended', kind: 'name' },
    { heading: 'took', kind: 'figure' },
    { heading: 'most of it', kind: 'name' },
    { heading: 'phases', kind: 'name' },
  ],
  rows: shown.map((slow) => slowRow(slow, longest)),
})}`,
  };
}

function slowRow(slow: SlowThing, longest: number): Content[] {
  const { thing, cohort, jobId, status, seconds, phases: spent } = slow;
  const parts = phases.map(({ name, color }) => ({ name, color, amount: spent[name] ?? 0 }));
  const most = parts.reduce((worst, part) => (part.amount > worst.amount ? part : worst));
  return [
    thing,
    cohort,
    jobId,
    status,
    formatSeconds(seconds),
    `${formatSeconds(most.amount)} ${most.name}`,
    renderShareBar(parts, longest),
  ];
}
