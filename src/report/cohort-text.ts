import type { CohortSummary } from './summary.ts';
import { counted, formatCount, formatSeconds, formatTally } from './wording.ts';

/** What {@link tellCohort} counts, and what it can not tell. */
export const cohortNote =
  'Counted are executions, retries included; what they took is from notice to end, in simulated time. The service may hold another status than a device reported, as when the execution had timed out before.';

/** What the devices told, and what is true of them. */
export function tellCohort(cohort: CohortSummary): string {
  const told = formatTally(cohort.reported);
  const work = cohort.workSeconds;
  const facts = [
    counted(cohort.things, 'thing'),
    counted(cohort.executed, 'execution'),
    told === '' ? 'reported nothing' : `reported ${told}`,
    `${formatCount(cohort.updated)} updated`,
    `${formatCount(cohort.misreported)} misreported`,
    `${formatCount(cohort.unfinished)} unfinished`,
    ...(work === undefined
      ? []
      : [`notice to end p50 ${formatSeconds(work.p50)}, p99 ${formatSeconds(work.p99)}`]),
  ];
  return facts.join('; ');
}
