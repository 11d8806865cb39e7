import { limits } from '../protocol/limits.ts';
import type { Quotas } from '../protocol/quotas.ts';

/** What bounds the broker's memory and patience, beside AWS's structural limits in `protocol/limits.ts`. */
export interface BrokerLimits {
  /** Publishes per connection and simulated second, in and out; excess is discarded. A quota: off by default. */
  readonly publishesPerSecondMax: number;
  /** Quotas per simulated second over all connections (reference §9.5), off by default as well. */
  readonly connectsPerSecondMax: number;
  readonly connectsPerClientPerSecondMax: number;
  readonly subscribesPerSecondMax: number;
  readonly publishesInPerSecondMax: number;
  readonly publishesOutPerSecondMax: number;
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
  connectsPerSecondMax: Number.POSITIVE_INFINITY,
  connectsPerClientPerSecondMax: Number.POSITIVE_INFINITY,
  subscribesPerSecondMax: Number.POSITIVE_INFINITY,
  publishesInPerSecondMax: Number.POSITIVE_INFINITY,
  publishesOutPerSecondMax: Number.POSITIVE_INFINITY,
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

/** The broker's part of the account's quotas. */
export function brokerQuotas({ rates }: Quotas): Partial<BrokerLimits> {
  const off = Number.POSITIVE_INFINITY;
  return {
    publishesPerSecondMax: rates.publishesPerConnection ?? off,
    connectsPerSecondMax: rates.connects ?? off,
    connectsPerClientPerSecondMax: rates.connectsPerClient ?? off,
    subscribesPerSecondMax: rates.subscribes ?? off,
    publishesInPerSecondMax: rates.publishesIn ?? off,
    publishesOutPerSecondMax: rates.publishesOut ?? off,
  };
}
