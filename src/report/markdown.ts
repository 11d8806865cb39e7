import { cloudHeadings, cloudNotes, cloudRows, tellRemoval } from './cloud-text.ts';
import { cohortNote, tellCohort } from './cohort-text.ts';
import { comparisonHeadings, comparisonRows, tellAgreement } from './comparison-text.ts';
import {
  bullets,
  escapeMarkdown,
  folded,
  inCode,
  markdownTable,
  section,
} from './markdown-parts.ts';
import { predictionBlocks } from './prediction-markdown.ts';
import type { AssertionSummary, CohortSummary, JobSummary, Summary } from './summary.ts';
import { wallOperations } from './wall-operations.ts';
import {
  formatCount,
  latencyHeadings,
  latencyRow,
  tellCriterion,
  tellExecutions,
  tellHarness,
  tellJob,
  tellLatencyOrigin,
  tellObservation,
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
  const { run, scenario, assertions, fleet, invariants, prediction } = summary;
  const blocks = [
    `## ${icons[run.verdict]} ${escapeMarkdown(scenario.name)}: ${run.verdict}`,
    escapeMarkdown(tellVerdict(summary)),
    run.error === undefined
      ? ''
      : `**${run.verdict === 'error' ? 'Error' : 'Ended early'}:** ${escapeMarkdown(run.error)}`,
    doubt(summary),
    section(
      '### Failed expectations',
      assertionTable(assertions.filter(({ result }) => result === 'failed' || result === 'error')),
    ),
    section('### Figures', figureTable(summary)),
    section('### Jobs', bullets(summary.jobs.flatMap(jobLines))),
    ...(prediction === undefined
      ? [
          section('### Predicted and observed', comparisonTable(summary)),
          section('### Latency (wall time)', latencyTable(summary)),
        ]
      : predictionBlocks(prediction)),
    folded(
      'Expectations that held',
      assertionTable(assertions.filter(({ result }) => result === 'passed')),
    ),
    folded('Cohorts, as reported and as they are', cohortList(fleet.cohorts)),
    cloudBlock(summary),
    folded('How it was observed', bullets(tellObservation(summary).map(escapeMarkdown))),
    folded(
      'Invariants',
      bullets(
        invariants.map(
          ({ name, holds, checked, detail }) =>
            `${!holds ? '❌' : checked ? '✅' : '➖'} ${name}: ${detail}`,
        ),
      ),
    ),
    harnessBlock(summary),
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

function cohortList(cohorts: readonly CohortSummary[]): string {
  if (cohorts.length === 0) return '';
  return `${cohortNote}\n\n${bullets(cohorts.map((cohort) => `${cohort.name}: ${tellCohort(cohort)}`))}`;
}

/** What is left on AWS is not folded away: it may go on to cost. */
function cloudBlock({ cloud }: Summary): string {
  if (cloud === undefined) return '';
  const calls = `${markdownTable(cloudHeadings, cloudRows(cloud))}\n\n${cloudNotes(cloud).join('\n\n')}`;
  const removal = section('### AWS account', bullets([tellRemoval(cloud), ...cloud.left]));
  return `${removal}\n\n${folded('API calls', calls)}`;
}

/** A prediction has no schedule to keep. */
function doubt(summary: Summary): string {
  if (summary.harness.trusted || summary.prediction !== undefined) return '';
  return `⚠️ **The harness ${tellHarness(summary)}**`;
}

function harnessBlock(summary: Summary): string {
  if (summary.prediction !== undefined) return '';
  return folded('Harness', bullets([tellHarness(summary), ...summary.harness.reasons]));
}

function figureTable({ run, environment, fleet, jobs, prediction }: Summary): string {
  const isKnown = jobs.every((job) => job.notified !== undefined || job.status === 'NOT_CREATED');
  const notified = jobs.reduce((sum, job) => sum + (job.notified ?? 0), 0);
  return markdownTable(
    ['Figure', 'Value'],
    [
      ['Things', formatCount(fleet.things)],
      ['Notified', isKnown ? formatCount(notified) : '-'],
      ['Target', escapeMarkdown(environment.target)],
      ...(prediction === undefined
        ? [
            ['Connected at most', formatCount(fleet.connectedMax)],
            ['Reconnects', formatCount(fleet.reconnects)],
            ['Agents, workers', `${environment.agents}, ${environment.workers}`],
            ['Clock scale', String(environment.clockScale)],
          ]
        : []),
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
  const rows = wallOperations(summary).map((operation) =>
    latencyRow(operation).map(escapeMarkdown),
  );
  return rows.length === 0
    ? ''
    : `${markdownTable(latencyHeadings, rows)}\n\n${tellLatencyOrigin(summary)}`;
}
