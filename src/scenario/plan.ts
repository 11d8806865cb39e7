import type { Millis } from '../base/clock.ts';
import type { Distribution } from '../device/distribution.ts';
import type { Population } from '../device/population.ts';
import type { Threshold } from '../metrics/thresholds.ts';
import type { Dialect } from '../protocol/dialect.ts';
import type { CreateJobRequest, JobSettings } from '../protocol/job-config.ts';
import type { AwsSettings } from './target-schema.ts';

/** A place in the scenario file, for messages about what was written there. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What happens when, as data. All times are simulated milliseconds after the start of the run. */
export interface Plan {
  readonly name: string;
  readonly seed: string;
  readonly target: Target;
  /** What no run of it may go past; not set where there is no cap. */
  readonly limits: {
    readonly things?: number | undefined;
    /** Of wall time. */
    readonly minutes?: number | undefined;
    readonly messages?: number | undefined;
  };
  /** Simulated milliseconds per wall millisecond; 1 where time will jump, until the things are up. */
  readonly clockScale: number;
  /** Whether simulated time jumps from event to event once the things are up. */
  readonly isJumping: boolean;
  readonly stopAfterMs: Millis;
  /** Once all jobs are over, devices get this long to end what they are at. */
  readonly settleMs: Millis;
  readonly population: Population;
  /** Every group to create, parents first; things of the first batch go into `fleetGroup`. */
  readonly groups: readonly { readonly name: string; readonly parent?: string }[];
  readonly fleetGroup: string | undefined;
  readonly connect: { readonly perSecond: number; readonly inFlight: number };
  readonly keepAliveSeconds: number;
  /** Which MQTT client the things use. */
  readonly client: 'mqttjs' | 'packet';
  /** Whether they connect over mutual TLS. */
  readonly isTls: boolean;
  readonly workers: number;
  readonly dialect: Dialect;
  readonly actions: readonly PlannedAction[];
  readonly expectations: readonly Expectation[];
  /** What a prediction assumes of the network: latency one way, and the ratio of messages lost. */
  readonly predict: {
    readonly network: { readonly latency: Distribution; readonly loss: number };
    /** The cohort whose aborts are false ones. */
    readonly healthy?: string | undefined;
  };
  /** Past these the harness is not to be trusted. */
  readonly harness: {
    readonly scheduleDelayMsP99Max: number;
    readonly eventLoopDelayMsP99Max: number;
    /** Simulated milliseconds: past it the scale distorts what happens. */
    readonly roundTripMsP99Max: number;
  };
}

export type Target =
  | { readonly kind: 'emulator' }
  | {
      readonly kind: 'endpoint';
      /** Base URL of both HTTP planes. */
      readonly http: string;
      readonly mqtt: { readonly host: string; readonly port: number };
      readonly region: string;
    }
  | ({ readonly kind: 'aws' } & AwsSettings);

export type AwsTarget = Extract<Target, { kind: 'aws' }>;

/** In order of time. Targets are names or ARNs; names become ARNs once the account is known. */
export type PlannedAction = { readonly atMs: Millis; readonly position: Position } & (
  | {
      readonly type: 'create-job';
      /** Its targets are ARNs in the default account; `targets` holds for any account. */
      readonly request: CreateJobRequest;
      readonly targets: readonly JobTarget[];
    }
  | { readonly type: 'update-job'; readonly jobId: string; readonly settings: JobSettings }
  | {
      readonly type: 'cancel-job';
      readonly jobId: string;
      readonly force: boolean;
      readonly reasonCode?: string;
      readonly comment?: string;
    }
  | { readonly type: 'delete-job'; readonly jobId: string; readonly force: boolean }
  | {
      readonly type: 'cancel-execution';
      readonly jobId: string;
      readonly things: readonly number[];
      readonly force: boolean;
    }
  /** The batch is in the population already: firstIndex tells which. */
  | {
      readonly type: 'add-things';
      readonly firstIndex: number;
      readonly count: number;
      readonly group?: string;
    }
  /** Out of the registry and switched off; with a group, out of that group only. */
  | {
      readonly type: 'remove-things';
      readonly from: number;
      readonly to: number;
      readonly group?: string;
    }
  | { readonly type: 'disconnect'; readonly share: number; readonly forMs: Millis }
);

export type JobTarget =
  | { readonly kind: 'group' | 'thing'; readonly name: string }
  | { readonly kind: 'arn'; readonly arn: string };

/** One line of `expect`, parsed; judged against the figures of the finished run. */
export interface Expectation {
  readonly threshold: Threshold;
  readonly position: Position;
}
