import type { AbortCriterion } from '../protocol/job-config.ts';
import { type Expected, expectedOutcomes } from './lint-expected.ts';
import { completed, hasTimer, mostEnding, outcomesOf } from './lint-outcome.ts';
import { countText, failureText, percentText, type Subject, warning } from './lint-subject.ts';
import type { Finding, Path } from './problem.ts';

interface Criterion extends AbortCriterion {
  readonly path: Path;
}

/** A criterion that waits for more than there can be, or for what cannot happen, is no safety net (reference §3). */
export function abortNeverTrips(subject: Subject): Finding[] {
  return criteriaOf(subject).flatMap((criterion) => neverTrips(criterion, subject));
}

/** With so low a gate, one bad device decides. */
export function abortAtFirstFailure(subject: Subject): Finding[] {
  const { abortGate, abortDenominator } = subject.scenario.emulator.dialect;
  if (subject.things < 2 || abortGate !== abortDenominator) return [];
  return criteriaOf(subject).flatMap((criterion) => {
    const { path, thresholdPercentage: threshold, minNumberOfExecutedThings: gate } = criterion;
    const isDead = neverTrips(criterion, subject).length > 0;
    if (isDead || failuresNeeded(criterion, subject, gate) > 1) return [];
    let enough = Math.max(gate, Math.floor(100 / threshold));
    while (failuresNeeded(criterion, subject, enough) < 2) enough++;
    return [
      warning(
        [...path, 'minNumberOfExecutedThings'],
        `one failure is enough to cancel the job: 1 of ${gate} is ${percentText(1 / gate)}, and the threshold is ${threshold} %`,
        enough <= gateMax(subject)
          ? `set it to ${enough} or more, so that it takes two`
          : 'raise it and the threshold, so that it takes two',
      ),
    ];
  });
}

/**
 * Each retry is an execution of its own and counts in the percentage (reference §3): it can dilute
 * failures of other kinds below the threshold, and multiply those it repeats above it.
 */
export function retriesMoveAbort(subject: Subject): Finding[] {
  const { job, scenario } = subject;
  const { jobExecutionsRetryConfig: retries, ...once } = job;
  const { abortDenominator, abortComparison } = scenario.emulator.dialect;
  if (retries === undefined || abortDenominator !== 'completed') return [];
  const first = expectedOutcomes(subject, once);
  const all = expectedOutcomes(subject, job);
  if (first === undefined || all === undefined || totalOf(first) === 0) return [];
  return criteriaOf(subject).flatMap((criterion) => {
    const { path, thresholdPercentage: threshold, failureType } = criterion;
    const ratioFirst = failuresOf(first, criterion) / totalOf(first);
    const ratioAll = failuresOf(all, criterion) / totalOf(all);
    // Far below the two decimals of a threshold, it absorbs the rounding of shares.
    const slack = abortComparison === 'above' ? -1e-6 : 1e-6;
    const reached = (ratio: number) => ratio * 100 > threshold - slack;
    if (reached(ratioFirst) === reached(ratioAll)) return [];
    const numbers = (expected: Expected) => {
      const failures = Math.round(failuresOf(expected, criterion)).toLocaleString('en');
      return `${failures} of ${countText(Math.round(totalOf(expected)), 'execution')}`;
    };
    const what = failureText(failureType);
    const shares = `${what} is ${percentText(ratioFirst)} of first attempts (${numbers(first)}) but ${percentText(ratioAll)} with retries (${numbers(all)})`;
    return [
      reached(ratioFirst)
        ? warning(
            [...path, 'thresholdPercentage'],
            `retries hide failures from this criterion: ${shares}`,
            `set it to ${percentBelow(ratioAll)} or less, or retry less`,
          )
        : warning(
            [...path, 'thresholdPercentage'],
            `retries alone make this criterion trip: ${shares}`,
            `set it above ${percentText(ratioAll)}, or retry less`,
          ),
    ];
  });
}

function criteriaOf({ job, path }: Subject): Criterion[] {
  const at = [...path, 'abortConfig', 'criteriaList'];
  return (job.abortConfig?.criteriaList ?? []).map((criterion, index) => ({
    ...criterion,
    path: [...at, index],
  }));
}

function neverTrips(criterion: Criterion, subject: Subject): Finding[] {
  const { path, failureType, minNumberOfExecutedThings: gate } = criterion;
  const { job, members, things, scenario } = subject;
  // A timer that comes later can still make things fail.
  if (things === 0 || subject.updated.has('timeoutConfig')) return [];
  const isTimed = members.some((each) => each.things > 0 && hasTimer(each.cohort.profile, job));
  if (failureType === 'TIMED_OUT' && !isTimed) {
    return [
      warning(
        [...path, 'failureType'],
        `this criterion can never trip: nothing times out, as neither the job nor a profile of its ${countText(things, 'thing')} sets a timer`,
        'set timeoutConfig.inProgressTimeoutInMinutes',
      ),
    ];
  }
  const most = gateMax(subject);
  if (gate > most) {
    const waits =
      scenario.emulator.dialect.abortGate === 'notified'
        ? `it waits for ${countText(gate, 'notified thing')}, and the job has ${most.toLocaleString('en')}`
        : `it waits for ${countText(gate, 'completed execution')}, and the ${countText(things, 'thing')} of the job complete at most ${most.toLocaleString('en')}`;
    return [
      warning(
        [...path, 'minNumberOfExecutedThings'],
        `this criterion can never trip: ${waits}`,
        most > 0 ? `set it to ${most} or less` : 'let some things complete',
      ),
    ];
  }
  return lacksFailures(criterion, subject);
}

/** The most that a criterion's minimum can be compared with. */
function gateMax(subject: Subject): number {
  return subject.scenario.emulator.dialect.abortGate === 'notified'
    ? subject.things
    : mostEnding(subject, completed);
}

/** A fleet in which nothing goes wrong is a rehearsal of its own: that a criterion stays quiet is its point. */
function lacksFailures(criterion: Criterion, subject: Subject): Finding[] {
  const { path, failureType, thresholdPercentage: threshold } = criterion;
  const what = failureText(failureType);
  const most = mostEnding(subject, outcomesOf(failureType));
  if (most === 0) {
    if (mostEnding(subject, outcomesOf('ALL')) === 0) return [];
    return [
      warning(
        [...path, 'failureType'],
        `this criterion can never trip: of the ${countText(subject.things, 'thing')} of the job none ends ${what}`,
        'leave it out, or give a cohort such an outcome',
      ),
    ];
  }
  const base = denominatorMin(criterion, subject);
  const needed = failuresNeeded(criterion, subject, base);
  if (needed <= most) return [];
  return [
    warning(
      [...path, 'thresholdPercentage'],
      `this criterion can never trip: ${threshold} % of at least ${base.toLocaleString('en')} are ${countText(needed, 'failure')}, and at most ${most.toLocaleString('en')} ${most === 1 ? 'execution ends' : 'executions end'} ${what}`,
      `set it to ${percentBelow(most / base)} or less, or wait for fewer executions`,
    ),
  ];
}

/** The fewest executions that the percentage can be of once the gate is open. */
function denominatorMin(criterion: AbortCriterion, { scenario }: Subject): number {
  const { abortGate, abortDenominator } = scenario.emulator.dialect;
  return abortGate === abortDenominator ? criterion.minNumberOfExecutedThings : 1;
}

/** The fewest failures among `executed` that reach the threshold; in hundredths, as the service compares. */
function failuresNeeded(
  { thresholdPercentage }: AbortCriterion,
  { scenario }: Subject,
  executed: number,
): number {
  const limit = Math.round(thresholdPercentage * 100) * executed;
  return scenario.emulator.dialect.abortComparison === 'above'
    ? Math.floor(limit / 10_000) + 1
    : Math.ceil(limit / 10_000);
}

/** Rounded down to the two decimals that a threshold may have. */
function percentBelow(ratio: number): string {
  return `${Math.floor(ratio * 10_000 + 1e-6) / 100} %`;
}

function failuresOf(expected: Expected, { failureType }: AbortCriterion): number {
  return outcomesOf(failureType).reduce((sum, outcome) => sum + expected[outcome], 0);
}

function totalOf(expected: Expected): number {
  return completed.reduce((sum, outcome) => sum + expected[outcome], 0);
}
