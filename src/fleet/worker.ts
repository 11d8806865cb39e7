import assert from 'node:assert/strict';
import { SteerableClock } from '../base/clock.ts';
import { takeStep } from '../base/standing.ts';
import { Crew } from './crew.ts';
import { openerOf } from './link-kinds.ts';
import { type LoopWatch, watchLoop } from './loop-health.ts';
import type { WorkerTask } from './pool.ts';
import type { AgentOrder, Assignment, StepOrder, WorkerReport } from './wire.ts';

/** Wall milliseconds between two deltas. */
const deltaEveryMs = 1000;
/** Wall milliseconds that connections have to close, and how often we look. */
const goodbyeMsMax = 3000;
const goodbyePollMs = 20;

/** The entry of a worker thread: one Piscina task that runs its share of the things until told to stop. */
export default function runWorker(task: WorkerTask): Promise<void> {
  return new Promise((resolve) => {
    const watch = new Watch(task, resolve);
    task.port.on('message', (order: AgentOrder) => watch.obey(order));
    watch.report({ type: 'ready' });
  });
}

/** One worker on duty. What is thrown here ends the thread, and its agent hears of it. */
class Watch {
  readonly #task: WorkerTask;
  readonly #onEnd: () => void;
  readonly #name: string;
  /** Deltas and goodbyes go by the wall, whatever the simulated time does. */
  readonly #wall = new SteerableClock();
  readonly #loop: LoopWatch = watchLoop();
  #crew: Crew | undefined;
  #simulated: SteerableClock | undefined;

  constructor(task: WorkerTask, onEnd: () => void) {
    this.#task = task;
    this.#onEnd = onEnd;
    this.#name = `agent-${task.agent}/worker-${task.worker}`;
  }

  obey(order: AgentOrder): void {
    switch (order.type) {
      case 'prepare':
        break;
      case 'start':
        this.#start(order.assignment);
        break;
      case 'stop':
        this.#crew?.stop();
        this.#awaitGoodbyes(this.#wall.now() + goodbyeMsMax);
        break;
      case 'step':
        this.#step(order);
        break;
      case 'add':
      case 'remove':
      case 'cut':
      case 'zero':
      case 'credentials':
        this.#crew?.obey(order);
    }
  }

  report(report: WorkerReport): void {
    this.#task.port.postMessage(report);
  }

  #start(assignment: Assignment): void {
    this.#simulated = new SteerableClock(assignment.clock);
    const openLink = openerOf(assignment.client, this.#wall);
    const { worker } = this.#task;
    this.#crew = new Crew(assignment, worker, this.#simulated, openLink, (messages) =>
      this.report({ type: 'trace', messages }),
    );
    this.#sendDeltasFrom(this.#wall.now() + deltaEveryMs);
  }

  #step({ step, withDelta }: StepOrder): void {
    assert.ok(this.#crew !== undefined && this.#simulated !== undefined, 'steps follow the start');
    const moment = takeStep(this.#simulated, step);
    if (withDelta) this.#sendDelta();
    const traffic = this.#crew.traffic.read();
    this.report({ type: 'standing', standing: { party: this.#name, ...moment, traffic } });
  }

  #sendDeltasFrom(at: number): void {
    this.#wall.schedule(at, () => {
      this.#sendDelta();
      this.#sendDeltasFrom(Math.max(at + deltaEveryMs, this.#wall.now()));
    });
  }

  #sendDelta(): void {
    if (this.#crew === undefined) return;
    this.#loop.measure(this.#crew.recorder);
    this.report({ type: 'delta', delta: this.#crew.takeDelta(this.#name) });
  }

  #awaitGoodbyes(giveUpAt: number): void {
    const now = this.#wall.now();
    if (this.#crew !== undefined && !this.#crew.isIdle && now < giveUpAt) {
      this.#wall.schedule(now + goodbyePollMs, () => this.#awaitGoodbyes(giveUpAt));
      return;
    }
    this.#wall.stop();
    this.#simulated?.stop();
    this.#loop.stop();
    this.#sendDelta();
    this.report({ type: 'stopped' });
    this.#onEnd();
  }
}
