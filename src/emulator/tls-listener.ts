import { createServer, type Socket } from 'node:net';
import { Server, type TLSSocket } from 'node:tls';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { type BadCertificate, findBadCertificate } from '../engine/identity-queries.ts';
import type { Authority, Credentials } from './authority.ts';
import type { Broker } from './broker.ts';
import type { KeyedCertificate } from './certificate-authority.ts';
import { certificateIdOf } from './certificate-facts.ts';
import {
  type CustomAuthorizer,
  findCredentialFlaw,
  judgeByAuthorizer,
} from './custom-authorizer.ts';
import { type Address, listen } from './listen.ts';
import type { MqttListener } from './mqtt-listener.ts';
import { judgeByCertificate, PolicyAuthority } from './policy-authority.ts';
import type { Service } from './service.ts';

/** MQTT by ALPN, as AWS has it on port 443; without ALPN it is MQTT too (reference §9.1). */
const alpn = 'x-amzn-mqtt-ca';
/** MQTT for a custom authorizer to judge by what CONNECT says. */
const customAlpn = 'mqtt';
const handshakeMsMax = 20_000;

export interface TlsListenerOptions {
  readonly broker: Broker;
  readonly service: Service;
  /** Asked for when the first client comes: making it takes a fifth of a second. */
  readonly issue: () => Promise<KeyedCertificate>;
  readonly log: Logger;
  /** SNI and a registered, active certificate are required, and policies enforced. */
  readonly isStrict: boolean;
  /** Lets clients in that have no certificate; nobody unless set. */
  readonly authorizer?: CustomAuthorizer | undefined;
}

type Refusal = BadCertificate | 'without a certificate' | 'without SNI';

const hints: Readonly<Record<Refusal, string>> = {
  'without SNI': 'connect by name, such as localhost: TLS sends no server name for an IP address',
  'without a certificate': 'give the client a certificate from CreateKeysAndCertificate',
  unregistered: 'get a certificate from CreateKeysAndCertificate of this emulator',
  inactive: 'make the certificate with setAsActive=true, or set it ACTIVE with UpdateCertificate',
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
  const { issue, log, authorizer } = options;
  const accept = acceptor(options);
  const { privateKeyPem, certificatePem } = await issue();
  const server = new Server({
    key: privateKeyPem,
    cert: certificatePem,
    minVersion: 'TLSv1.2',
    requestCert: true,
    rejectUnauthorized: false,
    ALPNProtocols: [alpn, ...(authorizer === undefined ? [] : [customAlpn])],
    handshakeTimeout: handshakeMsMax,
  });
  server.on('secureConnection', (socket) => {
    onSecured(socket);
    accept(socket);
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

function acceptor(options: TlsListenerOptions): (socket: TLSSocket) => void {
  const { broker, service, log, isStrict } = options;
  const identify = identifier(options);
  return (socket) => {
    const { remoteAddress } = socket;
    const certificate = socket.getPeerX509Certificate();
    const certificateId = certificate && certificateIdOf(certificate);
    const refusal = isStrict ? findRefusal(service, socket, certificateId) : undefined;
    if (refusal !== undefined) {
      const hint = hints[refusal];
      log.warn('TLS connection refused', { remoteAddress, certificateId, reason: refusal, hint });
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    const { principalId, authority } = identify(socket, certificateId);
    broker.attach(socket, {
      transport: 'tls',
      ...(remoteAddress === undefined ? {} : { remoteAddress }),
      ...(principalId === undefined ? {} : { principalId }),
      ...(isStrict ? { authority } : {}),
    });
  };
}

/** As whom a client has come, and what it may do then. */
interface Identified {
  readonly principalId: string | undefined;
  readonly authority: Authority;
}

function identifier({
  service,
  log,
  authorizer,
}: TlsListenerOptions): (socket: TLSSocket, certificateId: string | undefined) => Identified {
  const judgeFor = authorizer && judgeByAuthorizer(authorizer, service.view.account);
  return (socket, certificateId) => {
    const { remoteAddress } = socket;
    if (authorizer === undefined || judgeFor === undefined || !isCustom(socket)) {
      const judge = judgeByCertificate(service, certificateId, remoteAddress);
      return { principalId: certificateId, authority: new PolicyAuthority(log, judge) };
    }
    const findFlaw = (credentials: Credentials) => findCredentialFlaw(authorizer, credentials);
    return {
      principalId: authorizer.name,
      authority: new PolicyAuthority(log, judgeFor(remoteAddress), findFlaw),
    };
  };
}

/** Only agreed upon where there is an authorizer. */
function isCustom({ alpnProtocol }: TLSSocket): boolean {
  return alpnProtocol === customAlpn;
}

function findRefusal(
  { view }: Service,
  socket: TLSSocket,
  certificateId: string | undefined,
): Refusal | undefined {
  const { servername } = socket;
  if (typeof servername !== 'string' || servername === '') return 'without SNI';
  if (isCustom(socket)) return undefined;
  if (certificateId === undefined) return 'without a certificate';
  return findBadCertificate(view, certificateId);
}
