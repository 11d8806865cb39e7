import type { ColorName } from '../chart/palette.ts';
import { cohortNote } from '../cohort-text.ts';
import type { CohortSummary, Summary } from '../summary.ts';
import { formatCount, formatSeconds, formatTally } from '../wording.ts';
import { type Content, html } from './markup.ts';
import type { PageSection } from './page.ts';
import { renderShareBar } from './share-bar.ts';
import { renderTable } from './table.ts';

/** In the order of the stacked chart; NONE is no status of AWS but silence. */
const colors: Readonly<Record<string, ColorName>> = {
  SUCCEEDED: 'area-succeeded',
  FAILED: 'area-failed',
  TIMED_OUT: 'area-timed-out',
  REJECTED: 'area-rejected',
  IN_PROGRESS: 'area-in-progress',
  QUEUED: 'area-queued',
  CANCELED: 'area-canceled',
  REMOVED: 'area-removed',
  NONE: 'area-not-notified',
};

/** What the devices of each kind told, and what is true of them. */
export function cohortsSection({ fleet }: Summary): PageSection {
  const { cohorts } = fleet;
  return {
    id: 'cohorts',
    title: 'Cohorts',
    body:
      cohorts.length === 0
        ? html`<p>No cohort is known of this run.</p>`
        : html`<p>What the devices of each cohort reported last, and what is true of them: a device that tells SUCCEEDED without running the new version has misreported. ${cohortNote}</p>
${renderTable({
  label: 'Cohorts',
  columns: [
    { heading: 'cohort', kind: 'name' },
    { heading: 'things', kind: 'figure' },
    { heading: 'executions', kind: 'figure' },
    { heading: 'reported last', kind: 'prose' },
    { heading: 'updated', kind: 'figure' },
    { heading: 'misreported', kind: 'figure' },
    { heading: 'unfinished', kind: 'figure' },
    { heading: 'took', kind: 'prose' },
  ],
  rows: cohorts.map(cohortRow),
})}`,
  };
}

function cohortRow(cohort: CohortSummary): Content[] {
  const { name, things, executed, reported, updated, misreported, unfinished, workSeconds } =
    cohort;
  const told = Object.values(reported).reduce((sum, count) => sum + count, 0);
  const parts = Object.entries(colors).map(([status, color]) => ({
    amount: reported[status] ?? 0,
    color,
  }));
  return [
    name,
    formatCount(things),
    formatCount(executed),
    told === 0 ? 'nothing' : html`${renderShareBar(parts, told)}${formatTally(reported)}`,
    formatCount(updated),
    formatCount(misreported),
    formatCount(unfinished),
    workSeconds === undefined
      ? '–'
      : `p50 ${formatSeconds(workSeconds.p50)}, p99 ${formatSeconds(workSeconds.p99)}`,
  ];
}
