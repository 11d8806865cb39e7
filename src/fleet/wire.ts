import type { ClockSetting, Millis } from '../base/clock.ts';
import type { Standing, Step } from '../base/standing.ts';
import type { ExecutionRecord } from '../device/io.ts';
import type { Batch, Population } from '../device/population.ts';
import type { Snapshot } from '../metrics/recorder.ts';
import type { Identities } from './identities.ts';
import type { Endpoint } from './link.ts';
import type { ClientKind } from './link-kinds.ts';

/** What an agent process is given to run. Plain data; the same for local and remote agents. */
export interface Assignment {
  /** With the batches that exist when the run starts; later ones come by `add`. */
  readonly population: Population;
  /** Which things of each batch are this agent's follows by arithmetic (`share.ts`). */
  readonly agent: number;
  readonly agents: number;
  readonly workers: number;
  readonly endpoint: Endpoint;
  /** Who the things are over TLS; nobody when not set. */
  readonly identities?: Identities;
  readonly client: ClientKind;
  readonly clock: ClockSetting;
  /** Whether simulated time will go by `step` orders, and wait while messages are exchanged. */
  readonly isJumping: boolean;
  /** Simulated instant at which the run starts. */
  readonly startAt: Millis;
  readonly connect: {
    /** Connects per wall second over the whole fleet. */
    readonly perSecond: number;
    /** Connects under way at once in this agent. */
    readonly inFlight: number;
  };
  readonly keepAliveSeconds: number;
  /** Source addresses to spread connections over; empty to let the system choose. */
  readonly localAddresses: readonly string[];
}

/** What becomes of things while a run goes on. */
export type FleetOrder =
  /** A batch that the population does not have yet; its things connect no earlier than now. */
  | { readonly type: 'add'; readonly batch: Batch }
  /** These things are switched off for good (their registry entry goes with them). */
  | { readonly type: 'remove'; readonly from: number; readonly to: number }
  /** A seeded share of things loses its network until then. `salt` names the draw. */
  | {
      readonly type: 'cut';
      readonly share: number;
      readonly untilAt: Millis;
      readonly salt: string;
    }
  /** The run begins: outcomes that change over time count from here. Before any job is created. */
  | { readonly type: 'zero'; readonly at: Millis };

/** Simulated time goes by steps from now on; every worker answers by `standing`. */
export interface StepOrder {
  readonly type: 'step';
  readonly step: Step;
  /** Whether a delta is wanted first. */
  readonly withDelta: boolean;
}

/** Coordinator to agent, and agent to each of its workers. */
export type AgentOrder =
  /** First of all: start this many workers and say `ready`, so that a run never waits for threads. */
  | { readonly type: 'prepare'; readonly agent: number; readonly workers: number }
  | { readonly type: 'start'; readonly assignment: Assignment }
  | FleetOrder
  | StepOrder
  | { readonly type: 'stop' };

/** The first notice of a newly queued execution; the coordinator joins it with the service's queue time. */
export interface Notice {
  readonly thing: number;
  readonly jobId: string;
  readonly executionNumber: number;
  readonly receivedAt: Millis;
}

/** What changed since the last report, once a second. Deltas add up without loss. */
export interface Delta {
  readonly worker: string;
  readonly metrics: Snapshot;
  readonly notices: readonly Notice[];
  readonly executions: readonly (ExecutionRecord & { readonly thing: number })[];
}

/** Worker thread to its agent; a crash of a worker speaks for itself. */
export type WorkerReport =
  /** It waits for `start`; of an agent: every worker does. */
  | { readonly type: 'ready' }
  | { readonly type: 'delta'; readonly delta: Delta }
  /** In answer to `step`. */
  | { readonly type: 'standing'; readonly standing: Standing }
  /** It has stopped and sent its last delta; of an agent: every worker has. */
  | { readonly type: 'stopped' };

/** Agent to coordinator. */
export type AgentReport = WorkerReport | { readonly type: 'failed'; readonly message: string };
