import type { Clock } from '../base/clock.ts';
import { lookAtJob, type Viewpoint } from './job-look.ts';
import type { JobWatch, ListedExecution } from './job-watch.ts';

/** What AWS counts and what it lists agree in the end; for so long a run waits for that. */
const triesMax = 5;
const pauseMs = 1000;

/**
 * The executions of a job when all is over. Counters of AWS lag behind (reference §1.1), so it is looked at
 * again until they fit the list, or have had their time. Undefined for a job that is not listed.
 */
export async function listSettled(
  watch: JobWatch,
  viewpoint: Viewpoint & { readonly clock: Pick<Clock, 'now' | 'schedule'> },
): Promise<ListedExecution[] | undefined> {
  const { clock, iot } = viewpoint;
  let listed = await watch.list(iot);
  for (let tries = 0; tries < triesMax && isBehind(watch, listed); tries++) {
    await new Promise<void>((resolve) => clock.schedule(clock.now() + pauseMs, resolve));
    await lookAtJob(watch, viewpoint);
    listed = await watch.list(iot);
  }
  return listed;
}

function isBehind(
  { executions, observation }: JobWatch,
  listed: readonly ListedExecution[] | undefined,
): boolean {
  // The emulator's are exact.
  if (listed === undefined || observation !== undefined) return false;
  return Object.entries(executions).some(
    ([status, count]) => listed.filter((each) => each.status === status).length !== count,
  );
}
