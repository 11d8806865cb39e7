import { createServer, type Socket } from 'node:net';
import { Server, type TLSSocket } from 'node:tls';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { type BadCertificate, findBadCertificate } from '../engine/identity-queries.ts';
import type { Broker } from './broker.ts';
import type { KeyedCertificate } from './certificate-authority.ts';
import { type Address, listen } from './listen.ts';
import type { MqttListener } from './mqtt-listener.ts';
import { PolicyAuthority } from './policy-authority.ts';
import type { Service } from './service.ts';

/** MQTT by ALPN, as AWS has it on port 443; without ALPN it is MQTT too (reference §9.1). */
const alpn = 'x-amzn-mqtt-ca';
const handshakeMsMax = 20_000;

export interface TlsListenerOptions {
  readonly broker: Broker;
  readonly service: Service;
  /** Asked for when the first client comes: making it takes a fifth of a second. */
  readonly issue: () => Promise<KeyedCertificate>;
  readonly log: Logger;
  /** SNI and a registered, active certificate are required, and policies enforced. */
  readonly isStrict: boolean;
}

type Refusal = BadCertificate | 'without a certificate' | 'without SNI';

const hints: Readonly<Record<Refusal, string>> = {
  'without SNI': 'connect by name, such as localhost: TLS sends no server name for an IP address',
  'without a certificate': 'give the client a certificate from CreateKeysAndCertificate',
  unregistered: 'get a certificate from CreateKeysAndCertificate of this emulator',
  inactive: 'make the certificate with setAsActive=true',
};

/**
 * MQTT over TLS with client certificates. A certificate counts by being registered, not by who signed
 * it, as at AWS; the handshake has proved that the client holds its key.
 */
export async function listenTls(
  options: TlsListenerOptions,
  address: Address,
): Promise<MqttListener> {
  const { log } = options;
  const handshakes = new Map<string, Socket>();
  let tls: Promise<Server> | undefined;
  const server = createServer({ noDelay: true }, (socket) => {
    const peer = peerOf(socket);
    handshakes.set(peer, socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => handshakes.delete(peer));
    tls ??= secureServer(options, (secured) => handshakes.delete(peerOf(secured)));
    tls.then(
      (ready) => ready.emit('connection', socket),
      (error: unknown) => {
        log.error('no certificate for TLS', { error: messageOf(error) });
        socket.destroy();
      },
    );
  });
  const bound = await listen(server, address, 'MQTT over TLS');
  server.on('error', (error) => log.error('accept failed', { error: messageOf(error) }));
  return {
    address: bound,
    stop: () => {
      server.close();
      // The broker knows only of those that are through.
      for (const socket of handshakes.values()) socket.destroy();
    },
  };
}

/** Does the handshakes of sockets that are handed to it; it does not listen itself. */
async function secureServer(
  options: TlsListenerOptions,
  onSecured: (socket: TLSSocket) => void,
): Promise<Server> {
  const { issue, log } = options;
  const { privateKeyPem, certificatePem } = await issue();
  const server = new Server({
    key: privateKeyPem,
    cert: certificatePem,
    minVersion: 'TLSv1.2',
    requestCert: true,
    rejectUnauthorized: false,
    ALPNProtocols: [alpn],
    handshakeTimeout: handshakeMsMax,
  });
  server.on('secureConnection', (socket) => {
    onSecured(socket);
    accept(options, socket);
  });
  server.on('tlsClientError', (error, { remoteAddress }) => {
    log.warn('TLS handshake failed', { remoteAddress, error: messageOf(error) });
  });
  return server;
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** By which clients on this machine and elsewhere may reach the server. */
export function serverNames(host: string, advertisedHost: string | undefined): string[] {
  const unspecified = ['0.0.0.0', '::'];
  const others = [advertisedHost ?? host, host].filter((name) => !unspecified.includes(name));
  return [...new Set(['localhost', '127.0.0.1', '::1', ...others])];
}

function accept({ broker, service, log, isStrict }: TlsListenerOptions, socket: TLSSocket): void {
  const { remoteAddress } = socket;
  const certificate = socket.getPeerX509Certificate();
  // The id is the SHA-256 of the DER, as the authority gives it.
  const certificateId = certificate?.fingerprint256.replaceAll(':', '').toLowerCase();
  const refusal = isStrict ? findRefusal(service, socket, certificateId) : undefined;
  if (refusal !== undefined) {
    log.warn('TLS connection refused', {
      remoteAddress,
      certificateId,
      reason: refusal,
      hint: hints[refusal],
    });
    socket.on('error', () => undefined);
    socket.destroy();
    return;
  }
  const sourceIp = remoteAddress;
  broker.attach(socket, {
    transport: 'tls',
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
    ...(certificateId === undefined ? {} : { principalId: certificateId }),
    ...(isStrict
      ? { authority: new PolicyAuthority({ service, log, certificateId, sourceIp }) }
      : {}),
  });
}

function findRefusal(
  { view }: Service,
  { servername }: TLSSocket,
  certificateId: string | undefined,
): Refusal | undefined {
  if (typeof servername !== 'string' || servername === '') return 'without SNI';
  if (certificateId === undefined) return 'without a certificate';
  return findBadCertificate(view, certificateId);
}
