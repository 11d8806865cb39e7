import { limits } from '../protocol/limits.ts';

/** What bounds the broker's memory and patience, beside AWS's structural limits in `protocol/limits.ts`. */
export interface BrokerLimits {
  /** Publishes per connection and simulated second, in and out; excess is discarded. A quota: off by default. */
  readonly publishesPerSecondMax: number;
  /** Stored messages per session and simulated second after a resume. */
  readonly replaysPerSecond: number;
  /** Wall seconds a new connection may take to send CONNECT. */
  readonly connectSeconds: number;
  /** Wall seconds a closed connection may take to read what was left for it. */
  readonly closeSeconds: number;
  /** Connected and stored. Beyond it CONNECT is refused. */
  readonly sessionsMax: number;
  /** QoS 1 messages waiting for one session; beyond it the oldest is dropped. */
  readonly queuedMessagesPerSessionMax: number;
  readonly queuedBytesPerSessionMax: number;
  /** All sessions together; beyond it the new message is dropped. */
  readonly queuedBytesMax: number;
  readonly retainedMessagesMax: number;
  readonly retainedBytesMax: number;
  /** Unread output of one connection from which QoS 0 is dropped and QoS 1 waits. */
  readonly unreadBytesBeforeDrop: number;
  /** Unread output of one connection at which it is closed. */
  readonly unreadBytesMax: number;
}

export const defaultBrokerLimits: BrokerLimits = {
  publishesPerSecondMax: Number.POSITIVE_INFINITY,
  replaysPerSecond: limits.replaysPerSecond,
  connectSeconds: 30,
  closeSeconds: 5,
  sessionsMax: 500_000,
  queuedMessagesPerSessionMax: 1000,
  queuedBytesPerSessionMax: 4 * 1024 * 1024,
  queuedBytesMax: 256 * 1024 * 1024,
  retainedMessagesMax: 10_000,
  retainedBytesMax: 64 * 1024 * 1024,
  unreadBytesBeforeDrop: 1024 * 1024,
  unreadBytesMax: 4 * 1024 * 1024,
};
