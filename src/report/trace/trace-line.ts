/** The file of a run folder that `--record` leaves: NDJSON, a {@link TraceLine} each. */
export const traceFile = 'trace.ndjson.gz';

/** Bump on any incompatible change. */
export const traceVersion = 1;

/** When something happened: `t` counts simulated milliseconds from the run's zero. */
interface Instant {
  readonly t: number;
}

/** The first line: what was recorded. */
export interface TraceHeader {
  readonly type: 'run';
  readonly traceVersion: number;
  readonly runId: string;
  readonly version: string;
  readonly scenario: string;
  readonly seed: string;
  readonly target: string;
  readonly clockScale: number | 'max';
  readonly things: number;
}

/** A message of the jobs protocol, `topic` below `$aws/things/<thing>/jobs/`. */
export interface MessageLine {
  readonly type: 'message';
  /** From the run's zero; absent of what went before it, while the things connected. */
  readonly t?: number;
  /** Simulated milliseconds since the recording began, of what went before the zero. */
  readonly ramp?: number;
  readonly thing: number;
  readonly name: string;
  readonly direction: 'in' | 'out';
  readonly topic: string;
  readonly payload?: unknown;
  /** What was no JSON. */
  readonly text?: string;
}

/** A word of the service on `$aws/events/`; of one execution where it names a thing. */
export interface EventLine extends Instant {
  readonly type: 'event';
  readonly job: string;
  readonly name?: string;
  readonly operation: string;
  readonly payload: unknown;
}

/** What stood when a job's abort rule ended it; only an emulator of our own tells. */
export interface TripFacts {
  readonly failureType: string;
  readonly executed: number;
  readonly failed: number;
  readonly notified: number;
}

/** A job came about, was seen in another state, or stood so when the run was over. */
export interface JobLine extends Instant {
  readonly type: 'job';
  readonly job: string;
  readonly what: 'created' | 'state' | 'end';
  /** Absent of its creation. */
  readonly status?: string;
  readonly trip?: TripFacts;
  /** Executions that devices or timeouts had completed when it ended, by the service's own list. */
  readonly completed?: number;
  readonly reasonCode?: string;
  /** By status, retries counted; only at the end. */
  readonly executions?: Readonly<Record<string, number>>;
}

/** The run has begun; what was recorded before carries `ramp`. */
interface ZeroLine {
  readonly type: 'zero';
  /** Simulated milliseconds from the beginning of the recording to here. */
  readonly rampMs: number;
}

/** The last line. Where it is missing, the run was killed. */
export interface EndLine extends Instant {
  readonly type: 'end';
  readonly messages: number;
  /** Why it does not hold everything. */
  readonly gap?: string;
}

export type TraceLine = TraceHeader | ZeroLine | MessageLine | EventLine | JobLine | EndLine;
