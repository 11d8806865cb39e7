import type { ExecutionStatus } from '../protocol/status.ts';

/** How many executions have which status. */
export type ExecutionCounts = Record<ExecutionStatus, number>;

export function noExecutions(): ExecutionCounts {
  return {
    QUEUED: 0,
    IN_PROGRESS: 0,
    SUCCEEDED: 0,
    FAILED: 0,
    REJECTED: 0,
    TIMED_OUT: 0,
    REMOVED: 0,
    CANCELED: 0,
  };
}
