import { comparisonHeadings, comparisonRows, tellAgreement } from '../comparison-text.ts';
import type { JobSummary, Summary } from '../summary.ts';
import { forEachJob } from './each-job.ts';
import { type Html, html } from './markup.ts';
import type { PageSection } from './page.ts';
import { figureColumns, renderTable } from './table.ts';

/** What virtual time made of the same plan, beside what happened. */
export function comparisonSection({ jobs, events }: Summary): PageSection {
  const predicted = jobs.filter((job) => job.predicted !== undefined);
  const skipped = events.find(({ kind }) => kind === 'prediction-skipped');
  return {
    id: 'comparison',
    title: 'Predicted and observed',
    body:
      predicted.length === 0
        ? html`<p>${skipped?.message ?? 'There is no prediction beside this run.'}</p>`
        : forEachJob(predicted, renderJob),
  };
}

function renderJob(job: JobSummary): Html {
  const agreement = tellAgreement(job);
  const examples = job.predicted?.things?.examples ?? [];
  return html`${agreement !== undefined && html`<p>${sentence(agreement)}</p>`}
${examples.length > 0 && html`<p>Ended otherwise, and no message was late enough to explain it: ${examples.join(', ')}.</p>`}
${renderTable({
  label: `Predicted and observed of ${job.jobId}`,
  columns: figureColumns(['figure', ...comparisonHeadings.slice(1)]),
  rows: comparisonRows(job),
})}`;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
