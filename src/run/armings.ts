import type { Millis } from '../base/clock.ts';
import type { AbortBasis } from '../report/abort-share.ts';
import { type Armings, releaseTimes } from './job-summary.ts';
import type { ListedExecution } from './job-watch.ts';

/** In which an execution counts as executed for an abort rule. */
export const completedStatuses: ReadonlySet<string> = new Set([
  'SUCCEEDED',
  'FAILED',
  'REJECTED',
  'TIMED_OUT',
]);

/** Exact, from the service's own list of all there was. */
export function armingsOf(listed: readonly ListedExecution[]): Armings {
  const instants: Record<AbortBasis, readonly Millis[]> = {
    notified: releaseTimes(listed),
    completed: listed
      .filter(({ status }) => completedStatuses.has(status))
      .map(({ updatedAt }) => updatedAt)
      .sort((a, b) => a - b),
  };
  return (gate, least) => instants[gate][Math.max(0, least - 1)];
}
