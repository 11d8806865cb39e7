import type { Millis } from '../base/clock.ts';
import { transact } from './transaction.ts';
import { cancelAppointment, type JobRecord, type World } from './world.ts';

/** Executions dealt with in one go, so that a job of a million things does not stop the service. */
const batchSize = 1000;
const batchPauseMs = 1;

/**
 * A maintenance window has opened or closed: shows or hides the queued executions of the job, thing by
 * thing, and tells each device what became of its list (reference §5, §14.1).
 */
export function startUnveiling(world: World, job: JobRecord, now: Millis): void {
  cancelAppointment(world, job.unveilNext);
  continueUnveiling(world, job, -1, now);
}

/** Goes on behind the execution whose `order` is given. */
export function continueUnveiling(world: World, job: JobRecord, after: number, now: Millis): void {
  job.unveilNext = undefined;
  const isHidden = job.phase === 'closed';
  let changed = 0;
  for (const execution of job.executions.after(after, ['QUEUED'])) {
    if (execution.isHidden === isHidden) continue;
    transact(world, execution.worklist, now, () => {
      execution.isHidden = isHidden;
    });
    changed += 1;
    if (changed < batchSize) continue;
    const deadline = { type: 'unveil', job, after: execution.order } as const;
    job.unveilNext = world.agenda.add(now + batchPauseMs, deadline);
    return;
  }
}
