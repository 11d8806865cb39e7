import type { Millis } from '../base/clock.ts';
import type { Plan } from '../scenario/plan.ts';
import type { SimulatedAttempt, SimulatedJob } from '../sim/jobs.ts';
import type { ListedExecution } from './job-watch.ts';
import type { VirtualRun } from './virtual-run.ts';

/** What a job came to for one thing. Times count from the start of the run. */
interface Course {
  /** Of the last attempt. */
  readonly status: string;
  /** When attempts were queued, were started and were ended by the device or a timeout. */
  readonly moments: readonly Millis[];
}

interface Edge {
  from: Millis;
  to: Millis;
}

export interface ThingComparison {
  readonly same: number;
  readonly timingDependent: number;
  readonly timingDependentSame: number;
  readonly differing: number;
  readonly examples: string[];
}

const examplesMax = 10;
const pendingStatuses: readonly string[] = ['QUEUED', 'IN_PROGRESS'];

/**
 * Which things may end otherwise because a message comes early or late. A thing's outcome depends on
 * timing when
 * - it is another one in any of the simulations, which differ in nothing but the latency of their
 *   network: from none to what the run had;
 * - it is still pending at the end of the prediction: a run may last longer;
 * - the thing is released, starts or ends near an edge: the end of a run that leaves executions
 *   pending, the cancellation (abort included) or deletion of a job, a timeline action that touches
 *   jobs, things or their network, or another phase of a profile's `outcomeOverTime`.
 *   An edge reaches from the earliest to the latest instant that any of the simulations has it at,
 *   and `marginMs` to either side: what the run was late at worst.
 */
export class TimingDependence {
  readonly #marginMs: Millis;
  readonly #courses = new Map<string, ReadonlyMap<string, Course>>();
  readonly #unstable = new Map<string, Set<string>>();
  readonly #edges = new Map<string, Edge>();

  constructor(plan: Plan, own: VirtualRun, marginMs: Millis) {
    this.#marginMs = marginMs;
    for (const { jobId } of own.jobs) {
      this.#courses.set(jobId, coursesOf(own, jobId));
      this.#unstable.set(jobId, new Set());
    }
    for (const at of disturbances(plan)) this.#addEdge(`at ${at}`, at);
    this.#addEnds(own);
  }

  /** Another simulation of the same plan, with another network. */
  add(run: VirtualRun): void {
    this.#addEnds(run);
    for (const [jobId, courses] of this.#courses) {
      const others = coursesOf(run, jobId);
      const unstable = this.#unstable.get(jobId);
      for (const thing of new Set([...courses.keys(), ...others.keys()])) {
        if (courses.get(thing)?.status !== others.get(thing)?.status) unstable?.add(thing);
      }
    }
  }

  /** Compares every thing that has an execution, predicted or listed by the service when a run was over. */
  compare(jobId: string, listed: readonly ListedExecution[], zeroAt: Millis): ThingComparison {
    const predicted = this.#courses.get(jobId) ?? new Map<string, Course>();
    const observed = observedCourses(listed, zeroAt);
    const tally = { same: 0, timingDependent: 0, timingDependentSame: 0, differing: 0 };
    const examples: string[] = [];
    for (const thing of new Set([...predicted.keys(), ...observed.keys()])) {
      const told = predicted.get(thing);
      const held = observed.get(thing);
      if (this.#isTimingDependent(jobId, thing, told, held)) {
        tally.timingDependent++;
        if (told?.status === held?.status) tally.timingDependentSame++;
      } else if (told?.status === held?.status) {
        tally.same++;
      } else {
        tally.differing++;
        if (examples.length < examplesMax) {
          examples.push(
            `${thing}: ${told?.status ?? 'not notified'} predicted, ${held?.status ?? 'not notified'} observed`,
          );
        }
      }
    }
    return { ...tally, examples };
  }

  #isTimingDependent(
    jobId: string,
    thing: string,
    predicted: Course | undefined,
    observed: Course | undefined,
  ): boolean {
    if (this.#unstable.get(jobId)?.has(thing)) return true;
    if (pendingStatuses.includes(predicted?.status ?? '')) return true;
    // Of a thing that was not to be released at all, the run alone knows a time.
    return (predicted ?? observed)?.moments.some((at) => this.#isNearEdge(at)) ?? false;
  }

  #isNearEdge(at: Millis): boolean {
    for (const { from, to } of this.#edges.values()) {
      if (at >= from - this.#marginMs && at <= to + this.#marginMs) return true;
    }
    return false;
  }

  #addEnds({ jobs, endAt, zeroAt }: VirtualRun): void {
    if (jobs.some(hasPending)) this.#addEdge('end', endAt - zeroAt);
    for (const job of jobs) {
      const { overSince } = job;
      if (overSince !== undefined && isCutShort(job)) this.#addEdge(job.jobId, overSince - zeroAt);
    }
  }

  #addEdge(name: string, at: Millis): void {
    const edge = this.#edges.get(name);
    if (edge === undefined) {
      this.#edges.set(name, { from: at, to: at });
    } else {
      edge.from = Math.min(edge.from, at);
      edge.to = Math.max(edge.to, at);
    }
  }
}

function hasPending({ observation: { executions } }: SimulatedJob): boolean {
  return executions.QUEUED + executions.IN_PROGRESS > 0;
}

function isCutShort({ status }: SimulatedJob): boolean {
  return status === 'CANCELED' || status === 'DELETED';
}

/** Instants at which the operator changes what devices are at, or devices what they make of it. */
function disturbances({ actions, population }: Plan): Millis[] {
  const phases = population.cohorts.flatMap(({ profile }) => profile.outcomeOverTime);
  const acts = actions.flatMap((action) => {
    if (action.type === 'create-job' || action.type === 'add-things') return [];
    return action.type === 'disconnect' ? [action.atMs, action.atMs + action.forMs] : [action.atMs];
  });
  return [...acts, ...phases.map(({ from }) => from)];
}

function coursesOf({ simulation, zeroAt }: VirtualRun, jobId: string): Map<string, Course> {
  const courses = new Map<string, Course>();
  for (const attempt of simulation.attempts(jobId)) {
    const before = courses.get(attempt.thingName)?.moments ?? [];
    const moments = [...before, ...momentsOf(attempt).map((at) => at - zeroAt)];
    courses.set(attempt.thingName, { status: attempt.status, moments });
  }
  return courses;
}

function momentsOf({ queuedAt, startedAt, endedAt }: SimulatedAttempt): Millis[] {
  return [queuedAt, startedAt, endedAt].filter((at) => at !== undefined);
}

function observedCourses(listed: readonly ListedExecution[], zeroAt: Millis): Map<string, Course> {
  const courses = new Map<string, Course>();
  for (const { thingName, status, queuedAt } of listed.toSorted(
    (a, b) => a.executionNumber - b.executionNumber,
  )) {
    const before = courses.get(thingName)?.moments ?? [];
    courses.set(thingName, { status, moments: [...before, queuedAt - zeroAt] });
  }
  return courses;
}
