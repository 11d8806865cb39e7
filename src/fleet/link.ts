import type { Traffic } from '../base/traffic.ts';

/** Where devices connect to. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** Without it the connections are plain TCP. */
  readonly tls?: EndpointTls;
}

/** How devices check whom they talk to. */
export interface EndpointTls {
  /** The authority to trust; those of the system when not given. */
  readonly caPem?: string;
  /** The name asked for (SNI) and looked for in the server's certificate; the host when not given. */
  readonly servername?: string;
  /** Protocols to offer, such as `x-amzn-mqtt-ca` on port 443. */
  readonly alpn?: readonly string[];
}

/** What a device shows to be let in over TLS. Secret: it goes to the agents and nowhere else. */
export interface Identity {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface LinkOptions {
  readonly endpoint: Endpoint;
  /** Links that share it share what TLS makes of it. */
  readonly identity?: Identity | undefined;
  readonly clientId: string;
  readonly protocolVersion: 4 | 5;
  readonly isCleanSession: boolean;
  readonly keepAliveSeconds: number;
  /** Source address; set when the target is local, to spread ephemeral ports. */
  readonly localAddress?: string | undefined;
  /** Counts every packet where somebody wants to know. */
  readonly traffic?: Traffic | undefined;
}

export interface LinkEvents {
  connected(sessionPresent: boolean): void;
  /**
   * Once per connect(), after which the link is idle and may connect again. `reason` is a short word out
   * of a small set: it becomes part of a metric's name.
   */
  closed(reason: string): void;
  /** The bytes are the callee's until it returns. */
  message(topic: string, payload: Buffer): void;
}

/**
 * A device's way to the broker. Two transports implement it; both pass the same conformance tests.
 * Neither resends what was not acknowledged when a connection ended: a device of ours asks again, as
 * its behaviour has it, so a persistent session brings back what the broker kept and nothing else.
 */
export interface DeviceLink {
  connect(): void;
  /** At QoS 1. `done` hears of the SUBACK; `refusal` tells the code of the last refused filter. */
  subscribe(filters: readonly string[], done: (refusal?: string) => void): void;
  /** At QoS 1. */
  publish(topic: string, payload: string): void;
  /** `graceful` sends DISCONNECT first. `closed` follows. */
  disconnect(graceful: boolean): void;
}

export type OpenLink = (options: LinkOptions, events: LinkEvents) => DeviceLink;

/** Wall milliseconds from connect() to CONNACK, after which the attempt has failed. */
export const connectTimeoutMs = 10_000;
