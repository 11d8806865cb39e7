import { limits } from '../protocol/limits.ts';
import type { PlannedAction } from '../scenario/plan.ts';
import type { CallCounts } from './resource-calls.ts';

/** What a run is foretold to come to. Seconds are of wall time. */
export interface RunForecast {
  /** From the first action to the end. */
  readonly seconds: number;
  readonly jobs: readonly JobForecast[];
  readonly connects: number;
  readonly connectionMinutes: number;
  /** Requests of the things. */
  readonly requests: number;
  readonly answers: number;
  readonly notices: number;
}

interface JobForecast {
  /** From its creation to the end of the run. */
  readonly watchedSeconds: number;
  /** Attempts, retries included. */
  readonly executions: number;
  readonly isDeleted: boolean;
}

/**
 * Calls to the control plane between provisioning and cleanup: the timeline, a look at each job every
 * `lookSeconds`, and the list of its executions at the end. What the timeline does to things and groups
 * is counted with provisioning and cleanup.
 */
export function runCalls(
  actions: readonly PlannedAction[],
  { jobs }: RunForecast,
  lookSeconds: number,
): CallCounts {
  const counts: Record<string, number> = {};
  const add = (operation: string, calls: number) => {
    if (calls > 0) counts[operation] = (counts[operation] ?? 0) + calls;
  };
  for (const action of actions) {
    const operation = operations[action.type];
    if (operation === undefined) continue;
    add(operation, action.type === 'cancel-execution' ? action.things.length : 1);
  }
  for (const { watchedSeconds, executions, isDeleted } of jobs) {
    const listed = Math.max(1, Math.ceil(executions / limits.pageSizeMax));
    // One when it is created, one when all is over; one more right before it is deleted.
    add('DescribeJob', Math.floor(watchedSeconds / lookSeconds) + (isDeleted ? 3 : 2));
    add('ListJobExecutionsForJob', isDeleted ? 0 : listed);
  }
  return counts;
}

const operations: Readonly<Partial<Record<PlannedAction['type'], string>>> = {
  'create-job': 'CreateJob',
  'update-job': 'UpdateJob',
  'cancel-job': 'CancelJob',
  'delete-job': 'DeleteJob',
  'cancel-execution': 'CancelJobExecution',
};
