import type { RetryConfig } from '../protocol/job-config.ts';
import type { ExecutionStatus } from '../protocol/status.ts';
import type { Execution, RetriesSpent } from './state.ts';

export const noRetries: RetriesSpent = { FAILED: 0, TIMED_OUT: 0 };

/** What will have been spent after one more retry, or undefined when there is none left (reference §4.2). */
export function nextRetry(
  config: RetryConfig | undefined,
  execution: Pick<Execution, 'status' | 'spent'>,
): RetriesSpent | undefined {
  const { status, spent } = execution;
  if (!isRetryable(status)) return undefined;
  const criterion = config?.criteriaList.find(
    ({ failureType }) => failureType === status || failureType === 'ALL',
  );
  if (criterion === undefined) return undefined;
  const used = criterion.failureType === 'ALL' ? spent.FAILED + spent.TIMED_OUT : spent[status];
  if (used >= criterion.numberOfRetries) return undefined;
  return { ...spent, [status]: spent[status] + 1 };
}

function isRetryable(status: ExecutionStatus): status is 'FAILED' | 'TIMED_OUT' {
  return status === 'FAILED' || status === 'TIMED_OUT';
}
