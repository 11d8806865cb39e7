/** The column of a time series that counts each status of an execution. */
const columnOfStatus = {
  QUEUED: 'queued',
  IN_PROGRESS: 'inProgress',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  REJECTED: 'rejected',
  TIMED_OUT: 'timedOut',
  REMOVED: 'removed',
  CANCELED: 'canceled',
} as const;

export const statusColumns = Object.values(columnOfStatus);

/** In the order of {@link statusColumns}. */
export function statusFigures(executions: Readonly<Record<string, number>>): number[] {
  return Object.keys(columnOfStatus).map((status) => executions[status] ?? 0);
}
