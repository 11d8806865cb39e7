import type { Millis } from '../base/clock.ts';
import type { SeriesSummary } from '../report/summary.ts';
import type { JobLook, ListedExecution } from './job-watch.ts';
import { statusColumns, statusFigures } from './status-columns.ts';

/** How far a job was, look by look: things notified and executions by status. */
export function progressSeries(looks: readonly JobLook[], zeroAt: Millis): SeriesSummary {
  const hasTargets = looks.length > 0 && looks.every(({ targeted }) => targeted !== undefined);
  return {
    columns: ['t', 'notified', ...statusColumns, ...(hasTargets ? ['targeted'] : [])],
    rows: looks.map(({ at, notified, executions, targeted = 0 }) => [
      Math.round(at - zeroAt) / 1000,
      notified,
      ...statusFigures(executions),
      ...(hasTargets ? [targeted] : []),
    ]),
  };
}

/** The things targeted, which only looks at the job tell, put beside what else is known of it. */
export function withTargets(
  looks: readonly JobLook[],
  watched: readonly Pick<JobLook, 'at' | 'targeted'>[],
): JobLook[] {
  let next = 0;
  return looks.map((look) => {
    while ((watched[next + 1]?.at ?? Number.POSITIVE_INFINITY) <= look.at) next++;
    const targeted = watched[next]?.targeted;
    if (targeted === undefined) return look;
    // Between two looks things may have come in.
    return { ...look, targeted: Math.max(targeted, look.notified) };
  });
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
  const movesPerLook = Math.max(1, Math.ceil(moves.length / looksMax));
  const looks: JobLook[] = [];
  const executions: Record<string, number> = {};
  let notified = 0;
  let movesSince = movesPerLook - 1;
  for (const [index, { at, from, to, isFirst }] of moves.entries()) {
    if (from !== undefined) executions[from] = (executions[from] ?? 0) - 1;
    executions[to] = (executions[to] ?? 0) + 1;
    if (isFirst) notified++;
    movesSince++;
    const next = moves[index + 1];
    if (next === undefined || (next.at !== at && movesSince >= movesPerLook)) {
      looks.push({ at, notified, executions: { ...executions } });
      movesSince = 0;
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
