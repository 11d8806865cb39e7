import type { Millis } from '../base/clock.ts';
import type { NotifyMessage, NotifyNextMessage } from '../protocol/messages.ts';
import { sameMembers } from './pending.ts';
import {
  nextIn,
  pendingIn,
  renderExecution,
  secondsOf,
  shownPending,
  visiblePending,
} from './render.ts';
import type { Execution } from './state.ts';
import type { WorklistRecord, World } from './world.ts';

/**
 * Runs one change of a thing's executions and tells the device what became of its pending list. All
 * of notify and notify-next follows from comparing the list before and after (reference §14.1).
 */
export function transact(
  world: World,
  worklist: WorklistRecord,
  now: Millis,
  change: () => void,
): void {
  const before = visiblePending(worklist);
  change();
  const after = visiblePending(worklist);
  if (before === after) return;
  const { thingName } = worklist;
  const namespaces = namespacesOf(before, after);
  for (const namespaceId of namespaces) {
    const list = pendingIn(after, namespaceId);
    if (sameMembers(pendingIn(before, namespaceId), list)) continue;
    const message = renderNotify(list, now);
    const notice = { type: 'notify', thingName, message } as const;
    world.outbox.push(namespaceId === undefined ? notice : { ...notice, namespaceId });
  }
  for (const namespaceId of namespaces) {
    const next = nextIn(after, namespaceId, world.dialect);
    if (next === nextIn(before, namespaceId, world.dialect)) continue;
    const message = renderNotifyNext(next, now);
    const notice = { type: 'notify-next', thingName, message } as const;
    world.outbox.push(namespaceId === undefined ? notice : { ...notice, namespaceId });
  }
}

const noNamespace: readonly undefined[] = [undefined];

/** Those whose executions are in one of the lists; nearly always there is none. */
function namespacesOf(
  before: readonly Execution[],
  after: readonly Execution[],
): Iterable<string | undefined> {
  if (!before.some(hasNamespace) && !after.some(hasNamespace)) return noNamespace;
  return new Set([...before, ...after].map(({ job }) => job.namespaceId));
}

function hasNamespace({ job }: Execution): boolean {
  return job.namespaceId !== undefined;
}

function renderNotify(pending: readonly Execution[], now: Millis): NotifyMessage {
  const { inProgress, queued } = shownPending(pending);
  const jobs: { -readonly [K in keyof NotifyMessage['jobs']]: NotifyMessage['jobs'][K] } = {};
  if (inProgress.length > 0) jobs.IN_PROGRESS = inProgress;
  if (queued.length > 0) jobs.QUEUED = queued;
  return { timestamp: secondsOf(now), jobs };
}

function renderNotifyNext(next: Execution | undefined, now: Millis): NotifyNextMessage {
  const timestamp = secondsOf(now);
  return next === undefined ? { timestamp } : { timestamp, execution: renderExecution(next, now) };
}
