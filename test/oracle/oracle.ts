import type { AbortCriterion } from '../../src/protocol/job-config.ts';
import type { ExecutionStatus } from '../../src/protocol/status.ts';
import { Rate } from './rate.ts';
import {
  insertTurn,
  type Message,
  messagesOf,
  planOf,
  type Story,
  type Turn,
  type Update,
} from './script.ts';

/*
 * A second implementation of what the reference says about one SNAPSHOT job, written from its text
 * (§1–4, §14) without a look at the engine: slow, exact, and no cleverer than the text. § are those
 * of the reference. It exists to be compared with the engine, so it must never import from it. Where
 * the text leaves something open the place says OPEN and which reading it takes; where the outcome
 * would hang on it to the last bit, the verdict says so and the story is left out.
 */

export interface Attempt {
  readonly thing: number;
  /** executionNumber, from 1. */
  readonly attempt: number;
  readonly status: ExecutionStatus;
  readonly forceCanceled: boolean;
  readonly queuedAt: number;
  readonly startedAt: number | undefined;
  readonly lastUpdatedAt: number;
  readonly versionNumber: number;
}

interface Trip {
  readonly criterion: number;
  readonly at: number;
  readonly executed: number;
  readonly failed: number;
  readonly notified: number;
}

export interface Outcome {
  readonly status: 'IN_PROGRESS' | 'COMPLETED' | 'CANCELED';
  readonly forceCanceled: boolean;
  readonly isAborted: boolean;
  readonly completedAt: number | undefined;
  readonly trip: Trip | undefined;
  readonly targeted: number;
  readonly notified: number;
  readonly counters: Readonly<Record<ExecutionStatus, number>>;
  /** Every release by the rollout, in order. */
  readonly releases: readonly { readonly thing: number; readonly at: number }[];
  /** By thing, then attempt. */
  readonly attempts: readonly Attempt[];
  /** Messages and cancels that the service refused: `t07#2@1234`, `cancel@1234`. */
  readonly refused: readonly string[];
}

export interface Verdict {
  readonly outcome: Outcome;
  /** Why the text does not decide this story; undefined when it does. */
  readonly undecided: string | undefined;
  /** Where the text does decide and the engine is known to do otherwise; the name of the case. */
}

interface Execution {
  readonly thing: number;
  readonly attempt: number;
  status: ExecutionStatus;
  forceCanceled: boolean;
  queuedAt: number;
  startedAt: number | undefined;
  lastUpdatedAt: number;
  versionNumber: number;
  inProgressDeadline: number | undefined;
  stepDeadline: number | undefined;
}

type Appointment = Turn & { readonly run: () => void };

const minute = 60_000;

/** No appointment of a thing: release steps and cancels. */
const nobody = { thing: -1, attempt: 0, message: 0 };

/** Tells what becomes of the story when its job is created at `createdAt`. */
export function foretell(story: Story, createdAt: number): Verdict {
  return new Oracle(story, createdAt).run();
}

class Oracle {
  readonly #story: Story;
  readonly #appointments: Appointment[] = [];
  readonly #executions: Execution[] = [];
  readonly #releases: { thing: number; at: number }[] = [];
  readonly #refused: string[] = [];
  readonly #targeted: number;
  /** Targets the rollout has not reached. */
  readonly #waiting: number[];
  /** Retries that are due but not made, by thing (§1.1: they keep the job IN_PROGRESS). */
  readonly #retriesDue = new Set<number>();
  readonly #rate: Rate;
  #abort: readonly AbortCriterion[];
  #inProgressMinutes: number | undefined;
  #now: number;
  #status: Outcome['status'] = 'IN_PROGRESS';
  #forceCanceled = false;
  #completedAt: number | undefined;
  #trip: Trip | undefined;
  /** Timers, retries and release steps that took effect in the current millisecond. */
  #served = 0;
  #undecided: string | undefined;

  constructor(story: Story, createdAt: number) {
    this.#story = story;
    this.#abort = story.abort;
    this.#inProgressMinutes = story.inProgressMinutes;
    this.#now = createdAt;
    this.#waiting = targetsOf(story);
    this.#targeted = this.#waiting.length;
    const startAt = createdAt + story.readings.firstReleaseDelayMs;
    this.#rate = new Rate(story.rollout, story.readings.rateLevel, startAt);
    this.#appoint({ at: startAt, rank: 'service', ...nobody, run: () => this.#release() });
    if (story.update !== undefined) {
      const { update } = story;
      const at = createdAt + update.afterMs;
      this.#appoint({ at, rank: 'operator', ...nobody, run: () => this.#updateJob(update) });
    }
    for (const { afterMs, force } of story.cancels) {
      const at = createdAt + afterMs;
      this.#appoint({ at, rank: 'operator', ...nobody, run: () => this.#cancelByOperator(force) });
    }
  }

  run(): Verdict {
    for (;;) {
      const next = this.#appointments.shift();
      if (next === undefined) break;
      if (next.at > this.#now) this.#served = 0;
      this.#now = next.at;
      next.run();
    }
    return {
      outcome: this.#outcome(),
      undecided: this.#undecided,
    };
  }

  #appoint(appointment: Appointment): void {
    insertTurn(this.#appointments, appointment);
  }

  /** §14.6: one step of the rollout; §2: stops for good when the job is canceled. */
  #release(): void {
    if (this.#status !== 'IN_PROGRESS') return;
    this.#served++;
    this.#noteDelicate(this.#now);
    const count = Math.min(this.#rate.take(this.#now, this.#releases), this.#waiting.length);
    this.#rate.spend(count);
    for (const thing of this.#waiting.splice(0, count)) {
      this.#releases.push({ thing, at: this.#now });
      this.#queue(thing, 1);
    }
    this.#rate.recomputeLevel(this.#releases.length, this.#count('SUCCEEDED'));
    if (this.#waiting.length === 0) return;
    const at = this.#rate.nextStepAt(this.#now, this.#releases);
    this.#noteDelicate(at);
    this.#appoint({ at, rank: 'service', ...nobody, run: () => this.#release() });
  }

  #noteDelicate(stepAt: number): void {
    if (!this.#rate.isDelicateAt(stepAt)) return;
    this.#undecided ??= 'a token is whole a little after a millisecond';
  }

  /** §1.3, §1.5: a new execution is QUEUED, version 1. Its device hears at once and plays its script. */
  #queue(thing: number, attempt: number): void {
    const execution: Execution = {
      thing,
      attempt,
      status: 'QUEUED',
      forceCanceled: false,
      queuedAt: this.#now,
      startedAt: undefined,
      lastUpdatedAt: this.#now,
      versionNumber: 1,
      inProgressDeadline: undefined,
      stepDeadline: undefined,
    };
    this.#executions.push(execution);
    for (const [index, message] of messagesOf(planOf(this.#story, thing, attempt)).entries()) {
      const at = this.#now + message.afterMs;
      const run = () => this.#update(execution, message);
      this.#appoint({ at, rank: 'device', thing, attempt, message: index, run });
    }
  }

  /** §14.2, with §1.3's table: a terminal execution refuses, any other takes all four statuses. */
  #update(execution: Execution, message: Message): void {
    if (isTerminal(execution.status)) {
      this.#refused.push(`${execution.thing}#${execution.attempt}@${this.#now}`);
      return;
    }
    if (message.status !== 'IN_PROGRESS') {
      this.#end(execution, message.status);
      return;
    }
    const deadline = deadlineOf(execution);
    if (execution.status === 'QUEUED') {
      execution.startedAt = this.#now;
      const minutes = this.#inProgressMinutes;
      if (minutes !== undefined) execution.inProgressDeadline = this.#now + minutes * minute;
    }
    execution.status = 'IN_PROGRESS';
    this.#touch(execution);
    // §4.1: a value replaces the step timer and starts now, −1 cancels it, none leaves it running.
    const { stepMinutes } = message;
    if (stepMinutes === -1) execution.stepDeadline = undefined;
    else if (stepMinutes !== undefined) execution.stepDeadline = this.#now + stepMinutes * minute;
    if (deadlineOf(execution) !== deadline) this.#watch(execution);
  }

  /** §4.1: the deadline is the earlier of both timers. A timer that was replaced finds that out. */
  #watch(execution: Execution): void {
    const at = deadlineOf(execution);
    if (at === undefined) return;
    const { thing, attempt } = execution;
    const run = () => {
      if (execution.status !== 'IN_PROGRESS' || deadlineOf(execution) !== this.#now) return;
      this.#served++;
      this.#end(execution, 'TIMED_OUT');
    };
    this.#appoint({ at, rank: 'service', thing, attempt, message: 0, run });
  }

  #touch(execution: Execution): void {
    execution.versionNumber++;
    execution.lastUpdatedAt = this.#now;
  }

  /** §14.1 step 6: the transition, then abort evaluation, then retry, then job completion. */
  #end(execution: Execution, status: 'SUCCEEDED' | 'FAILED' | 'REJECTED' | 'TIMED_OUT'): void {
    execution.status = status;
    this.#touch(execution);
    this.#judgeAbort(status === 'TIMED_OUT');
    this.#planRetry(execution);
    this.#completeIfDone();
  }

  /** §3, §14.3. */
  #judgeAbort(byTimer: boolean): void {
    if (this.#status !== 'IN_PROGRESS') return;
    for (const [index, criterion] of this.#abort.entries()) {
      const failed = this.#failed(criterion);
      if (!this.#meets(criterion, failed)) continue;
      this.#trip = {
        criterion: index,
        at: this.#now,
        executed: this.#completed(),
        failed,
        notified: this.#releases.length,
      };
      if (byTimer) this.#noteServiceTie();
      // §3: the effect is a cancel without force.
      this.#cancel(false);
      return;
    }
  }

  #meets(criterion: AbortCriterion, failed: number): boolean {
    const { abortGate, abortComparison, abortDenominator } = this.#story.readings;
    const gate = abortGate === 'completed' ? this.#completed() : this.#releases.length;
    if (gate < criterion.minNumberOfExecutedThings) return false;
    const whole = abortDenominator === 'completed' ? this.#completed() : this.#releases.length;
    const share = failed * 10_000;
    const threshold = Math.round(criterion.thresholdPercentage * 100) * whole;
    return abortComparison === 'at-or-above' ? share >= threshold : share > threshold;
  }

  /** §3's E: attempts that ended by themselves; CANCELED and REMOVED did not execute. */
  #completed(): number {
    return this.#count('SUCCEEDED') + this.#failed({ failureType: 'ALL' });
  }

  #failed({ failureType }: Pick<AbortCriterion, 'failureType'>): number {
    if (failureType !== 'ALL') return this.#count(failureType);
    return this.#count('FAILED') + this.#count('REJECTED') + this.#count('TIMED_OUT');
  }

  /**
   * The text does not order a timer that trips a criterion against a second timer, a retry or a
   * release step that is due in the same millisecond, and the outcome depends on it.
   */
  #noteServiceTie(): void {
    const isTied = this.#appointments.some(
      ({ at, rank }) => at === this.#now && rank === 'service',
    );
    if (isTied || this.#served > 1) this.#undecided ??= 'a timer trips in a tie';
  }

  /** §4.2, §14.4: budgets are per type, ALL counts both. */
  #planRetry({ thing, attempt, status }: Execution): void {
    if (this.#status !== 'IN_PROGRESS' || (status !== 'FAILED' && status !== 'TIMED_OUT')) return;
    const budget = this.#story.retries.find(
      ({ failureType }) => failureType === status || failureType === 'ALL',
    );
    if (budget === undefined) return;
    const used = this.#executions.filter(
      (earlier) =>
        earlier.thing === thing &&
        earlier.attempt < attempt &&
        (budget.failureType === 'ALL' || earlier.status === status),
    ).length;
    if (used >= budget.numberOfRetries) return;
    this.#retriesDue.add(thing);
    const retry = () => {
      if (!this.#retriesDue.delete(thing)) return;
      this.#served++;
      this.#queue(thing, attempt + 1);
    };
    const { retryDelayMs } = this.#story.readings;
    if (retryDelayMs === 0) retry();
    else {
      const at = this.#now + retryDelayMs;
      this.#appoint({ at, rank: 'service', thing, attempt, message: 0, run: retry });
    }
  }

  /** §14.5. */
  #completeIfDone(): void {
    if (this.#status !== 'IN_PROGRESS') return;
    if (this.#waiting.length > 0 || this.#retriesDue.size > 0) return;
    if (this.#executions.some(({ status }) => !isTerminal(status))) return;
    this.#status = 'COMPLETED';
    this.#completedAt = this.#now;
  }

  /**
   * §7.1: only while the job is active, and what is given replaces. §3: a new list is judged at the
   * next terminal execution. §4.1: a new timeout is for executions that start later.
   */
  #updateJob({ maximumPerMinute, abort, inProgressMinutes }: Update): void {
    if (this.#status !== 'IN_PROGRESS') {
      this.#refused.push(`update@${this.#now}`);
      return;
    }
    if (maximumPerMinute !== undefined) this.#rate.replace({ maximumPerMinute });
    this.#abort = abort ?? this.#abort;
    this.#inProgressMinutes = inProgressMinutes ?? this.#inProgressMinutes;
  }

  /** §1.1: a COMPLETED job refuses; a CANCELED one only takes the upgrade to force. */
  #cancelByOperator(force: boolean): void {
    if (this.#status === 'COMPLETED') {
      this.#refused.push(`cancel@${this.#now}`);
      return;
    }
    this.#cancel(force);
  }

  /** §14.7; §4.2: retries stop. */
  #cancel(force: boolean): void {
    this.#status = 'CANCELED';
    if (force) this.#forceCanceled = true;
    this.#retriesDue.clear();
    for (const execution of this.#executions) {
      const { status } = execution;
      if (status !== 'QUEUED' && !(status === 'IN_PROGRESS' && force)) continue;
      execution.status = 'CANCELED';
      execution.forceCanceled = force;
      this.#touch(execution);
    }
  }

  #count(status: ExecutionStatus): number {
    return this.#executions.filter((execution) => execution.status === status).length;
  }

  #outcome(): Outcome {
    return {
      status: this.#status,
      forceCanceled: this.#forceCanceled,
      isAborted: this.#trip !== undefined,
      completedAt: this.#completedAt,
      trip: this.#trip,
      targeted: this.#targeted,
      notified: this.#releases.length,
      // §1.1: counters count executions, retries included.
      counters: {
        QUEUED: this.#count('QUEUED'),
        IN_PROGRESS: this.#count('IN_PROGRESS'),
        SUCCEEDED: this.#count('SUCCEEDED'),
        FAILED: this.#count('FAILED'),
        REJECTED: this.#count('REJECTED'),
        TIMED_OUT: this.#count('TIMED_OUT'),
        REMOVED: this.#count('REMOVED'),
        CANCELED: this.#count('CANCELED'),
      },
      releases: this.#releases,
      attempts: this.#executions
        .map(({ inProgressDeadline: _, stepDeadline: __, ...attempt }) => attempt)
        .sort((one, other) => one.thing - other.thing || one.attempt - other.attempt),
      refused: this.#refused,
    };
  }
}

/** §2: `targets` order, things of a group by name; §1.2: each thing once. */
function targetsOf({ targets }: Story): number[] {
  const inOrder = targets.flatMap((target) =>
    'thing' in target ? [target.thing] : [...target.group].sort((one, other) => one - other),
  );
  return [...new Set(inOrder)];
}

function deadlineOf({ inProgressDeadline, stepDeadline }: Execution): number | undefined {
  if (inProgressDeadline === undefined) return stepDeadline;
  if (stepDeadline === undefined) return inProgressDeadline;
  return Math.min(inProgressDeadline, stepDeadline);
}

function isTerminal(status: ExecutionStatus): boolean {
  return status !== 'QUEUED' && status !== 'IN_PROGRESS';
}
