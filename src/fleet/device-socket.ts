import { connect, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  connect as connectTls,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { Endpoint, EndpointTls, Identity, LinkOptions } from './link.ts';

/** One for all sockets of the thread. */
const readBuffer = Buffer.allocUnsafe(65_536);

/** Who reads a socket. */
export interface Receiver {
  /** A view of a buffer that the thread's next read overwrites. */
  received(bytes: Buffer): void;
}

/**
 * Opens a link's socket, plain or TLS, without the allocation of 64 KB that Node makes for every read.
 */
export function openDeviceSocket(options: LinkOptions, receiver: Receiver): Socket {
  const { host, port, tls } = options.endpoint;
  const terms = {
    host,
    port,
    noDelay: true,
    ...localAddressOf(options),
    onread: {
      buffer: readBuffer,
      callback(bytesRead: number): boolean {
        receiver.received(readBuffer.subarray(0, bytesRead));
        return true;
      },
    },
  };
  return tls === undefined ? connect(terms) : connectSecured(options, tls, terms);
}

/** The TLS socket of a WebSocket, which does its reading itself. */
export function openWebSocketSocket(options: LinkOptions, tls: EndpointTls): TLSSocket {
  const { host, port } = options.endpoint;
  return connectSecured(options, tls, { host, port, ...localAddressOf(options) });
}

/** One for all connections of the thread to that endpoint with that identity. */
function secureContextOf(tls: EndpointTls, identity: Identity | undefined): SecureContext {
  const key = identity ?? anonymous;
  const ofEndpoint = contexts.get(tls) ?? new WeakMap<object, SecureContext>();
  contexts.set(tls, ofEndpoint);
  const known = ofEndpoint.get(key);
  if (known !== undefined) return known;
  const context = newSecureContext(tls, identity);
  ofEndpoint.set(key, context);
  return context;
}

/** Throws for what is no certificate, no key, or not the key of that certificate. */
export function newSecureContext(tls: EndpointTls, identity: Identity | undefined): SecureContext {
  return createSecureContext({
    minVersion: 'TLSv1.2',
    ...(tls.caPem === undefined ? {} : { ca: tls.caPem }),
    ...(identity === undefined
      ? {}
      : { cert: identity.certificatePem, key: identity.privateKeyPem }),
  });
}

const anonymous: Partial<Identity> = {};
const contexts = new WeakMap<EndpointTls, WeakMap<object, SecureContext>>();

function connectSecured(
  { endpoint, identity, secureContext }: LinkOptions,
  tls: EndpointTls,
  terms: ConnectionOptions,
): TLSSocket {
  const shown = endpoint.access?.kind === 'certificate' ? identity : undefined;
  const alpn = alpnOf(endpoint);
  const secured = connectTls({
    ...terms,
    // Node would make a context for every connection: 15 KB each.
    secureContext: secureContext?.() ?? secureContextOf(tls, shown),
    ...(tls.servername === undefined ? {} : { servername: tls.servername }),
    ...(alpn === undefined ? {} : { ALPNProtocols: [alpn] }),
  });
  return secured.setNoDelay(true);
}

function alpnOf({ access }: Endpoint): string | undefined {
  if (access?.kind === 'certificate') return access.alpn;
  return access?.kind === 'login' ? 'mqtt' : undefined;
}

function localAddressOf({ localAddress }: LinkOptions): { localAddress?: string } {
  return localAddress === undefined ? {} : { localAddress };
}
