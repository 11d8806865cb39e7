import { connect, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls';
import type { EndpointTls, Identity, LinkOptions } from './link.ts';

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
export function openDeviceSocket(
  { endpoint, identity, localAddress }: LinkOptions,
  receiver: Receiver,
): Socket {
  const { host, port, tls } = endpoint;
  const options = {
    host,
    port,
    noDelay: true,
    ...(localAddress === undefined ? {} : { localAddress }),
    onread: {
      buffer: readBuffer,
      callback(bytesRead: number): boolean {
        receiver.received(readBuffer.subarray(0, bytesRead));
        return true;
      },
    },
  };
  if (tls === undefined) return connect(options);
  const secured = connectTls({
    ...options,
    // Node would make a context for every connection: 15 KB each.
    secureContext: secureContextOf(tls, identity),
    ...(tls.servername === undefined ? {} : { servername: tls.servername }),
    ...(tls.alpn === undefined ? {} : { ALPNProtocols: [...tls.alpn] }),
  });
  return secured.setNoDelay(true);
}

const anonymous: Partial<Identity> = {};
const contexts = new WeakMap<EndpointTls, WeakMap<object, SecureContext>>();

/** One for all connections of the thread to that endpoint with that identity. */
function secureContextOf(tls: EndpointTls, identity: Identity | undefined): SecureContext {
  const key = identity ?? anonymous;
  const ofEndpoint = contexts.get(tls) ?? new WeakMap<object, SecureContext>();
  contexts.set(tls, ofEndpoint);
  const known = ofEndpoint.get(key);
  if (known !== undefined) return known;
  const context = createSecureContext({
    minVersion: 'TLSv1.2',
    ...(tls.caPem === undefined ? {} : { ca: tls.caPem }),
    ...(identity === undefined
      ? {}
      : { cert: identity.certificatePem, key: identity.privateKeyPem }),
  });
  ofEndpoint.set(key, context);
  return context;
}
