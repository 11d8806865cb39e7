import { cloudHeadings, cloudNotes, cloudRows, tellRemoval } from './cloud-text.ts';
import { cohortNote, tellCohort } from './cohort-text.ts';
import { comparisonHeadings, comparisonRows, tellAgreement } from './comparison-text.ts';
import type { PredictedCriterion, Prediction } from './prediction.ts';
import {
  loadHeadings,
  loadRows,
  readingHeadings,
  readingRows,
  tellPredictedJob,
  tellTrip,
} from './prediction-text.ts';
import type { AssertionSummary, CohortSummary, JobSummary, Summary } from './summary.ts';
import { sweepTable } from './sweep-text.ts';
import { type TextOptions, TextPage, type Tone } from './text-page.ts';
import type { Sweep, Uncertainty } from './uncertainty.ts';
import { spreadHeadings, spreadRows, tellChances } from './uncertainty-text.ts';
import { wallOperations } from './wall-operations.ts';
import {
  formatCount,
  isJumping,
  latencyHeadings,
  latencyRow,
  tellCriterion,
  tellExecutions,
  tellHarness,
  tellJob,
  tellObservation,
  tellOutcome,
  tellRollout,
  tellVerdict,
} from './wording.ts';

type Marks = Readonly<Record<'passed' | 'failed' | 'warning' | 'bullet', string>>;

const unicodeMarks: Marks = { passed: '✓', failed: '✗', warning: '!', bullet: '·' };
const asciiMarks: Marks = { passed: '+', failed: 'x', warning: '!', bullet: '-' };

/** The end of a run for a terminal: expectations with actual values first, the report's path last. */
export function renderText(
  summary: Summary,
  options: TextOptions & { readonly reportPath: string },
): string[] {
  const page = new TextPage(options);
  const marks = options.isUnicode ? unicodeMarks : asciiMarks;
  const operations = wallOperations(summary);
  addExpectations(page, marks, summary.assertions);
  for (const job of summary.jobs) addJob(page, marks, job);
  if (summary.prediction !== undefined) {
    addPrediction(page, marks, summary.prediction);
  } else if (operations.length > 0) {
    page.title(
      `LATENCY in wall time, from when an operation was ${isJumping(summary) ? 'sent' : 'due'}`,
    );
    page.table(latencyHeadings, operations.map(latencyRow));
  }
  addCohorts(page, marks, summary.fleet.cohorts);
  addCloud(page, marks, summary);
  addObservation(page, marks, summary);
  addInvariants(page, marks, summary);
  if (summary.prediction === undefined) addHarness(page, marks, summary);
  addVerdict(page, marks, summary);
  page.verbatim(`  page   ${options.reportPath}/report.html`);
  page.verbatim(`  report ${options.reportPath}`);
  return page.lines;
}

const resultLooks: Readonly<Record<AssertionSummary['result'], readonly [Tone, keyof Marks]>> = {
  passed: ['good', 'passed'],
  failed: ['bad', 'failed'],
  error: ['bad', 'failed'],
  skipped: ['faint', 'bullet'],
};

function addExpectations(
  page: TextPage,
  marks: Marks,
  assertions: readonly AssertionSummary[],
): void {
  page.title('EXPECTATIONS');
  if (assertions.length === 0) page.item('faint', marks.bullet, 'none stated');
  for (const assertion of assertions) {
    const [tone, mark] = resultLooks[assertion.result];
    page.item(tone, marks[mark], `${assertion.expr}: ${tellOutcome(assertion)}`);
  }
}

function addJob(page: TextPage, marks: Marks, job: JobSummary): void {
  page.title(`JOB ${job.jobId}`);
  page.item('faint', marks.bullet, tellJob(job));
  page.item('faint', marks.bullet, tellExecutions(job));
  const rollout = tellRollout(job);
  if (rollout !== undefined) page.item('faint', marks.bullet, `rollout ${rollout}`);
  for (const criterion of job.abort.criteria) {
    page.item(
      criterion.tripped ? 'warning' : 'faint',
      criterion.tripped ? marks.warning : marks.bullet,
      `abort ${tellCriterion(criterion)}`,
    );
  }
  if (job.predicted !== undefined) page.table(comparisonHeadings, comparisonRows(job));
  const agreement = tellAgreement(job);
  if (agreement !== undefined) page.item('faint', marks.bullet, agreement);
}

/** Under the scenario's own reading in words, under all of them in a table. */
function addPrediction(page: TextPage, marks: Marks, prediction: Prediction): void {
  const [own] = prediction.outcomes;
  for (const job of own?.jobs ?? []) {
    page.title(`PREDICTION ${job.jobId}`);
    page.item('faint', marks.bullet, tellPredictedJob(job));
    for (const criterion of job.criteria) addPredictedCriterion(page, marks, criterion);
    if (prediction.outcomes.length > 1 && job.criteria.length > 0) {
      page.table(readingHeadings, readingRows(prediction, job.jobId, '*'));
    }
  }
  if (own === undefined) return;
  page.title('LOAD on the service');
  page.table(loadHeadings, loadRows(own));
  if (prediction.uncertainty !== undefined) addUncertainty(page, marks, prediction.uncertainty);
  if (prediction.sweep !== undefined) addSweep(page, marks, prediction.sweep);
}

function addUncertainty(page: TextPage, marks: Marks, uncertainty: Uncertainty): void {
  for (const job of uncertainty.jobs) {
    page.title(`UNCERTAINTY ${job.jobId} over ${formatCount(uncertainty.seeds)} seeds`);
    for (const chance of tellChances(job, uncertainty)) page.item('faint', marks.bullet, chance);
    page.table(spreadHeadings, spreadRows(job));
  }
}

function addSweep(page: TextPage, marks: Marks, sweep: Sweep): void {
  const { headings, rows, notes } = sweepTable(sweep, '*');
  page.title('SWEEP');
  page.table(headings, rows);
  for (const note of notes) page.item('faint', marks.bullet, note);
}

function addPredictedCriterion(page: TextPage, marks: Marks, criterion: PredictedCriterion): void {
  const [tone, mark] =
    criterion.trip === undefined
      ? (['faint', 'bullet'] as const)
      : (['warning', 'warning'] as const);
  page.item(tone, marks[mark], tellTrip(criterion));
}

function addCohorts(page: TextPage, marks: Marks, cohorts: readonly CohortSummary[]): void {
  if (cohorts.length === 0) return;
  page.title('COHORTS as reported, and as they are');
  for (const cohort of cohorts) {
    page.item('faint', marks.bullet, `${cohort.name}: ${tellCohort(cohort)}`);
  }
  page.item('faint', '', cohortNote);
}

/** What a run on AWS asked of the account, and what became of all that it made. */
function addCloud(page: TextPage, marks: Marks, { cloud }: Summary): void {
  if (cloud === undefined) return;
  const isLeft = cloud.left.length > 0;
  page.title('AWS ACCOUNT');
  page.table(cloudHeadings, cloudRows(cloud));
  for (const note of cloudNotes(cloud)) page.item('faint', '', note);
  page.item(
    isLeft ? 'warning' : 'faint',
    isLeft ? marks.warning : marks.bullet,
    tellRemoval(cloud),
  );
  for (const each of cloud.left) page.item('warning', marks.warning, each);
}

function addObservation(page: TextPage, marks: Marks, summary: Summary): void {
  const told = tellObservation(summary);
  if (told.length === 0) return;
  page.title('OBSERVED');
  for (const line of told) page.item('faint', marks.bullet, line);
}

function addInvariants(page: TextPage, marks: Marks, { invariants }: Summary): void {
  if (invariants.length === 0) return;
  page.title('INVARIANTS');
  for (const { name, holds, checked, detail } of invariants) {
    const [tone, mark] = !holds
      ? (['bad', 'failed'] as const)
      : checked
        ? (['good', 'passed'] as const)
        : (['faint', 'bullet'] as const);
    page.item(tone, marks[mark], detail === '' ? name : `${name}: ${detail}`);
  }
}

function addHarness(page: TextPage, marks: Marks, summary: Summary): void {
  const { trusted, reasons } = summary.harness;
  page.title('HARNESS');
  page.item(
    trusted ? 'good' : 'warning',
    trusted ? marks.passed : marks.warning,
    tellHarness(summary),
  );
  for (const reason of reasons) page.item('warning', marks.warning, reason);
}

const verdictLooks: Readonly<Record<Summary['run']['verdict'], readonly [Tone, keyof Marks]>> = {
  passed: ['good', 'passed'],
  failed: ['bad', 'failed'],
  inconclusive: ['warning', 'warning'],
  interrupted: ['warning', 'warning'],
  error: ['bad', 'failed'],
};

function addVerdict(page: TextPage, marks: Marks, summary: Summary): void {
  const [tone, mark] = verdictLooks[summary.run.verdict];
  page.title('VERDICT');
  page.item(tone, marks[mark], tellVerdict(summary));
  if (summary.run.error !== undefined) page.item('bad', marks.failed, summary.run.error);
}
