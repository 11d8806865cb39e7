import type { KnownNames } from '../metrics/catalog.ts';
import { type Summary, statusCounts } from './summary.ts';

/** Every name that the figures of these runs are made of. */
export function namesIn(summaries: readonly Summary[]): KnownNames {
  const jobs = summaries.flatMap((summary) => summary.jobs);
  const cohorts = summaries.flatMap(({ fleet }) => fleet.cohorts);
  const statuses = Object.keys(statusCounts.shape);
  return {
    job: unique(jobs.map(({ jobId }) => jobId)),
    cohort: unique(cohorts.map(({ name }) => name)),
    executionStatus: statuses,
    reportedStatus: unique([
      ...statuses,
      'NONE',
      ...cohorts.flatMap(({ reported }) => Object.keys(reported)),
    ]),
    jobStatus: unique(jobs.map(({ status }) => status)),
    failureType: unique(
      jobs.flatMap(({ abort }) => abort.criteria.map(({ failureType }) => failureType)),
    ),
    errorCode: unique([
      'LOST',
      ...summaries.flatMap(({ operations }) =>
        operations.flatMap(({ errors }) => Object.keys(errors)),
      ),
    ]),
  };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
