import type { Millis } from '../base/clock.ts';
import type { Seconds } from '../protocol/messages.ts';
import type { DeviceStatus } from '../protocol/status.ts';
import type { ExecutionRecord } from './io.ts';
import type { Offer } from './offer.ts';
import type { RequestAction, Step, Update, WorkPlan } from './work-plan.ts';

/** The execution a device is busy with: its plan, and how far it has come. */
export interface Task {
  readonly jobId: string;
  readonly executionNumber: number;
  readonly queuedAt: Seconds;
  readonly plan: WorkPlan;
  readonly noticedAt: Millis;
  readonly startedAt: Millis | undefined;
  /** When its download was over, if it had one. */
  readonly downloadedAt: Millis | undefined;
  /** The versionNumber last heard of. */
  readonly version: number;
  readonly stepIndex: number;
  /** When the current step is due; infinite when none is left. */
  readonly dueAt: Millis;
  /** How often the current step was sent in vain. */
  readonly failures: number;
  readonly isFlawSpent: boolean;
  readonly reported: DeviceStatus | undefined;
  readonly isAcknowledged: boolean;
  /** Whether the new version runs. */
  readonly isUpdated: boolean;
}

export function beginTask(offer: Offer, plan: WorkPlan, now: Millis): Task {
  const isStarted = offer.status === 'IN_PROGRESS';
  return {
    jobId: offer.jobId,
    executionNumber: offer.executionNumber,
    queuedAt: offer.queuedAt,
    plan,
    noticedAt: now,
    startedAt: isStarted ? now : undefined,
    downloadedAt: undefined,
    version: offer.versionNumber,
    stepIndex: 0,
    dueAt: dueAt(plan, 0, now + plan.reactMs),
    failures: 0,
    isFlawSpent: false,
    reported: isStarted ? 'IN_PROGRESS' : undefined,
    isAcknowledged: isStarted,
    isUpdated: false,
  };
}

export function currentStep(task: Task): Step | undefined {
  return task.plan.steps[task.stepIndex];
}

/** The flaw of an update that is still to be sent wrong. */
export function flawOf(task: Task, step: Update): Update['flaw'] {
  return task.isFlawSpent ? undefined : step.flaw;
}

/** On to the next step. Times count from when the last one was due, so slow answers do not stretch the work. */
export function advance(task: Task, baseAt: Millis = task.dueAt): Task {
  const next = copyOf(task);
  next.stepIndex = task.stepIndex + 1;
  next.dueAt = dueAt(task.plan, next.stepIndex, baseAt);
  next.failures = 0;
  next.isFlawSpent = false;
  return next;
}

/** The download is over. */
export function finishDownload(task: Task, now: Millis): Task {
  const next = copyOf(task);
  next.downloadedAt = now;
  return advance(next);
}

/** The new version runs from here on. */
export function install(task: Task): Task {
  const next = copyOf(task);
  next.isUpdated = true;
  return advance(next);
}

/** A request was sent. What the service cannot read or never allows counts as not told. */
export function tell(task: Task, step: RequestAction): Task {
  if (step.kind === 'look') return task;
  const flaw = step.kind === 'update' ? flawOf(task, step) : undefined;
  if (flaw !== undefined && flaw !== 'stale-version') return task;
  const reported = step.kind === 'update' ? step.status : 'IN_PROGRESS';
  const next = copyOf(task);
  next.reported = reported;
  next.isAcknowledged = false;
  return next;
}

/** The service has accepted the step that told it `status`. */
export function acknowledge(task: Task, status: DeviceStatus, version: number, now: Millis): Task {
  const next = copyOf(task);
  next.version = version;
  next.reported = status;
  next.isAcknowledged = true;
  next.startedAt ??= status === 'IN_PROGRESS' ? now : undefined;
  return next;
}

/** The service hands the execution out again: after a reconnect, or to say what the device knows. */
export function confirm(task: Task, offer: Offer, now: Millis): Task {
  const version = Math.max(task.version, offer.versionNumber);
  const isStartSeen = offer.status === 'IN_PROGRESS' && currentStep(task)?.kind === 'start';
  return isStartSeen
    ? advance(acknowledge(task, 'IN_PROGRESS', version, now), Math.min(task.dueAt, now))
    : { ...task, version };
}

export function recordOf(task: Task, endedAt: Millis | undefined): ExecutionRecord {
  const record: { -readonly [K in keyof ExecutionRecord]: ExecutionRecord[K] } = {
    jobId: task.jobId,
    executionNumber: task.executionNumber,
    behaviour: task.plan.behaviour,
    reported: task.reported,
    acknowledged: task.isAcknowledged,
    updated: task.isUpdated,
    noticedAt: task.noticedAt,
  };
  if (task.startedAt !== undefined) record.startedAt = task.startedAt;
  if (task.downloadedAt !== undefined) record.downloadedAt = task.downloadedAt;
  if (endedAt !== undefined) record.endedAt = endedAt;
  return record;
}

/**
 * All copies are made here and so have one hidden class: a spread at each place gives every one of them
 * shapes of its own (0.5 us a copy instead of 0.05).
 */
function copyOf(task: Task): { -readonly [K in keyof Task]: Task[K] } {
  return {
    jobId: task.jobId,
    executionNumber: task.executionNumber,
    queuedAt: task.queuedAt,
    plan: task.plan,
    noticedAt: task.noticedAt,
    startedAt: task.startedAt,
    downloadedAt: task.downloadedAt,
    version: task.version,
    stepIndex: task.stepIndex,
    dueAt: task.dueAt,
    failures: task.failures,
    isFlawSpent: task.isFlawSpent,
    reported: task.reported,
    isAcknowledged: task.isAcknowledged,
    isUpdated: task.isUpdated,
  };
}

/** Infinite behind the last step. `baseAt` is when the step before was due. */
function dueAt({ steps }: WorkPlan, index: number, baseAt: Millis): Millis {
  const step = steps[index];
  if (step === undefined) return Number.POSITIVE_INFINITY;
  return baseAt + (step.atMs - (steps[index - 1]?.atMs ?? 0));
}
