import type { SecureContext } from 'node:tls';
import type { Traffic } from '../base/traffic.ts';
import type { AwsCredentials } from '../protocol/sigv4.ts';

/** Where devices connect to, and how they are let in there. */
export type Endpoint = OpenEndpoint | GuardedEndpoint;

interface Place {
  readonly host: string;
  readonly port: number;
}

/** For everyone who gets there, over plain TCP or TLS. */
interface OpenEndpoint extends Place {
  readonly tls?: EndpointTls;
  readonly access?: { readonly kind: 'open' };
}

/** Nobody is let in without TLS. */
interface GuardedEndpoint extends Place {
  readonly tls: EndpointTls;
  readonly access: Access;
}

/** How devices check whom they talk to. */
export interface EndpointTls {
  /** The authority to trust; those of the system when not given. */
  readonly caPem?: string;
  /** The name asked for (SNI) and looked for in the server's certificate; the host when not given. */
  readonly servername?: string;
}

/** How a device is let in (reference §9.1). */
export type Access =
  /** It shows its certificate. By ALPN on port 443, where HTTP is spoken too. */
  | { readonly kind: 'certificate'; readonly alpn?: 'x-amzn-mqtt-ca' }
  /** A custom authorizer judges user name and password; ALPN is `mqtt`. Secret. */
  | { readonly kind: 'login'; readonly userName: string; readonly password?: string }
  /** MQTT over WebSocket, the URL signed with the fleet's AWS credentials. */
  | { readonly kind: 'sigv4'; readonly region: string };

/** What a device shows to be let in over TLS. Secret: it goes to the agents and nowhere else. */
export interface Identity {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface LinkOptions {
  readonly endpoint: Endpoint;
  /** Where access is by certificate. Links that share it share what TLS makes of it. */
  readonly identity?: Identity | undefined;
  /** Asked at each connect, instead of an identity: what TLS has made of one that is this link's alone. */
  readonly secureContext?: (() => SecureContext | undefined) | undefined;
  /** Asked at each connect, where access is by SigV4. */
  readonly credentials?: (() => AwsCredentials | undefined) | undefined;
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
  /** The connection is opened only now, after what had to be read for it. Not told where nothing had to. */
  opening?(): void;
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
 * What was published and not acknowledged when a connection ended is sent again, once and before
 * anything else, when the next one finds the persistent session present: with DUP, under its id, in
 * order (MQTT 3.1.1 and 5, 4.4). With a clean session, or when the broker has none, it is lost. Nothing
 * is resent on a connection that stands. The device knows none of this: it asks again as its behaviour
 * has it, under another token, and takes no notice of the answer to what it has given up.
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
