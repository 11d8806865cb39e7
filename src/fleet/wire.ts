import type { ClockSetting, Millis } from '../base/clock.ts';
import type { ExecutionRecord } from '../device/io.ts';
import type { Batch, Population } from '../device/population.ts';
import type { Snapshot } from '../metrics/recorder.ts';
import type { Endpoint } from './link.ts';

/** What an agent process is given to run. Plain data; the same for local and remote agents. */
export interface Assignment {
  readonly population: Population;
  /** Things [from, to) of each batch belong to this agent by arithmetic: share `agent` of `agents`. */
  readonly agent: number;
  readonly agents: number;
  readonly workers: number;
  readonly endpoint: Endpoint;
  readonly clock: ClockSetting;
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

/** Coordinator to agent, and agent to each of its workers. */
export type AgentOrder =
  | { readonly type: 'start'; readonly assignment: Assignment }
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

/** Agent to coordinator. */
export type AgentReport =
  | { readonly type: 'delta'; readonly delta: Delta }
  /** Every worker has stopped and sent its last delta. */
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly message: string };
