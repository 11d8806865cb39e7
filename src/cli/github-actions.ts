import { appendFileSync, statSync } from 'node:fs';
import { messageOf } from '../base/errors.ts';
import { renderMarkdown } from '../report/markdown.ts';
import type { Summary } from '../report/summary.ts';
import { tellOutcome, tellVerdict } from '../report/wording.ts';
import { type Annotation, annotate, isGithub } from './github-problems.ts';
import type { Io } from './io.ts';
import { fitStepSummary, stepSummaryBytesMax } from './step-summary.ts';

/** Where GitHub Actions runs the command: what failed goes to the lines of the scenario, the summary to the run's page. */
export function tellGithub(summary: Summary, io: Io): void {
  if (!isGithub(io)) return;
  annotate(annotationsOf(summary), io);
  const path = io.env['GITHUB_STEP_SUMMARY'];
  if (path === undefined || path === '') return;
  try {
    const used = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    appendFileSync(path, fitStepSummary(renderMarkdown(summary), stepSummaryBytesMax - used));
  } catch (error) {
    io.stderr(`the step summary could not be written: ${messageOf(error)}\n`);
  }
}

function annotationsOf(summary: Summary): Annotation[] {
  const { run, scenario, harness } = summary;
  const { file } = scenario;
  const verdict = tellVerdict(summary);
  const failed: Annotation[] = summary.assertions
    .filter(({ result }) => result === 'failed' || result === 'error')
    .map((assertion) => ({
      level: 'error',
      title: 'fleetrig expectation',
      message: `${assertion.expr}: ${tellOutcome(assertion)}`,
      file: assertion.file,
      line: assertion.line,
    }));
  switch (run.verdict) {
    case 'passed':
    case 'failed':
      return failed;
    case 'inconclusive':
      return [
        ...failed,
        {
          level: 'warning',
          title: 'fleetrig inconclusive',
          message: [
            verdict,
            ...(run.error === undefined ? [] : [run.error]),
            ...harness.reasons,
          ].join('\n'),
          file,
        },
      ];
    case 'interrupted':
      return [{ level: 'warning', title: 'fleetrig interrupted', message: verdict, file }];
    case 'error':
      return [
        {
          level: 'error',
          title: 'fleetrig',
          message: [verdict, ...(run.error === undefined ? [] : [run.error])].join('\n'),
          file,
        },
      ];
  }
}
