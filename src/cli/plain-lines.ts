import { formatDuration } from '../base/duration.ts';
import { failurePercentage } from '../report/abort-share.ts';
import { formatPercentage } from '../report/wording.ts';
import type { JobProgress, Progress } from '../run/progress.ts';

/** A run at one moment for a log: one line of `key=value` that says the same each time. */
export function progressLine(progress: Progress): string {
  const { elapsedMs, isConnecting, connected, things, notified, executions, jobs } = progress;
  const count = (status: string) => executions[status] ?? 0;
  const reached: Pairs = [
    ['t', isConnecting ? 'connecting' : formatDuration(elapsedMs)],
    ['connected', `${connected}/${things}`],
  ];
  if (isConnecting) return written([...reached, ['failures', progress.connectFailures]]);
  const update = progress.operations.find(({ name }) => name === 'update');
  return written([
    ...reached,
    ['notified', notified],
    ['queued', count('QUEUED')],
    ['running', count('IN_PROGRESS')],
    ['succeeded', count('SUCCEEDED')],
    ['failed', count('FAILED')],
    ['rejected', count('REJECTED')],
    ['timed_out', count('TIMED_OUT')],
    ['canceled', count('CANCELED')],
    ...(update === undefined ? [] : [['update_p99', formatDuration(update.p99Us / 1000)] as const]),
    ...jobs.flatMap(jobPairs),
    ...(progress.warnings.length === 0 ? [] : [['harness', 'behind'] as const]),
  ]);
}

type Pairs = readonly (readonly [key: string, value: string | number])[];

function jobPairs({ jobId, status, criteria }: JobProgress): Pairs {
  return [
    [jobId, status],
    ...criteria.map((criterion) => {
      const { failureType, thresholdPercentage: limit, failed, denominator, tripped } = criterion;
      const share = formatPercentage(failurePercentage(failed, denominator, criterion), limit);
      const standing = tripped ? 'tripped' : `${share}/${formatPercentage(limit)}`;
      return [`${jobId}.abort.${failureType}`, standing] as const;
    }),
  ];
}

function written(pairs: Pairs): string {
  return pairs.map(([key, value]) => `${key}=${value}`).join(' ');
}
