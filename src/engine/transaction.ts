import type { Millis } from '../base/clock.ts';
import type { NotifyMessage, NotifyNextMessage } from '../protocol/messages.ts';
import { sameMembers } from './pending.ts';
import { renderExecution, secondsOf, shownPending, visiblePending } from './render.ts';
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
  if (!sameMembers(before, after)) {
    world.outbox.push({ type: 'notify', thingName, message: renderNotify(after, now) });
  }
  if (before[0] !== after[0]) {
    world.outbox.push({ type: 'notify-next', thingName, message: renderNotifyNext(after[0], now) });
  }
}

function renderNotify(pending: readonly Execution[], now: Millis): NotifyMessage {
  const { inProgress, queued } = shownPending(pending);
  return {
    timestamp: secondsOf(now),
    jobs: {
      ...(inProgress.length === 0 ? {} : { IN_PROGRESS: inProgress }),
      ...(queued.length === 0 ? {} : { QUEUED: queued }),
    },
  };
}

function renderNotifyNext(next: Execution | undefined, now: Millis): NotifyNextMessage {
  const timestamp = secondsOf(now);
  return next === undefined ? { timestamp } : { timestamp, execution: renderExecution(next, now) };
}
