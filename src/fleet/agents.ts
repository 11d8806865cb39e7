import assert from 'node:assert/strict';
import { type Cancel, SteerableClock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Standing } from '../base/standing.ts';
import { AgentHandle } from './agent-handle.ts';
import type { TracedMessage } from './tracer.ts';
import type { AgentOrder, Assignment, Delta, FleetOrder, StepOrder } from './wire.ts';

/** The coordinator's side of a run's agents: one handle on all of them. */
export interface Fleet {
  /** Of the agents' processes. */
  readonly pids: readonly number[];
  /** Switches the things on. `startAt` should lie a little ahead, so that nothing starts late. */
  start(assignment: FleetAssignment): void;
  /** To every agent; each picks out its own things. */
  order(order: FleetOrder): void;
  /** One at a time; resolves when every worker has answered, and never when one is gone. */
  step(order: Omit<StepOrder, 'type'>): Promise<readonly Standing[]>;
  /** Ends all things; resolves once every last delta is in and every process has gone. */
  stop(): Promise<void>;
  /** Ends the processes at once. */
  kill(): void;
}

export type FleetAssignment = Omit<Assignment, 'agent' | 'agents' | 'workers'>;

export interface FleetHandlers {
  onDelta(delta: Delta): void;
  /** Of a recorded run, before the delta of that time; in order for each thing. */
  onTrace?(messages: readonly TracedMessage[]): void;
  /** An agent or a worker crashed: the run is over. May be told by several; `stop` still works. */
  onFailed(message: string): void;
}

export interface FleetSize {
  readonly agents: number;
  /** Worker threads of each agent. */
  readonly workers: number;
}

/** Wall milliseconds the agents may take to load their modules and threads. */
const startMsMax = 30_000;
/** Wall milliseconds from `stop` to the end of the processes; things say goodbye meanwhile. */
const stopMsMax = 15_000;

/** Starts agent processes on this machine and waits until each of their workers is up. */
export function startAgents(size: FleetSize, handlers: FleetHandlers): Promise<Fleet> {
  return new Promise((resolve, reject) => {
    const fleet = new LocalFleet(size, {
      onDelta: handlers.onDelta,
      onTrace: (messages) => handlers.onTrace?.(messages),
      onReady: () => resolve(fleet),
      onFailed(message) {
        if (fleet.isReady) {
          handlers.onFailed(message);
        } else {
          fleet.kill();
          reject(new AppError('setup', message));
        }
      },
    });
  });
}

class LocalFleet implements Fleet {
  readonly #size: FleetSize;
  readonly #onFailed: (message: string) => void;
  readonly #agents: readonly AgentHandle[];
  readonly #clock = new SteerableClock();
  #starting: number;
  /** Answers to the step under way. */
  #standings: Standing[] = [];
  #onStepped: ((standings: readonly Standing[]) => void) | undefined;

  constructor(size: FleetSize, handlers: Required<FleetHandlers> & { onReady(): void }) {
    this.#size = size;
    this.#onFailed = handlers.onFailed;
    this.#starting = size.agents;
    const forget = this.#giveUpAfter(startMsMax, 'start');
    const onReady = () => {
      this.#starting--;
      if (!this.isReady) return;
      forget();
      handlers.onReady();
    };
    const { onDelta, onTrace, onFailed } = handlers;
    const onStanding = (standing: Standing) => this.#take(standing);
    this.#agents = Array.from(
      { length: size.agents },
      (_, agent) =>
        new AgentHandle(agent, size.workers, { onReady, onDelta, onTrace, onStanding, onFailed }),
    );
  }

  get isReady(): boolean {
    return this.#starting === 0;
  }

  get pids(): readonly number[] {
    return this.#agents.flatMap(({ pid }) => pid ?? []);
  }

  start(assignment: FleetAssignment): void {
    const { agents, workers } = this.#size;
    for (const [agent, handle] of this.#agents.entries()) {
      handle.send({ type: 'start', assignment: { ...assignment, agent, agents, workers } });
    }
  }

  order(order: AgentOrder): void {
    for (const agent of this.#agents) agent.send(order);
  }

  step(order: Omit<StepOrder, 'type'>): Promise<readonly Standing[]> {
    assert.ok(this.#onStepped === undefined, 'the agents take one step at a time');
    return new Promise((resolve) => {
      this.#onStepped = resolve;
      this.order({ type: 'step', ...order });
    });
  }

  #take(standing: Standing): void {
    const { agents, workers } = this.#size;
    if (this.#standings.push(standing) < agents * workers) return;
    const standings = this.#standings;
    const resolve = this.#onStepped;
    this.#standings = [];
    this.#onStepped = undefined;
    resolve?.(standings);
  }

  async stop(): Promise<void> {
    const forget = this.#giveUpAfter(stopMsMax, 'stop');
    this.order({ type: 'stop' });
    await Promise.all(this.#agents.map(({ gone }) => gone));
    forget();
  }

  kill(): void {
    this.#clock.stop();
    for (const agent of this.#agents) agent.kill();
  }

  #giveUpAfter(ms: number, what: 'start' | 'stop'): Cancel {
    this.#clock.schedule(this.#clock.now() + ms, () => {
      this.#onFailed(`the agents did not ${what} within ${ms / 1000} s`);
      this.kill();
    });
    return () => this.#clock.stop();
  }
}
