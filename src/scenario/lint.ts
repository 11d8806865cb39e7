import type { JobRequest } from './job-request.ts';
import { abortAtFirstFailure, abortNeverTrips, retriesMoveAbort } from './lint-abort.ts';
import {
  increaseNeverMet,
  rateCapped,
  runStopsFirst,
  scheduleEndsFirst,
  windowsTooShort,
} from './lint-rollout.ts';
import { type Rule, subjectsOf } from './lint-subject.ts';
import { stepTimerBelowGap, timeoutBelowWork } from './lint-timers.ts';
import { type Finding, pathText } from './problem.ts';
import type { Scenario } from './schema.ts';

/** By the names they have in docs/lint.md. */
export const lintRules: Readonly<Record<string, Rule>> = {
  'abort-never-trips': abortNeverTrips,
  'abort-at-first-failure': abortAtFirstFailure,
  'retries-move-abort': retriesMoveAbort,
  'rate-capped': rateCapped,
  'increase-never-met': increaseNeverMet,
  'run-stops-first': runStopsFirst,
  'schedule-ends-first': scheduleEndsFirst,
  'windows-too-short': windowsTooShort,
  'timeout-below-work': timeoutBelowWork,
  'step-timer-below-gap': stepTimerBelowGap,
};

/**
 * What in a valid scenario cannot do what it is there for. Warnings all: rehearsing a bad setting is a
 * use of the tool too. What several jobs have in common, such as a profile, is told once.
 */
export function lintScenario(scenario: Scenario, jobs: readonly JobRequest[]): Finding[] {
  const findings = subjectsOf(scenario, jobs).flatMap((subject) =>
    Object.values(lintRules).flatMap((rule) => rule(subject)),
  );
  const byText = new Map(findings.map((each) => [`${pathText(each.path)} ${each.message}`, each]));
  return [...byText.values()];
}
