import type { ClockSetting, Millis } from '../base/clock.ts';
import type { Standing, Step } from '../base/standing.ts';
import type { ExecutionRecord } from '../device/io.ts';
import type { Batch, Population } from '../device/population.ts';
import type { Snapshot } from '../metrics/recorder.ts';
import type { AwsCredentials } from '../protocol/sigv4.ts';
import type { Identities } from './identities.ts';
import type { Endpoint } from './link.ts';
import type { ClientKind } from './link-kinds.ts';
import type { Rates } from './paced-line.ts';
import type { TracedMessage } from './tracer.ts';

/** What an agent process is given to run. Plain data; the same for local and remote agents. */
export interface Assignment {
  /** With the batches that exist when the run starts; later ones come by `add`. */
  readonly population: Population;
  /** Which things of each batch are this agent's follows by arithmetic (`share.ts`). */
  readonly agent: number;
  readonly agents: number;
  readonly workers: number;
  readonly endpoint: Endpoint;
  /** Who the things are where access is by certificate; nobody when not set. */
  readonly identities?: Identities;
  /** What is signed with where access is by SigV4, until there are others. Secret. */
  readonly credentials?: AwsCredentials | undefined;
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
  /** What all things together may do in a second, where the service would refuse more. */
  readonly rates?: Rates | undefined;
  readonly keepAliveSeconds: number;
  /** Source addresses to spread connections over; empty to let the system choose. */
  readonly localAddresses: readonly string[];
  /**
   * Set where every jobs message of the things is to be handed on, by `trace`. The prefix is what the
   * run puts before names on the wire; it is taken out of all that is recorded.
   */
  readonly recording?: { readonly namePrefix: string } | undefined;
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
  | { readonly type: 'zero'; readonly at: Millis }
  /** Connects are signed with these from now on. Secret. */
  | { readonly type: 'credentials'; readonly credentials: AwsCredentials };

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
  /** What kept things from connecting before there was a connection, told once each. */
  readonly troubles?: readonly string[];
}

/** Worker thread to its agent; a crash of a worker speaks for itself. */
export type WorkerReport =
  /** It waits for `start`; of an agent: every worker does. */
  | { readonly type: 'ready' }
  | { readonly type: 'delta'; readonly delta: Delta }
  /** Of a recorded run: what its things said and heard, in order for each; before the delta of that time. */
  | { readonly type: 'trace'; readonly messages: readonly TracedMessage[] }
  /** In answer to `step`. */
  | { readonly type: 'standing'; readonly standing: Standing }
  /** It has stopped and sent its last delta; of an agent: every worker has. */
  | { readonly type: 'stopped' };

/** Agent to coordinator. */
export type AgentReport = WorkerReport | { readonly type: 'failed'; readonly message: string };
