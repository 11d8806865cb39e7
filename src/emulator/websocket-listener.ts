import type { IncomingMessage, Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { createWebSocketStream, WebSocket, WebSocketServer } from 'ws';
import { wallNow } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { limits } from '../protocol/limits.ts';
import type { Broker } from './broker.ts';
import { headerValues } from './header-values.ts';
import { judgeSignature, type Signers, signerOf } from './websocket-signature.ts';

/** AWS's path for MQTT over WebSocket (reference §9.1). */
const path = '/mqtt';
/** A frame may carry many packets. */
const frameBytesMax = 8 * limits.packetBytesMax;
/** MQTT.js says the second for MQTT 3.1. */
const subprotocols = ['mqtt', 'mqttv3.1'];

/** Close code: a kind of data that cannot be accepted. */
const unacceptableData = 1003;

/** Hands on binary frames only, because MQTT is bytes; a text frame ends the connection. */
class BinaryWebSocket extends WebSocket {
  #isRefused = false;

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event !== 'message') return super.emit(event, ...args);
    if (args[1] === false && !this.#isRefused) {
      this.#isRefused = true;
      this.close(unacceptableData, 'MQTT is sent in binary frames');
    }
    // What comes before the client has closed its side is not read any more.
    return this.#isRefused ? false : super.emit(event, ...args);
  }
}

export interface WebSocketOptions {
  readonly broker: Broker;
  readonly log: Logger;
  /** Who may sign; undefined takes every client, signed or not. */
  readonly signers: Signers | undefined;
}

/** MQTT over WebSocket on an HTTP port. Signed with IAM credentials, a client may do everything. */
export class WebSocketListener {
  readonly #options: WebSocketOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: frameBytesMax,
    WebSocket: BinaryWebSocket,
    handleProtocols: (offered) => subprotocols.find((name) => offered.has(name)) ?? false,
  });

  constructor(options: WebSocketOptions) {
    this.#options = options;
  }

  /** Takes the server's upgrades. Those to other protocols are offers that a server may pass over. */
  serve(server: Server | TlsServer): void {
    server.on('upgrade', (request, socket, head) => {
      if (request.headers.upgrade?.toLowerCase() === 'websocket') {
        this.#upgrade(request, socket, head);
      } else {
        passOver(server, request, socket, head);
      }
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // An upgrade that the client breaks off is no error of ours.
    socket.on('error', () => socket.destroy());
    const [target = '', queryText = ''] = (request.url ?? '').split('?', 2);
    const query = new URLSearchParams(queryText);
    if (target !== path) {
      refuse(socket, '404 Not Found');
      return;
    }
    if (!offersMqtt(request)) {
      refuse(socket, '400 Bad Request');
      return;
    }
    const flaw = this.#findFlaw(request, query);
    if (flaw !== undefined) {
      const { remoteAddress } = request.socket;
      this.#options.log.warn('WebSocket refused', { remoteAddress, reason: flaw });
      refuse(socket, '403 Forbidden');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (client) =>
      this.#attach(client, request, signerOf(query)),
    );
  }

  #findFlaw({ headers }: IncomingMessage, query: URLSearchParams): string | undefined {
    const { signers } = this.#options;
    if (signers === undefined) return undefined;
    const signed = { path, query, host: headers.host ?? '', headers: headerValues(headers) };
    const signature = judgeSignature(signed, signers, wallNow());
    return signature.ok ? undefined : signature.flaw;
  }

  #attach(client: WebSocket, request: IncomingMessage, principalId: string | undefined): void {
    const { remoteAddress } = request.socket;
    this.#options.broker.attach(createWebSocketStream(client), {
      transport: 'ws',
      ...(remoteAddress === undefined ? {} : { remoteAddress }),
      ...(principalId === undefined ? {} : { principalId }),
    });
  }
}

function offersMqtt({ headers }: IncomingMessage): boolean {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return subprotocols.some((name) => offered.includes(name));
}

/** Clients offer HTTP/2 this way: the request goes on as if it had offered nothing. */
function passOver(
  server: Server | TlsServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const { method, url, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (/^(upgrade|http2-settings|connection)$/i.test(name)) continue;
    lines.push(`${name}: ${rawHeaders[index + 1]}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit(socket instanceof TLSSocket ? 'secureConnection' : 'connection', socket);
}

function refuse(socket: Duplex, status: string): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
