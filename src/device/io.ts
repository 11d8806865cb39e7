import type { Millis } from '../base/clock.ts';
import type {
  DeviceOperation,
  NotifyMessage,
  NotifyNextMessage,
  RejectedResponse,
  UpdateRequest,
} from '../protocol/messages.ts';
import type { ExecutionStatus } from '../protocol/status.ts';

/** What happens to a device. Everything it learns comes through here. */
export type DeviceInput =
  /** Power on: the first thing a device ever hears. */
  | { readonly type: 'start' }
  /**
   * Instead of `start`, of a device whose network does not go by itself: it has been up and idle since
   * it connected, when it was told that nothing is pending.
   */
  | { readonly type: 'resume'; readonly connectedAt: Millis }
  | { readonly type: 'connected'; readonly sessionPresent: boolean }
  /** CONNECT was refused or never answered. */
  | { readonly type: 'connect-failed'; readonly reason: string }
  /** The link broke, or the broker closed it. */
  | { readonly type: 'disconnected'; readonly reason: string }
  | { readonly type: 'subscribed' }
  | { readonly type: 'subscribe-failed'; readonly reason: string }
  /** `…/accepted` for a request of ours; `token` is the one we sent. */
  | {
      readonly type: 'accepted';
      readonly operation: DeviceOperation;
      readonly token: string;
      readonly body: unknown;
    }
  | {
      readonly type: 'rejected';
      readonly operation: DeviceOperation;
      /** Undefined where the service could not read ours (InvalidJson). */
      readonly token: string | undefined;
      readonly body: RejectedResponse;
    }
  | { readonly type: 'notify'; readonly message: NotifyMessage }
  | { readonly type: 'notify-next'; readonly message: NotifyNextMessage }
  /** Someone pulls the plug of its network until then (timeline `disconnect`). */
  | { readonly type: 'cut'; readonly untilAt: Millis }
  /** The run is over: report what is unfinished, fall silent. */
  | { readonly type: 'stop' };

/** What a device asks of the Jobs service. */
export interface DeviceRequest {
  readonly operation: DeviceOperation;
  /** `$next` or an id; absent for get and start-next. */
  readonly jobId?: string | undefined;
  readonly token: string;
  /** Becomes text by `payloadOf`, where there is a wire. */
  readonly body: RequestBody;
  /** It goes out without its closing brace, and so is no JSON. */
  readonly isTorn?: true | undefined;
}

/** As the service takes it, or deliberately wrong. */
export type RequestBody = Partial<UpdateRequest> & { readonly clientToken: string };

/** What a device wants done. `dueAt` is when it wanted it: latency counts from there. */
export type DeviceEffect =
  | { readonly type: 'connect'; readonly dueAt: Millis }
  /** `graceful` sends DISCONNECT; otherwise the socket just dies. */
  | { readonly type: 'disconnect'; readonly graceful: boolean }
  | { readonly type: 'subscribe'; readonly filters: readonly string[]; readonly dueAt: Millis }
  | ({ readonly type: 'request'; readonly dueAt: Millis } & DeviceRequest)
  /**
   * No answer came in time, or the link went first: then its `disconnect`, if the device asked for that,
   * comes before. Counted as lost, never as a success.
   */
  | { readonly type: 'request-lost'; readonly operation: DeviceOperation; readonly token: string }
  /** An execution the device knew about is over for it, or the run is. */
  | { readonly type: 'execution-over'; readonly record: ExecutionRecord };

/** What one device did with one execution, as the device saw it. Times are simulated instants. */
export interface ExecutionRecord {
  readonly jobId: string;
  readonly executionNumber: number;
  /** The behaviour drawn for it: a function of seed, thing, job and attempt alone. */
  readonly behaviour: string;
  /** The last status the device told the service; undefined when it never did. */
  readonly reported: ExecutionStatus | undefined;
  /** Whether the service accepted that last word. */
  readonly acknowledged: boolean;
  /** Whether the device really runs the new version now: differs from `reported` after a rollback. */
  readonly updated: boolean;
  readonly noticedAt: Millis;
  readonly startedAt?: Millis;
  /** When the download was over, where the profile has one and it came to that. */
  readonly downloadedAt?: Millis;
  /** Undefined for one that is unfinished when the run ends. */
  readonly endedAt?: Millis;
}
