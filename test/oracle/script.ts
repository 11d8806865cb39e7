import type {
  AbortCriterion,
  RetryCriterion,
  RolloutConfig,
} from '../../src/protocol/job-config.ts';

/** What one device does with one attempt, all delays in milliseconds. */
export interface DevicePlan {
  /** From the notify to the first message; none: this device never hears of it. */
  readonly reactMs: number | undefined;
  /** Whether it reports IN_PROGRESS first; §1.3 also lets it go from QUEUED to its result. */
  readonly begins: boolean;
  /** From the first message to the result. */
  readonly workMs: number;
  readonly outcome: 'SUCCEEDED' | 'FAILED' | 'REJECTED' | 'silent';
  /** stepTimeoutInMinutes of the first IN_PROGRESS, §4.1. */
  readonly stepMinutes: number | undefined;
  /** Later IN_PROGRESS messages, counted from the first one; −1 cancels the step timer, §4.1. */
  readonly reports: readonly {
    readonly afterMs: number;
    readonly stepMinutes: number | undefined;
  }[];
}

/** A thing of the fleet by its index, or a group made for this entry of `targets` alone. */
export type Target = { readonly thing: number } | { readonly group: readonly number[] };

/** The readings of the reference that the oracle knows, named as in the dialect. */
export interface Readings {
  readonly abortGate: 'completed' | 'notified';
  readonly abortComparison: 'at-or-above' | 'above';
  readonly abortDenominator: 'completed' | 'notified';
  readonly rateLevel: 'cumulative' | 'per-level';
  readonly retryDelayMs: number;
  readonly firstReleaseDelayMs: number;
}

export interface Update {
  readonly afterMs: number;
  /** A constant rate: what a new exponential one makes of the level so far is not in the text. */
  readonly maximumPerMinute: number | undefined;
  readonly abort: readonly AbortCriterion[] | undefined;
  readonly inProgressMinutes: number | undefined;
}

/** One job, its fleet and what its operator does: all that oracle and engine are given. */
export interface Story {
  readonly targets: readonly Target[];
  readonly rollout: RolloutConfig | undefined;
  readonly abort: readonly AbortCriterion[];
  readonly retries: readonly RetryCriterion[];
  readonly inProgressMinutes: number | undefined;
  /** Attempt n of thing i follows `plans[(i + 7·(n − 1)) mod length]`. */
  readonly plans: readonly DevicePlan[];
  /** CancelJob, counted from CreateJob. */
  readonly cancels: readonly { readonly afterMs: number; readonly force: boolean }[];
  /** UpdateJob, once; members that are absent stay as they are. */
  readonly update: Update | undefined;
  readonly readings: Readings;
}

export interface Message {
  readonly afterMs: number;
  readonly status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'REJECTED';
  readonly stepMinutes: number | undefined;
}

/** Sorts by name as by index: the order inside a group is by name (§2). */
export function nameOf(thing: number): string {
  return `t${String(thing).padStart(2, '0')}`;
}

export function planOf(story: Story, thing: number, attempt: number): DevicePlan {
  const plan = story.plans[(thing + 7 * (attempt - 1)) % story.plans.length];
  if (plan === undefined) throw new Error('a story needs a plan');
  return plan;
}

/** What the device sends about one attempt, by time; a result that precedes a report wins. */
export function messagesOf(plan: DevicePlan): readonly Message[] {
  const { reactMs, begins, workMs, outcome, stepMinutes, reports } = plan;
  if (reactMs === undefined) return [];
  const messages: Message[] = [];
  if (begins) {
    messages.push({ afterMs: reactMs, status: 'IN_PROGRESS', stepMinutes });
    for (const report of reports) {
      messages.push({
        afterMs: reactMs + report.afterMs,
        status: 'IN_PROGRESS',
        stepMinutes: report.stepMinutes,
      });
    }
  }
  if (outcome !== 'silent') {
    messages.push({ afterMs: reactMs + workMs, status: outcome, stepMinutes: undefined });
  }
  return messages.sort((one, other) => one.afterMs - other.afterMs);
}

/**
 * Which of two things that happen in the same millisecond comes first is not in the text; both sides
 * of the comparison keep to this: the service's own appointments (timers, retries, release steps),
 * then devices by thing, attempt and message, then the operator.
 */
export interface Turn {
  readonly at: number;
  readonly rank: 'service' | 'device' | 'operator';
  readonly thing: number;
  readonly attempt: number;
  readonly message: number;
}

const ranks = ['service', 'device', 'operator'] as const;

function compareTurns(one: Turn, other: Turn): number {
  return (
    one.at - other.at ||
    ranks.indexOf(one.rank) - ranks.indexOf(other.rank) ||
    one.thing - other.thing ||
    one.attempt - other.attempt ||
    one.message - other.message
  );
}

/** Keeps the list sorted; equal turns stay in the order they came. */
export function insertTurn<T extends Turn>(turns: T[], turn: T): void {
  let index = turns.length;
  while (index > 0 && compareTurns(turns[index - 1] as T, turn) > 0) index--;
  turns.splice(index, 0, turn);
}
