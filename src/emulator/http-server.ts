import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { KeyedCertificate } from './certificate-authority.ts';
import type { HttpAdmin } from './http-admin.ts';
import { failed, type HttpAnswer, type HttpApi, type HttpRequest, notFound } from './http-api.ts';
import type { Plane } from './http-route.ts';
import type { HttpGate } from './http-signature.ts';
import { type Address, listen } from './listen.ts';
import { type ObjectServer, objectsPrefix } from './object-server.ts';
import { ServiceFailure } from './service.ts';
import { type Hold, noHold } from './store.ts';
import type { WebSocketListener } from './websocket-listener.ts';

/** The largest request AWS takes is a policy of 404,600 characters. */
const apiBodyBytesMax = 1024 * 1024;
/** Provisioning by name: 200,000 names of the longest kind. */
const adminBodyBytesMax = 32 * 1024 * 1024;
/** Longer than clients keep an idle connection, so that we never close one they are about to use. */
const keepAliveMs = 65_000;
const socketSettings = { keepAliveTimeout: keepAliveMs, noDelay: true } as const;

export interface HttpServerOptions {
  readonly api: Pick<HttpApi, 'answer'>;
  readonly admin: Pick<HttpAdmin, 'answer'>;
  readonly objects: Pick<ObjectServer, 'serve'>;
  readonly log: Logger;
  /** Answers go out through it, and so when what they tell is committed. */
  readonly hold?: Hold | undefined;
  readonly webSockets?: WebSocketListener | undefined;
  /** Lets everyone in when not set. */
  readonly gate?: HttpGate | undefined;
}

/** The HTTP edge: reads requests off sockets, hands them to the API or the admin, writes the answers. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #hold: Hold;
  readonly #servers: (Server | TlsServer)[] = [];
  /** Those of TLS, which are no connections of HTTP before their handshake is done. */
  readonly #sockets = new Set<Duplex>();

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#hold = options.hold ?? noHold;
  }

  /** Without `plane` the port serves both planes, and MQTT over WebSocket. */
  async listen(address: Address, purpose: string, plane?: Plane): Promise<Address> {
    return this.#open(createServer(socketSettings), address, purpose, plane);
  }

  /** The same over TLS: both planes, the admin, and MQTT over WebSocket. */
  async listenTls(
    address: Address,
    purpose: string,
    { privateKeyPem, certificatePem }: KeyedCertificate,
  ): Promise<Address> {
    const server = createTlsServer({
      ...socketSettings,
      key: privateKeyPem,
      cert: certificatePem,
      minVersion: 'TLSv1.2',
    });
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('tlsClientError', (error, { remoteAddress }) => {
      this.#options.log.warn('TLS handshake failed', { remoteAddress, error: messageOf(error) });
    });
    return this.#open(server, address, purpose);
  }

  async #open(
    server: Server | TlsServer,
    address: Address,
    purpose: string,
    plane?: Plane,
  ): Promise<Address> {
    server.on('request', (incoming, response) => {
      const requestId = randomUUID();
      this.#serve(incoming, response, requestId, plane).catch((error: unknown) =>
        this.#fail(error, incoming, response, requestId, plane),
      );
    });
    if (plane === undefined) this.#options.webSockets?.serve(server);
    const bound = await listen(server, address, purpose);
    this.#servers.push(server);
    return bound;
  }

  async close(): Promise<void> {
    const closed = Promise.all(
      this.#servers.splice(0).map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      ),
    );
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(
    incoming: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    plane?: Plane,
  ): Promise<void> {
    const { admin, api, gate, objects } = this.#options;
    if (incoming.url?.startsWith(objectsPrefix)) {
      await objects.serve(incoming, response, requestId);
      return;
    }
    const [path = '', query = ''] = splitOnce(incoming.url ?? '', '?');
    const asked = {
      method: incoming.method ?? '',
      path,
      query: new URLSearchParams(query),
      headers: incoming.headers,
      client: incoming.socket.remoteAddress,
      requestId,
    };
    const isAdmin = path.startsWith('/_fleetrig/') || path === '/metrics';
    const distant = isAdmin ? gate?.refuseDistant(asked) : undefined;
    if (distant !== undefined) {
      turnAway(incoming, response, distant, requestId);
      return;
    }
    const body = await readBody(incoming, isAdmin ? adminBodyBytesMax : apiBodyBytesMax);
    if (body === 'aborted') return;
    if (body === 'too large') {
      turnAway(incoming, response, tooLarge(requestId), requestId);
      return;
    }
    const request: HttpRequest = { ...asked, body };
    const answer = isAdmin
      ? ((await admin.answer(request)) ?? notFound(request))
      : (gate?.refuseUnsigned(request) ?? (await api.answer(request, plane)));
    this.#hold(() => write(response, answer, requestId));
  }

  /** One request's misfortune stays its own, unless it may have left the service half changed. */
  #fail(
    error: unknown,
    { method = '', url = '', headers }: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    plane?: Plane,
  ): void {
    if (error instanceof ServiceFailure) {
      response.destroy();
      // Out of the promise's reach: this ends the process.
      queueMicrotask(() => {
        throw error;
      });
      return;
    }
    const [path = ''] = splitOnce(url, '?');
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#options.log.error('HTTP request failed', { method, path, requestId, error: trace });
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const answer = failed({ method, path, headers, requestId }, plane);
    this.#hold(() => write(response, answer, requestId));
  }
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function tooLarge(traceId: string): HttpAnswer {
  return {
    status: 413,
    errorType: 'RequestEntityTooLargeException',
    body: JSON.stringify({ message: 'The request body is too large.', traceId }),
  };
}

/** Answers a request whose body is not read to its end. */
function turnAway(
  incoming: IncomingMessage,
  response: ServerResponse,
  answer: HttpAnswer,
  requestId: string,
): void {
  response.once('finish', () => incoming.destroy());
  response.setHeader('connection', 'close');
  write(response, answer, requestId);
}

function write(response: ServerResponse, answer: HttpAnswer, requestId: string): void {
  const { status, body, contentType = 'application/json', errorType } = answer;
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'x-amzn-RequestId': requestId,
    ...(errorType === undefined ? {} : { 'x-amzn-ErrorType': errorType }),
  });
  response.end(body);
}

/** The whole body; gives up past `limit` bytes and when the client goes away. */
function readBody(
  incoming: IncomingMessage,
  limit: number,
): Promise<Buffer | 'too large' | 'aborted'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        incoming.pause();
        resolve('too large');
      } else chunks.push(chunk);
    });
    incoming.on('end', () => resolve(Buffer.concat(chunks, size)));
    incoming.on('error', () => resolve('aborted'));
    incoming.on('close', () => resolve('aborted'));
  });
}
