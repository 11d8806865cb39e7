import { comparisonHeadings, comparisonRows, tellAgreement } from './comparison-text.ts';
import type { AssertionSummary, JobSummary, Summary } from './summary.ts';
import {
  formatCount,
  latencyHeadings,
  latencyRow,
  tellCohort,
  tellCriterion,
  tellExecutions,
  tellHarness,
  tellJob,
  tellLatencyOrigin,
  tellOutcome,
  tellRollout,
  tellVerdict,
} from './wording.ts';

const icons: Readonly<Record<Summary['run']['verdict'], string>> = {
  passed: '✅',
  failed: '❌',
  inconclusive: '⚠️',
  interrupted: '⚠️',
  error: '❌',
};

/** The run for a pull request or a CI page: what failed comes first, what held is folded away. */
export function renderMarkdown(summary: Summary): string {
  const { run, scenario, assertions, fleet, invariants, harness } = summary;
  const blocks = [
    `## ${icons[run.verdict]} ${escapeMarkdown(scenario.name)}: ${run.verdict}`,
    escapeMarkdown(tellVerdict(summary)),
    run.error === undefined ? '' : `**Error:** ${escapeMarkdown(run.error)}`,
    harness.trusted ? '' : `⚠️ **The harness ${tellHarness(summary)}**`,
    section(
      '### Failed expectations',
      assertionTable(assertions.filter(({ result }) => result === 'failed' || result === 'error')),
    ),
    section('### Figures', figureTable(summary)),
    section('### Jobs', bullets(summary.jobs.flatMap(jobLines))),
    section('### Predicted and observed', comparisonTable(summary)),
    section('### Latency', latencyTable(summary)),
    folded(
      'Expectations that held',
      assertionTable(assertions.filter(({ result }) => result === 'passed')),
    ),
    folded(
      'Cohorts, as reported and as they are',
      bullets(fleet.cohorts.map((cohort) => `${cohort.name}: ${tellCohort(cohort)}`)),
    ),
    folded(
      'Invariants',
      bullets(
        invariants.map(({ name, holds, detail }) => `${holds ? '✅' : '❌'} ${name}: ${detail}`),
      ),
    ),
    folded('Harness', bullets([tellHarness(summary), ...harness.reasons])),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function assertionTable(assertions: readonly AssertionSummary[]): string {
  return markdownTable(
    ['', 'Expectation', 'Outcome'],
    assertions.map((assertion) => [
      assertion.result === 'passed' ? '✅' : '❌',
      inCode(assertion.expr),
      escapeMarkdown(tellOutcome(assertion)),
    ]),
  );
}

function figureTable({ run, environment, fleet, jobs }: Summary): string {
  const notified = jobs.reduce((sum, job) => sum + (job.notified ?? 0), 0);
  return markdownTable(
    ['Figure', 'Value'],
    [
      ['Things', formatCount(fleet.things)],
      ['Notified', formatCount(notified)],
      ['Connected at most', formatCount(fleet.connectedMax)],
      ['Reconnects', formatCount(fleet.reconnects)],
      ['Target', escapeMarkdown(environment.target)],
      ['Agents, workers', `${environment.agents}, ${environment.workers}`],
      ['Clock scale', String(environment.clockScale)],
      ['Seed', inCode(run.seed)],
      ['Run', inCode(run.id)],
    ],
  );
}

function jobLines(job: JobSummary): string[] {
  const rollout = tellRollout(job);
  const agreement = tellAgreement(job);
  return [
    `${job.jobId}: ${tellJob(job)}; ${tellExecutions(job)}`,
    ...(rollout === undefined ? [] : [`${job.jobId}: rollout ${rollout}`]),
    ...job.abort.criteria.map((criterion) => `${job.jobId}: abort ${tellCriterion(criterion)}`),
    ...(agreement === undefined ? [] : [`${job.jobId}: ${agreement}`]),
  ];
}

function comparisonTable({ jobs }: Summary): string {
  return markdownTable(
    ['Job', ...comparisonHeadings],
    jobs.flatMap((job) =>
      comparisonRows(job).map((row) => [job.jobId, ...row].map(escapeMarkdown)),
    ),
  );
}

function latencyTable(summary: Summary): string {
  const rows = summary.operations.map((operation) => latencyRow(operation).map(escapeMarkdown));
  return rows.length === 0
    ? ''
    : `${markdownTable(latencyHeadings, rows)}\n\n${tellLatencyOrigin(summary)}`;
}

function section(heading: string, body: string): string {
  return body === '' ? '' : `${heading}\n\n${body}`;
}

function folded(title: string, body: string): string {
  return body === '' ? '' : `<details>\n<summary>${title}</summary>\n\n${body}\n\n</details>`;
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${escapeMarkdown(line)}`).join('\n');
}

/** Cells are Markdown already. */
export function markdownTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text of others stays text: no HTML, no emphasis, no new cell, line or mention. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(special, (character) => `&#${character.charCodeAt(0)};`);
}

/** An underscore inside a word means nothing, and statuses are easier to read without escapes. */
const special = /[\\`*~[\]|#@]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;

function inCode(text: string): string {
  return `<code>${escapeMarkdown(text)}</code>`;
}
