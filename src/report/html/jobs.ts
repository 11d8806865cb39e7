import { abortCharts } from '../chart/abort.ts';
import { rolloutCharts } from '../chart/rollout.ts';
import { statesChart } from '../chart/states.ts';
import type { JobSummary, Summary } from '../summary.ts';
import { tellCriterion, tellExecutions, tellJob, tellRollout } from '../wording.ts';
import { renderCharts } from './chart-figure.ts';
import { forEachJob } from './each-job.ts';
import { type Html, html } from './markup.ts';
import type { PageSection } from './page.ts';

const tooLittle = 'Too little was seen of this job to draw it.';

/** Who was notified when, and how fast, against what was set and predicted. */
export function rolloutSection(summary: Summary): PageSection {
  return {
    id: 'rollout',
    title: 'Rollout',
    body: forEachJob(summary.jobs, (job, index) => {
      const rollout = tellRollout(job);
      return html`<p>${tellJob(job)}.${rollout !== undefined && ` Rate: ${rollout}.`}</p>
${renderCharts(rolloutCharts(summary, index), tooLittle)}`;
    }),
  };
}

/** How near each job came to cancelling itself, or how it did. */
export function abortSection(summary: Summary): PageSection {
  return {
    id: 'abort',
    title: 'Abort criterion',
    body: forEachJob(summary.jobs, (job, index) => renderAbort(summary, job, index)),
  };
}

function renderAbort(summary: Summary, { abort }: JobSummary, index: number): Html {
  const { criteria } = abort;
  if (criteria.length === 0) return html`<p>The job has none: it never cancels itself.</p>`;
  const charts = abortCharts(summary, index);
  // The caption of a chart says the same of its criterion.
  return charts.length === criteria.length
    ? html`${renderCharts(charts, tooLittle)}`
    : html`<ul class="notes">${criteria.map((each) => html`<li>${tellCriterion(each)}</li>`)}</ul>
${renderCharts(charts, tooLittle)}`;
}

export function statesSection(summary: Summary): PageSection {
  return {
    id: 'states',
    title: 'Executions by state',
    body: forEachJob(
      summary.jobs,
      (job, index) => html`<p>At the end: ${tellExecutions(job)}.</p>
${renderCharts([statesChart(summary, index)], tooLittle)}`,
    ),
  };
}
