import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Effect } from '../../src/engine/commands.ts';
import { describeExecution, getPending } from '../../src/engine/queries.ts';
import type { EngineView, Execution, Job } from '../../src/engine/state.ts';
import type { NotifyNextMessage, PendingLists } from '../../src/protocol/messages.ts';
import { executionStatuses, isTerminal } from '../../src/protocol/status.ts';
import { EngineRig } from '../support/engine-rig.ts';
import { anyHistory, type History, type Step } from '../support/random-history.ts';

const runs = 1500;

interface Moment {
  readonly executions: ReadonlyMap<Execution, Snapshot>;
  readonly pending: ReadonlyMap<string, readonly Execution[]>;
}
type Snapshot = Pick<
  Execution,
  'status' | 'versionNumber' | 'lastUpdatedAt' | 'statusDetails' | 'startedAt' | 'forceCanceled'
>;

/** Plays a history and hands every instant at which something may have changed to `check`. */
function play(
  history: History,
  check: (rig: EngineRig, step: Step, effects: readonly Effect[], accepted: boolean) => void,
): EngineRig {
  const rig = new EngineRig(history.dialect);
  for (const step of history.steps) {
    if (step.type === 'wait') {
      const until = rig.now + step.ms;
      for (let at = rig.engine.nextDeadline(); at !== undefined && at <= until; ) {
        rig.now = at;
        check(rig, step, rig.engine.wake(at), true);
        at = rig.engine.nextDeadline();
      }
      rig.now = until;
    } else {
      const { reply, effects } = rig.engine.handle(step, rig.now);
      check(rig, step, effects, reply.ok);
    }
  }
  return rig;
}

function momentOf(view: EngineView): Moment {
  const executions = new Map<Execution, Snapshot>();
  for (const execution of allExecutions(view)) {
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
  const pending = new Map([...view.worklists].map(([name, list]) => [name, list.pending]));
  return { executions, pending };
}

function allExecutions(view: EngineView): Execution[] {
  return [...view.jobs.values()].flatMap((job) => [...job.executions.after(-1)]);
}

function everyHistory(check: (history: History) => void): void {
  fc.assert(fc.property(anyHistory(), check), { numRuns: runs });
}

it('versions only rise, a terminal execution never changes, a refusal changes nothing', () => {
  everyHistory((history) => {
    let before: Moment = { executions: new Map(), pending: new Map() };
    play(history, (rig, _step, effects, accepted) => {
      const after = momentOf(rig.view);
      for (const [execution, was] of before.executions) {
        const is = after.executions.get(execution);
        if (is === undefined) continue;
        const hasChanged = JSON.stringify(was) !== JSON.stringify(is);
        if (isTerminal(was.status) || !accepted) expect(is).toEqual(was);
        if (hasChanged) expect(is.versionNumber).toBeGreaterThan(was.versionNumber);
      }
      if (!accepted) {
        expect(effects).toEqual([]);
        expect(after.executions.size).toBe(before.executions.size);
      }
      before = after;
    });
  });
});

it('the records agree: counters, histories, pending lists, totals', () => {
  everyHistory((history) => {
    play(history, (rig) => {
      for (const job of rig.view.jobs.values()) checkJob(job);
      for (const worklist of rig.view.worklists.values()) {
        expect(worklist.executions.length).toBeGreaterThan(0);
        const open = worklist.executions.filter(({ status }) => !isTerminal(status));
        expect(worklist.pending).toEqual(open.toSorted(byPendingOrder));
        const jobs = open.map(({ job }) => job.jobId);
        expect(new Set(jobs).size).toBe(jobs.length);
      }
      expect(rig.engine.nextDeadline() ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(rig.now);
    });
  });
});

function checkJob(job: Job): void {
  const stored = [...job.executions.after(-1)];
  for (const status of executionStatuses) {
    expect(stored.filter((execution) => execution.status === status)).toHaveLength(
      job.counts[status],
    );
  }
  expect(job.executions.size).toBe(stored.length);
  const numbers = stored.map((each) => `${each.worklist.thingName} ${each.executionNumber}`);
  expect(new Set(numbers).size).toBe(numbers.length);
  const { targeted, notified, waiting } = job.rollout;
  const open = job.counts.QUEUED + job.counts.IN_PROGRESS;
  if (job.status === 'IN_PROGRESS') expect(targeted).toBe(notified + waiting.size);
  else expect([waiting.size, targeted >= notified]).toEqual([0, true]);
  if (job.status === 'COMPLETED') expect(open).toBe(0);
  expect(job.completedAt !== undefined).toBe(job.status === 'COMPLETED');
  expect(job.trip === undefined || job.status !== 'IN_PROGRESS').toBe(true);
}

function byPendingOrder(a: Execution, b: Execution): number {
  const rank = ({ status }: Execution) => (status === 'IN_PROGRESS' ? 0 : 1);
  return rank(a) - rank(b) || a.queuedAt - b.queuedAt || a.order - b.order;
}

it('a device is told of every change of its list, and what it is told is what it would be answered', () => {
  everyHistory((history) => {
    let before: Moment = { executions: new Map(), pending: new Map() };
    play(history, (rig, _step, effects) => {
      const after = momentOf(rig.view);
      for (const thingName of ['t1', 't2', 't3', 't4']) {
        checkNews(rig, thingName, effects, before, after);
      }
      before = after;
    });
  });
});

function checkNews(
  rig: EngineRig,
  thingName: string,
  effects: readonly Effect[],
  before: Moment,
  after: Moment,
): void {
  const was = before.pending.get(thingName) ?? [];
  const is = after.pending.get(thingName) ?? [];
  const notifies = effects.flatMap((effect) =>
    effect.type === 'notify' && effect.thingName === thingName ? [effect.message] : [],
  );
  const nexts = effects.flatMap((effect) =>
    effect.type === 'notify-next' && effect.thingName === thingName ? [effect.message] : [],
  );
  const sameMembers = was.length === is.length && was.every((execution) => is.includes(execution));
  if (!sameMembers) expect(notifies.length).toBeGreaterThan(0);
  // One change alone is told once, and only when there is one.
  if (sameMembers) expect(notifies).not.toHaveLength(1);
  if (was[0] !== is[0]) expect(nexts.length).toBeGreaterThan(0);
  else expect(nexts).not.toHaveLength(1);
  if (!rig.view.things.has(thingName)) return;

  const lists = getPending(rig.view, thingName);
  const notify = notifies.at(-1);
  if (notify !== undefined && lists.ok) expect(listsOf(notify.jobs)).toEqual(lists.value);
  const next = nexts.at(-1);
  if (next !== undefined) expect(next.execution).toEqual(nextAnswer(rig, thingName));
}

function listsOf(jobs: { IN_PROGRESS?: unknown; QUEUED?: unknown }): PendingLists {
  const { IN_PROGRESS = [], QUEUED = [] } = jobs;
  return { inProgressJobs: IN_PROGRESS, queuedJobs: QUEUED } as PendingLists;
}

function nextAnswer(rig: EngineRig, thingName: string): NotifyNextMessage['execution'] {
  const reply = describeExecution(rig.view, thingName, '$next', {}, rig.now);
  if (!reply.ok || reply.value.execution === undefined) return undefined;
  const { thingName: _, ...rest } = reply.value.execution;
  return rest;
}

it('every execution that ends is told of once, in the order of its end, a job’s end after them', () => {
  everyHistory((history) => {
    let before: Moment = { executions: new Map(), pending: new Map() };
    play(history, (rig, _step, effects) => {
      const after = momentOf(rig.view);
      const ended = [...after.executions].filter(
        ([execution, { status }]) =>
          isTerminal(status) && !isTerminal(before.executions.get(execution)?.status ?? 'QUEUED'),
      );
      const told = effects.flatMap((effect) =>
        effect.type === 'event' && effect.event.eventType === 'JOB_EXECUTION' ? [effect.event] : [],
      );
      const ends = told.filter(({ operation }) => operation !== 'deleted');
      expect(ends).toHaveLength(ended.length);
      const deleted = [...before.executions.keys()].filter((each) => !after.executions.has(each));
      expect(told.length - ends.length).toBe(deleted.length);
      for (const [index, effect] of effects.entries()) {
        if (effect.type !== 'event' || effect.event.operation !== 'completed') continue;
        const { jobId } = effect.event;
        const later = effects.slice(index + 1);
        expect(later.some((other) => other.type === 'event' && other.event.jobId === jobId)).toBe(
          false,
        );
      }
      before = after;
    });
  });
});

it('a SNAPSHOT job in progress has something left to do, and ends when devices do', () => {
  everyHistory((history) => {
    const rig = play(history, (live) => {
      for (const job of live.view.jobs.values()) {
        if (job.status !== 'IN_PROGRESS' || job.targetSelection !== 'SNAPSHOT') continue;
        const hasOpen = job.counts.QUEUED + job.counts.IN_PROGRESS + job.rollout.waiting.size > 0;
        expect(hasOpen || live.engine.nextDeadline() !== undefined).toBe(true);
      }
    });
    finishAll(rig);
    for (const job of rig.view.jobs.values()) {
      // What a deleted thing kept nobody can finish.
      if (job.targetSelection === 'CONTINUOUS' || history.dialect.deletedThing === 'kept') continue;
      expect(['COMPLETED', 'CANCELED']).toContain(job.status);
    }
  });
});

/** Lets every thing succeed at whatever it is given for an hour. */
function finishAll(rig: EngineRig): void {
  for (let round = 0; round < 60; round++) {
    rig.advance(60_000);
    for (const thingName of ['t1', 't2', 't3', 't4']) {
      for (const { job } of rig.view.worklists.get(thingName)?.pending ?? []) {
        rig.update(thingName, job.jobId, 'SUCCEEDED');
      }
    }
  }
}

it('the same history gives the same replies and effects', () => {
  const tell = (history: History): unknown[] => {
    const told: unknown[] = [];
    play(history, (_rig, _step, effects, accepted) => told.push(accepted, effects));
    return told;
  };

  fc.assert(
    fc.property(anyHistory(), (history) => {
      expect(tell(history)).toEqual(tell(history));
    }),
    { numRuns: 200 },
  );
});
