import type { JobSummary } from '../summary.ts';
import { type Content, type Html, html } from './markup.ts';

/** The jobs one by one; with several, each under a heading of its own. */
export function forEachJob(
  jobs: readonly JobSummary[],
  render: (job: JobSummary, index: number) => Html,
): Content {
  if (jobs.length === 0) return html`<p>No job was created.</p>`;
  return jobs.map(
    (job, index) =>
      html`${jobs.length > 1 && html`<h3>${job.jobId}</h3>\n`}${render(job, index)}\n`,
  );
}
