import type { Traffic } from '../base/traffic.ts';

/** Where devices connect to. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface LinkOptions {
  readonly endpoint: Endpoint;
  readonly clientId: string;
  readonly protocolVersion: 4 | 5;
  readonly isCleanSession: boolean;
  readonly keepAliveSeconds: number;
  /** Source address; set when the target is local, to spread ephemeral ports. */
  readonly localAddress?: string;
  /** Counts every packet where somebody wants to know. */
  readonly traffic?: Traffic;
}

export interface LinkEvents {
  connected(sessionPresent: boolean): void;
  /**
   * Once per connect(), after which the link is idle and may connect again. `reason` is a short word out
   * of a small set: it becomes part of a metric's name.
   */
  closed(reason: string): void;
  message(topic: string, payload: Uint8Array): void;
}

/** A device's way to the broker. Two transports implement it; both pass the same conformance tests. */
export interface DeviceLink {
  connect(): void;
  /** At QoS 1. `done` hears of the SUBACK, or of the first refused filter. */
  subscribe(filters: readonly string[], done: (error?: Error) => void): void;
  /** At QoS 1. */
  publish(topic: string, payload: string): void;
  /** `graceful` sends DISCONNECT first. `closed` follows. */
  disconnect(graceful: boolean): void;
}

export type OpenLink = (options: LinkOptions, events: LinkEvents) => DeviceLink;
