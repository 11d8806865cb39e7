import type { Millis } from '../base/clock.ts';
import type { RejectedResponse, UpdateResponse } from '../protocol/messages.ts';
import { isTerminal } from '../protocol/status.ts';
import { readNext } from './offer.ts';
import { acknowledge, advance, currentStep, flawOf, type Task } from './task.ts';
import { timerLatenessMs, type Update } from './work-plan.ts';

/** How often a request is sent before the device gives up. */
export const sendingsMax = 8;

/** What a device makes of the answer to a step, or of its absence. */
export type Reaction =
  | { readonly next: 'go-on'; readonly task: Task }
  /** It sends the same step again, at once or after a wait. */
  | { readonly next: 'again'; readonly task: Task; readonly waits: boolean }
  /** It is through with the execution; `isReported` when the service took the final status. */
  | { readonly next: 'over'; readonly task: Task; readonly isReported: boolean };

export function decideAfterAcceptance(task: Task, body: unknown, now: Millis): Reaction {
  const step = currentStep(task);
  switch (step?.kind) {
    case 'start':
      return goOn(advance(acknowledge(task, 'IN_PROGRESS', versionAfter(task, body), now)));
    case 'look':
      return goOn(outwait(advance(task), readNext(body).offers[0]?.secondsLeft, now));
    case 'update':
      return decideAfterUpdate(task, step, versionAfter(task, body), now);
    default:
      return goOn(task);
  }
}

/** A version conflict tells the right version; other refusals of a right request end the matter. */
export function decideAfterRejection(task: Task, rejection: RejectedResponse): Reaction {
  const { code, executionState: state } = rejection;
  if (isTransient(rejection)) return sendAgain(task, true);
  if (state !== undefined && isTerminal(state.status)) {
    const isAcknowledged = state.status === task.reported;
    return { next: 'over', task: { ...task, isAcknowledged }, isReported: isAcknowledged };
  }
  const step = currentStep(task);
  const isFlawed = step?.kind === 'update' && flawOf(task, step) !== undefined;
  const version = state?.versionNumber ?? task.version;
  if (isFlawed && code !== 'ResourceNotFound') {
    return { next: 'again', task: { ...task, version, isFlawSpent: true }, waits: false };
  }
  if (state === undefined) return { next: 'over', task, isReported: false };
  return sendAgain({ ...task, version }, code !== 'VersionMismatch');
}

/** The step was sent in vain. */
export function sendAgain(task: Task, waits: boolean): Reaction {
  const failures = task.failures + 1;
  return failures < sendingsMax
    ? { next: 'again', task: { ...task, failures }, waits }
    : { next: 'over', task, isReported: false };
}

/** Reference §6.5: clients retry only these. */
export function isTransient({ code }: RejectedResponse): boolean {
  return code === 'RequestThrottled' || code === 'InternalError';
}

function decideAfterUpdate(task: Task, step: Update, version: number, now: Millis): Reaction {
  const flaw = flawOf(task, step);
  if (flaw !== undefined && flaw !== 'stale-version') {
    // A lenient service took it: the right one is still to be told.
    return { next: 'again', task: { ...task, version, isFlawSpent: true }, waits: false };
  }
  const told = acknowledge(task, step.status, version, now);
  return step.status === 'IN_PROGRESS'
    ? goOn(advance(told))
    : { next: 'over', task: told, isReported: true };
}

/** The next step waits until the service's timer has certainly fired. */
function outwait(task: Task, secondsLeft: number | undefined, now: Millis): Task {
  if (secondsLeft === undefined) return task;
  return { ...task, dueAt: Math.max(task.dueAt, now + secondsLeft * 1000 + timerLatenessMs) };
}

function goOn(task: Task): Reaction {
  return { next: 'go-on', task };
}

/** Every accepted update raises the version by one (reference §1.5). */
function versionAfter(task: Task, body: unknown): number {
  const state = (body as UpdateResponse | null | undefined)?.executionState;
  return typeof state?.versionNumber === 'number' ? state.versionNumber : task.version + 1;
}
