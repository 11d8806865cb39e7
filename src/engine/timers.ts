import type { Millis } from '../base/clock.ts';
import { isTerminal } from '../protocol/status.ts';
import type { ExecutionChange } from './execution.ts';
import { deadlineOf } from './render.ts';
import type { ExecutionTimers } from './state.ts';
import { cancelAppointment, type ExecutionRecord, type World } from './world.ts';

const minuteMs = 60_000;

/** Sets, replaces or clears the timers of an execution as a change asks for (reference §4.1). */
export function adjustTimers(
  world: World,
  execution: ExecutionRecord,
  change: ExecutionChange,
  now: Millis,
): void {
  const current = execution.timers;
  const next = nextTimers(execution, change, now);
  if (
    next?.inProgressUntil === current?.inProgressUntil &&
    next?.stepUntil === current?.stepUntil
  ) {
    return;
  }
  clearTimers(world, execution);
  const deadlineAt = next && deadlineOf(next);
  if (next === undefined || deadlineAt === undefined) return;
  const appointment = world.agenda.add(deadlineAt + latenessMs(world, execution), {
    type: 'timeout',
    execution,
  });
  execution.timers = { ...next, appointment };
}

export function clearTimers(world: World, execution: ExecutionRecord): void {
  cancelAppointment(world, execution.timers?.appointment);
  execution.timers = undefined;
}

/** The in-progress timer runs from the start of the execution and no update moves it. */
function nextTimers(
  { status, timers, job }: ExecutionRecord,
  change: ExecutionChange,
  now: Millis,
): ExecutionTimers | undefined {
  if (isTerminal(change.status)) return undefined;
  const minutes = job.settings.timeoutConfig?.inProgressTimeoutInMinutes;
  const startedUntil = minutes === undefined ? undefined : now + minutes * minuteMs;
  return {
    inProgressUntil: status === 'IN_PROGRESS' ? timers?.inProgressUntil : startedUntil,
    stepUntil: nextStep(timers?.stepUntil, change.stepTimeoutInMinutes, now),
  };
}

function nextStep(
  stepUntil: Millis | undefined,
  minutes: number | undefined,
  now: Millis,
): Millis | undefined {
  if (minutes === undefined) return stepUntil;
  return minutes === -1 ? undefined : now + minutes * minuteMs;
}

/** AWS's sweeper comes up to a minute late; drawn by the identity of the execution. */
function latenessMs(world: World, execution: ExecutionRecord): Millis {
  const { timeoutLatenessMs } = world.dialect;
  if (timeoutLatenessMs === 0) return 0;
  const { job, worklist, executionNumber } = execution;
  const stream = `lateness/${job.jobId}/${worklist.thingName}/${executionNumber}`;
  return world.random.fork(stream).next() * timeoutLatenessMs;
}
