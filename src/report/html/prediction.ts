import { sweepChart } from '../chart/sweep.ts';
import type { Prediction } from '../prediction.ts';
import {
  loadHeadings,
  loadRows,
  readingHeadings,
  readingRows,
  tellPredictedJob,
  tellTrip,
} from '../prediction-text.ts';
import { sweepTable } from '../sweep-text.ts';
import type { Sweep, Uncertainty } from '../uncertainty.ts';
import { spreadHeadings, spreadRows, tellChances } from '../uncertainty-text.ts';
import { formatCount } from '../wording.ts';
import { renderChartFigure } from './chart-figure.ts';
import { type Html, html } from './markup.ts';
import type { PageSection } from './page.ts';
import { figureColumns, renderTable } from './table.ts';

/** Before a reading of the scenario itself, and before a point that no other beats. */
const mark = '●';

/** What virtual time says: each reading of the abort rule, the load, many seeds, a grid of values. */
export function predictionSections(prediction: Prediction): PageSection[] {
  const { uncertainty, sweep } = prediction;
  return [
    { id: 'readings', title: 'Readings of the abort rule', body: renderReadings(prediction) },
    { id: 'load', title: 'Load on the service', body: renderLoad(prediction) },
    ...(uncertainty === undefined
      ? []
      : [{ id: 'uncertainty', title: 'Uncertainty', body: renderUncertainty(uncertainty) }]),
    ...(sweep === undefined ? [] : [{ id: 'trade-off', title: 'Sweep', body: renderSweep(sweep) }]),
  ];
}

function renderReadings(prediction: Prediction): Html {
  const [own] = prediction.outcomes;
  const jobs = own?.jobs ?? [];
  if (jobs.length === 0) return html`<p>There is no job to read it for.</p>`;
  const isRead = prediction.outcomes.length > 1;
  return html`${
    isRead &&
    html`<p>What AWS writes about aborting can be read in more than one way: a criterion may wait for a number of completed or of notified executions, and count the failed ones among either. ${mark} is the reading of the scenario.</p>`
  }
${jobs.map(
  (job) => html`<h3>${job.jobId}</h3>
<p>${tellPredictedJob(job)}.</p>
${list(job.criteria.map(tellTrip))}
${
  isRead &&
  job.criteria.length > 0 &&
  renderTable({
    label: `Readings for ${job.jobId}`,
    columns: figureColumns(readingHeadings),
    rows: readingRows(prediction, job.jobId, mark),
  })
}`,
)}`;
}

function renderLoad({ outcomes: [own] }: Prediction): Html {
  const rows = own === undefined ? [] : loadRows(own);
  return rows.length === 0
    ? html`<p>No request reaches the service.</p>`
    : renderTable({ label: 'Load on the service', columns: figureColumns(loadHeadings), rows });
}

function renderUncertainty(uncertainty: Uncertainty): Html {
  return html`<p>The same scenario with ${formatCount(uncertainty.seeds)} seeds.</p>
${uncertainty.jobs.map(
  (job) => html`<h3>${job.jobId}</h3>
${list(tellChances(job, uncertainty))}
${renderTable({
  label: `Spread of ${job.jobId} over the seeds`,
  columns: figureColumns(spreadHeadings),
  rows: spreadRows(job),
})}`,
)}`;
}

function renderSweep(sweep: Sweep): Html {
  const { headings, rows, notes } = sweepTable(sweep, mark);
  const columns = figureColumns(headings.map((heading) => heading.trim()));
  return html`${renderChartFigure(sweepChart(sweep))}
${renderTable({ label: 'Sweep', columns, rows })}
${list(notes)}`;
}

function list(lines: readonly string[]): Html | false {
  return (
    lines.length > 0 && html`<ul class="notes">${lines.map((line) => html`<li>${line}</li>`)}</ul>`
  );
}
