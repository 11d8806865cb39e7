import { bullets, escapeMarkdown, markdownTable, section } from './markdown-parts.ts';
import type { PredictedOutcome, Prediction } from './prediction.ts';
import {
  loadHeadings,
  loadRows,
  readingHeadings,
  readingRows,
  tellPredictedJob,
  tellTrip,
} from './prediction-text.ts';
import { sweepTable } from './sweep-text.ts';
import type { Sweep, Uncertainty } from './uncertainty.ts';
import { spreadHeadings, spreadRows, tellChances } from './uncertainty-text.ts';
import { formatCount } from './wording.ts';

/** Before a reading of the scenario itself, and before a point that no other beats. */
const mark = '●';

/** What virtual time says: the trip under each reading, the load, many seeds, a grid of values. */
export function predictionBlocks(prediction: Prediction): string[] {
  const { outcomes, uncertainty, sweep } = prediction;
  const [own] = outcomes;
  return [
    section('### Prediction', own === undefined ? '' : readings(prediction, own)),
    section('### Load on the service', own === undefined ? '' : table(loadHeadings, loadRows(own))),
    ...(uncertainty === undefined ? [] : uncertaintyBlocks(uncertainty)),
    ...(sweep === undefined ? [] : [section('### Sweep', sweepBlock(sweep))]),
  ];
}

function readings(prediction: Prediction, { jobs }: PredictedOutcome): string {
  const isRead = prediction.outcomes.length > 1;
  const blocks = jobs.flatMap((job) => [
    bullets([
      `${job.jobId}: ${tellPredictedJob(job)}`,
      ...job.criteria.map((criterion) => `${job.jobId}: ${tellTrip(criterion)}`),
    ]),
    ...(isRead && job.criteria.length > 0
      ? [
          `Under each reading of what AWS writes about aborting, ${mark} that of the scenario:`,
          table(readingHeadings, readingRows(prediction, job.jobId, mark)),
        ]
      : []),
  ]);
  return blocks.join('\n\n');
}

function uncertaintyBlocks(uncertainty: Uncertainty): string[] {
  return uncertainty.jobs.map((job) =>
    section(
      `### Uncertainty over ${formatCount(uncertainty.seeds)} seeds: ${escapeMarkdown(job.jobId)}`,
      `${bullets(tellChances(job, uncertainty))}\n\n${table(spreadHeadings, spreadRows(job))}`,
    ),
  );
}

function sweepBlock(sweep: Sweep): string {
  const { headings, rows, notes } = sweepTable(sweep, mark);
  return `${table(headings, rows)}\n\n${bullets(notes)}`;
}

/** Of plain text, which terminals get indented. */
function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[]) => row.map((cell) => escapeMarkdown(cell.trim()));
  return markdownTable(cells(headings), rows.map(cells));
}
