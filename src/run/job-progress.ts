import type { Millis } from '../base/clock.ts';
import type { SeriesSummary } from '../report/summary.ts';
import type { JobLook, ListedExecution } from './job-watch.ts';

const statusOfColumn = {
  queued: 'QUEUED',
  inProgress: 'IN_PROGRESS',
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  rejected: 'REJECTED',
  timedOut: 'TIMED_OUT',
  removed: 'REMOVED',
  canceled: 'CANCELED',
} as const;

/** How far a job was, look by look: things notified and executions by status. */
export function progressSeries(looks: readonly JobLook[], zeroAt: Millis): SeriesSummary {
  return {
    columns: ['t', 'notified', ...Object.keys(statusOfColumn)],
    rows: looks.map(({ at, notified, executions }) => [
      Math.round(at - zeroAt) / 1000,
      notified,
      ...Object.values(statusOfColumn).map((status) => executions[status] ?? 0),
    ]),
  };
}

const looksMax = 600;

/** One execution came to a status. */
interface Move {
  readonly at: Millis;
  readonly from: string | undefined;
  readonly to: string;
  /** The first execution of its thing. */
  readonly isFirst: boolean;
}

/**
 * How far a job was whenever an execution changed its status, exact where the service tells times to
 * the millisecond; thinned to what a page can show.
 */
export function looksOfListing(listed: readonly ListedExecution[]): JobLook[] {
  const moves = movesOf(listed);
  const step = Math.max(1, Math.ceil(moves.length / looksMax));
  const looks: JobLook[] = [];
  const executions: Record<string, number> = {};
  let notified = 0;
  for (const [index, { at, from, to, isFirst }] of moves.entries()) {
    if (from !== undefined) executions[from] = (executions[from] ?? 0) - 1;
    executions[to] = (executions[to] ?? 0) + 1;
    if (isFirst) notified++;
    const isLastOfInstant = moves[index + 1]?.at !== at;
    if (index === moves.length - 1 || (isLastOfInstant && index % step === 0)) {
      looks.push({ at, notified, executions: { ...executions } });
    }
  }
  return looks;
}

function movesOf(listed: readonly ListedExecution[]): Move[] {
  const seen = new Set<string>();
  const moves: Move[] = [];
  for (const { thingName, status, queuedAt, startedAt, updatedAt } of byQueuedAt(listed)) {
    const isFirst = !seen.has(thingName);
    seen.add(thingName);
    moves.push({ at: queuedAt, from: undefined, to: 'QUEUED', isFirst });
    let from = 'QUEUED';
    if (startedAt !== undefined) {
      moves.push({ at: startedAt, from, to: 'IN_PROGRESS', isFirst: false });
      from = 'IN_PROGRESS';
    }
    if (status !== from) moves.push({ at: updatedAt, from, to: status, isFirst: false });
  }
  return moves.sort((a, b) => a.at - b.at);
}

function byQueuedAt(listed: readonly ListedExecution[]): ListedExecution[] {
  return listed.toSorted((a, b) => a.queuedAt - b.queuedAt);
}
