import type { Millis } from '../base/clock.ts';
import { type Cohort, cohortFinder, cohortSizes } from '../device/population.ts';
import type { AbortFailureType, CreateJobRequest } from '../protocol/job-config.ts';
import type { JobRequest } from './job-request.ts';
import { thingIndexOf } from './outline.ts';
import type { JobTarget } from './plan.ts';
import { type Arrival, allGroups, planArrivals, planCohorts } from './population.ts';
import { type Finding, finding, type Path } from './problem.ts';
import type { Scenario } from './schema.ts';

/** Things of one cohort that a job is for. */
export interface Member {
  readonly cohort: Cohort;
  /** Where its profile is written, or the fleet when it is not. */
  readonly path: Path;
  readonly things: number;
}

/** A job and all that decides whether its settings can do what they are there for. */
export interface Subject {
  readonly scenario: Scenario;
  readonly job: CreateJobRequest;
  /** Of what is under `create`. */
  readonly path: Path;
  readonly createdMs: Millis;
  readonly members: readonly Member[];
  /** All things that ever get it. */
  readonly things: number;
  /** Those that the rollout's rate is for: joiners of a CONTINUOUS job bypass it (reference §2). */
  readonly released: number;
  /** Settings that the timeline's updateJob replaces. */
  readonly updated: ReadonlySet<string>;
}

/** Looks at one job and says what is odd about it. */
export type Rule = (subject: Subject) => Finding[];

/**
 * A subject for each job whose settings and targets are all in the scenario; not for what a template
 * sets or for groups of someone else's account.
 */
export function subjectsOf(scenario: Scenario, jobs: readonly JobRequest[]): Subject[] {
  const arrivals = planArrivals(scenario);
  return jobs.flatMap(({ request, targets }, index) => {
    const isKnown = targets.every(({ kind }) => kind !== 'arn');
    if (!isKnown || request.jobTemplateArn !== undefined) return [];
    const createdMs = scenario.jobs[index]?.at ?? 0;
    const found = readTargets(scenario, targets);
    const there = arrivals.filter(
      ({ startMs, entry }) => entry === undefined || startMs < createdMs,
    );
    const ever = request.targetSelection === 'CONTINUOUS' ? arrivals : there;
    const members = membersOf(scenario, ever, found);
    return [
      {
        scenario,
        job: request,
        path: ['jobs', index, 'create'],
        createdMs,
        members,
        things: sumOf(members),
        released: sumOf(membersOf(scenario, there, found)),
        updated: new Set(
          scenario.timeline.flatMap(({ updateJob }) =>
            updateJob?.['jobId'] === request.jobId ? Object.keys(updateJob) : [],
          ),
        ),
      },
    ];
  });
}

export function warning(path: Path, message: string, hint: string): Finding {
  return finding(path, message, { severity: 'warning', hint });
}

/** `12.5 %`, two decimals at most. */
export function percentText(ratio: number): string {
  return `${Number((ratio * 100).toFixed(2))} %`;
}

/** `1 thing`, `2,000 things` */
export function countText(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** What a status is called in a sentence about failures. */
export function failureText(type: AbortFailureType): string {
  return type === 'ALL' ? 'FAILED, REJECTED or TIMED_OUT' : type;
}

interface Targets {
  readonly isGroup: (group: string | undefined) => boolean;
  /** Those that are targets by name. */
  readonly indexes: readonly number[];
}

/** A group stands for all below it (reference §1.2). */
function readTargets(scenario: Scenario, targets: readonly JobTarget[]): Targets {
  const groups = allGroups(scenario);
  const names = new Set(targets.flatMap((each) => (each.kind === 'group' ? each.name : [])));
  const isGroup = (group: string | undefined): boolean =>
    group !== undefined &&
    (names.has(group) || isGroup(groups.find(({ name }) => name === group)?.parent));
  const { thingName } = scenario.fleet;
  const indexes = targets.flatMap((each) =>
    each.kind === 'thing' ? (thingIndexOf(thingName, each.name) ?? []) : [],
  );
  return { isGroup, indexes };
}

function membersOf(
  { seed, fleet }: Scenario,
  arrivals: readonly Arrival[],
  { isGroup, indexes }: Targets,
): Member[] {
  const cohorts = planCohorts(fleet);
  const population = { seed, thingName: fleet.thingName, cohorts, batches: arrivals };
  const whole = arrivals.filter(({ group }) => isGroup(group));
  const counts = new Map(cohortSizes({ ...population, batches: whole }));
  const cohortOf = cohortFinder(population);
  const isIn = (index: number) => (batch: Arrival) =>
    index >= batch.firstIndex && index < batch.firstIndex + batch.count;
  for (const index of new Set(indexes)) {
    if (whole.some(isIn(index)) || !arrivals.some(isIn(index))) continue;
    const { name } = cohortOf(index);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return cohorts.map((cohort, index) => ({
    cohort,
    path:
      fleet.cohorts === undefined ? ['fleet', 'profile'] : ['fleet', 'cohorts', index, 'profile'],
    things: counts.get(cohort.name) ?? 0,
  }));
}

function sumOf(members: readonly Member[]): number {
  return members.reduce((sum, { things }) => sum + things, 0);
}
