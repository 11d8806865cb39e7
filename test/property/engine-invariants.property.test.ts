import assert from 'node:assert/strict';
import fc from 'fast-check';
import { it } from 'vitest';
import type { Effect } from '../../src/engine/commands.ts';
import { describeExecution, getPending } from '../../src/engine/device-queries.ts';
import { isHidden, nextIn, pendingIn, visiblePending } from '../../src/engine/render.ts';
import type { EngineView, Execution, Job, Worklist } from '../../src/engine/state.ts';
import type { ExecutionEvent, JobEvent } from '../../src/protocol/events.ts';
import { executionStatuses, isActive, isTerminal } from '../../src/protocol/status.ts';
import { EngineRig } from '../support/engine-rig.ts';
import { anyHistory, type History } from '../support/random-history.ts';

const runs = 1000;
const timeoutMs = 30_000;
const thingNames = ['t1', 't2', 't3', 't4'];

// Plain assertions: these run some ten thousand times a second, which `expect` is too slow for.

type Snapshot = Pick<
  Execution,
  'status' | 'versionNumber' | 'lastUpdatedAt' | 'statusDetails' | 'startedAt' | 'forceCanceled'
>;

/** What stood at an instant. */
interface Moment {
  readonly executions: ReadonlyMap<Execution, Snapshot>;
  readonly pending: ReadonlyMap<string, readonly Execution[]>;
}

/** What one command or one wake-up did. */
interface Turn {
  readonly rig: EngineRig;
  readonly effects: readonly Effect[];
  readonly isAccepted: boolean;
  readonly before: Moment;
  readonly after: Moment;
}

/** Plays a history and hands every turn of it to `check`. */
function play(history: History, check: (turn: Turn) => void): EngineRig {
  const rig = new EngineRig(history.dialect);
  let before = momentOf(rig.view);
  const turn = (effects: readonly Effect[], isAccepted: boolean) => {
    const after = momentOf(rig.view);
    check({ rig, effects, isAccepted, before, after });
    before = after;
  };
  for (const step of history.steps) {
    if (step.type === 'wait') {
      for (const at of wakeUps(rig, step.ms)) turn(rig.engine.wake(at), true);
    } else {
      const { reply, effects } = rig.engine.handle(step, rig.now);
      turn(effects, reply.ok);
    }
  }
  return rig;
}

/** Moves the rig's time forward, stopping at each deadline on the way. */
function* wakeUps(rig: EngineRig, ms: number): Generator<number> {
  const until = rig.now + ms;
  for (let at = rig.engine.nextDeadline(); at !== undefined && at <= until; ) {
    rig.now = at;
    yield at;
    at = rig.engine.nextDeadline();
  }
  rig.now = until;
}

function momentOf(view: EngineView): Moment {
  const executions = new Map<Execution, Snapshot>();
  for (const job of view.jobs.values()) {
    for (const execution of job.executions.after(-1)) {
      const { status, versionNumber, lastUpdatedAt, statusDetails, startedAt, forceCanceled } =
        execution;
      executions.set(execution, {
        status,
        versionNumber,
        lastUpdatedAt,
        statusDetails,
        startedAt,
        forceCanceled,
      });
    }
  }
  const pending = new Map([...view.worklists].map(([name, list]) => [name, visiblePending(list)]));
  return { executions, pending };
}

function everyHistory(check: (history: History) => unknown, numRuns = runs): void {
  const law = fc.property(anyHistory(), (history) => {
    check(history);
  });
  fc.assert(law, { numRuns });
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

it(
  'versions only rise, a terminal execution never changes, a refusal changes nothing',
  () => everyHistory((history) => play(history, checkVersions)),
  timeoutMs,
);

function checkVersions({ effects, isAccepted, before, after }: Turn): void {
  for (const [execution, was] of before.executions) {
    const is = after.executions.get(execution);
    if (is === undefined || isSame(was, is)) continue;
    assert(is.versionNumber > was.versionNumber, 'a change raises the version');
    assert(!isTerminal(was.status), 'a terminal execution changed');
    assert(isAccepted, 'a refused command changed an execution');
  }
  if (isAccepted) return;
  assert.deepEqual(effects, []);
  assert.equal(after.executions.size, before.executions.size);
}

it(
  'the records agree: counters, histories, pending lists, totals',
  () =>
    everyHistory((history) =>
      play(history, ({ rig }) => {
        for (const job of rig.view.jobs.values()) checkJob(job);
        for (const worklist of rig.view.worklists.values()) checkWorklist(worklist);
        assert((rig.engine.nextDeadline() ?? Number.POSITIVE_INFINITY) >= rig.now);
      }),
    ),
  timeoutMs,
);

function checkJob(job: Job): void {
  const stored = [...job.executions.after(-1)];
  for (const status of executionStatuses) {
    const count = stored.filter((execution) => execution.status === status).length;
    assert.equal(count, job.counts[status], status);
  }
  assert.equal(job.executions.size, stored.length);
  const numbers = stored.map((each) => `${each.worklist.thingName} ${each.executionNumber}`);
  assert.equal(new Set(numbers).size, numbers.length, 'execution numbers are unique');
  const { targeted, notified, waiting, isRunning } = job.rollout;
  const mayStart = isActive(job.status) && job.phase !== 'over';
  if (mayStart) assert.equal(targeted, notified + waiting.size);
  else assert(waiting.size === 0 && targeted >= notified);
  assert.equal(isRunning, mayStart && job.phase === 'open' && waiting.size > 0, 'runs when it may');
  if (job.status !== 'COMPLETED') return;
  assert(job.completedAt !== undefined);
  // Past its end inside a maintenance window a job does not wait for its devices (reference §1.1).
  if (job.endedInWindow) return;
  assert.equal(job.counts.QUEUED + job.counts.IN_PROGRESS, 0, 'COMPLETED with work left');
}

function checkWorklist({ executions, pending }: Worklist): void {
  assert(executions.length > 0, 'an empty worklist is dropped');
  const open = executions.filter(({ status }) => !isTerminal(status));
  const ordered = open.toSorted(byPendingOrder);
  assert(pending.length === open.length && pending.every((each, at) => each === ordered[at]));
  assert.equal(new Set(open.map(({ job }) => job)).size, open.length, 'one open attempt per job');
  for (const execution of open) {
    const { job, status } = execution;
    if (!isActive(job.status)) continue;
    assert.equal(isHidden(execution), job.phase === 'closed' && status === 'QUEUED', 'hidden');
  }
}

function byPendingOrder(a: Execution, b: Execution): number {
  const rank = ({ status }: Execution) => (status === 'IN_PROGRESS' ? 0 : 1);
  return rank(a) - rank(b) || a.queuedAt - b.queuedAt || a.order - b.order;
}

it(
  'a device is told of every change of its list, and what it is told is what it would be answered',
  () =>
    everyHistory((history) =>
      play(history, (turn) => {
        for (const thingName of thingNames) {
          for (const namespaceId of [undefined, 'ns']) {
            checkNotify(turn, thingName, namespaceId);
            checkNotifyNext(turn, thingName, namespaceId);
          }
        }
      }),
    ),
  timeoutMs,
);

/** One change is told once, and only when there is one; a set that came and went is told twice. */
function checkNotify(
  { rig, effects, before, after }: Turn,
  thingName: string,
  namespaceId: string | undefined,
): void {
  const messages = effects.flatMap((effect) =>
    effect.type === 'notify' && effect.thingName === thingName && effect.namespaceId === namespaceId
      ? [effect.message]
      : [],
  );
  const was = pendingIn(before.pending.get(thingName) ?? [], namespaceId);
  const is = pendingIn(after.pending.get(thingName) ?? [], namespaceId);
  const isSameSet = was.length === is.length && was.every((each) => is.includes(each));
  assert(isSameSet ? messages.length !== 1 : messages.length > 0, 'notify');
  const last = messages.at(-1);
  if (last === undefined || namespaceId !== undefined) return;
  const answer = getPending(rig.view, thingName);
  if (!answer.ok) return;
  const { IN_PROGRESS = [], QUEUED = [] } = last.jobs;
  assert.deepEqual({ inProgressJobs: IN_PROGRESS, queuedJobs: QUEUED }, answer.value);
}

function checkNotifyNext(
  { rig, effects, before, after }: Turn,
  thingName: string,
  namespaceId: string | undefined,
): void {
  const messages = effects.flatMap((effect) =>
    effect.type === 'notify-next' &&
    effect.thingName === thingName &&
    effect.namespaceId === namespaceId
      ? [effect.message]
      : [],
  );
  const nextOf = ({ pending }: Moment) =>
    nextIn(pending.get(thingName) ?? [], namespaceId, rig.view.dialect);
  const isSameFirst = nextOf(before) === nextOf(after);
  assert(isSameFirst ? messages.length !== 1 : messages.length > 0, 'notify-next');
  const last = messages.at(-1);
  const answer = describeExecution(rig.view, thingName, '$next', {}, rig.now, namespaceId);
  if (last === undefined || !answer.ok) return;
  const { thingName: _, ...next } = answer.value.execution ?? {};
  assert.deepEqual(last.execution ?? {}, next);
}

it(
  'every execution that ends is told of once, and the end of a job after all of it',
  () => everyHistory((history) => play(history, checkEvents)),
  timeoutMs,
);

function checkEvents({ rig, effects, before, after }: Turn): void {
  const events = effects.flatMap((effect) => (effect.type === 'event' ? [effect.event] : []));
  const told = events.filter(({ eventType }) => eventType === 'JOB_EXECUTION');
  const deletions = told.filter(({ operation }) => operation === 'deleted').length;
  const ended = [...after.executions].filter(
    ([execution, { status }]) =>
      isTerminal(status) && !isTerminal(before.executions.get(execution)?.status ?? 'QUEUED'),
  );
  const deleted = [...before.executions.keys()].filter((each) => !after.executions.has(each));
  assert.equal(told.length - deletions, ended.length);
  assert.equal(deletions, deleted.length);
  for (const [index, event] of events.entries()) {
    // After `canceled` those that were in progress may still end.
    const isEnd = event.operation === 'completed' || isJobDeletion(event);
    if (!isEnd || rig.view.jobs.get(event.jobId)?.endedInWindow) continue;
    assert(!events.slice(index + 1).some(({ jobId }) => jobId === event.jobId));
  }
}

function isJobDeletion({ eventType, operation }: JobEvent | ExecutionEvent): boolean {
  return eventType === 'JOB' && operation === 'deleted';
}

it(
  'a SNAPSHOT job ends when its devices do, and no sooner',
  () =>
    everyHistory((history) => {
      const rig = play(history, ({ rig: { view } }) => {
        for (const job of view.jobs.values()) checkNotForgotten(job);
      });
      finishAll(rig);
      // What a deleted thing kept nobody can finish.
      if (history.dialect.deletedThing === 'kept') return;
      for (const job of rig.view.jobs.values()) {
        if (job.targetSelection === 'SNAPSHOT') assert.notEqual(job.status, 'IN_PROGRESS');
      }
    }),
  timeoutMs,
);

function checkNotForgotten(job: Job): void {
  if (job.status !== 'IN_PROGRESS' || job.targetSelection !== 'SNAPSHOT') return;
  const { counts, rollout, latest } = job;
  const hasOpen = counts.QUEUED + counts.IN_PROGRESS + rollout.waiting.size > 0;
  // With a delayed retry all may be terminal for a while.
  const mayRetry = [...latest.values()].some(({ status }) => /FAILED|TIMED_OUT/.test(status));
  assert(hasOpen || mayRetry, 'nothing is left to do');
}

/** Lets every thing succeed at whatever it is given for twenty minutes. */
function finishAll(rig: EngineRig): void {
  for (let round = 0; round < 20; round++) {
    rig.advance(60_000);
    for (const thingName of thingNames) {
      for (const { job } of rig.view.worklists.get(thingName)?.pending ?? []) {
        rig.update(thingName, job.jobId, 'SUCCEEDED');
      }
    }
  }
}

it('the same history gives the same replies and effects', () => {
  const tell = (history: History): unknown[] => {
    const told: unknown[] = [];
    play(history, ({ effects, isAccepted }) => told.push(isAccepted, effects));
    return told;
  };

  everyHistory((history) => assert(isSame(tell(history), tell(history))), 200);
});
