import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { HttpAdmin } from './http-admin.ts';
import { type HttpAnswer, type HttpApi, type HttpRequest, notFound } from './http-api.ts';
import type { Plane } from './http-route.ts';
import { type Address, listen } from './listen.ts';
import { type ObjectServer, objectsPrefix } from './object-server.ts';
import { type Hold, noHold } from './store.ts';
import type { WebSocketListener } from './websocket-listener.ts';

/** The largest request AWS takes is a policy of 404,600 characters. */
const apiBodyBytesMax = 1024 * 1024;
/** Provisioning by name: 200,000 names of the longest kind. */
const adminBodyBytesMax = 32 * 1024 * 1024;
/** Longer than clients keep an idle connection, so that we never close one they are about to use. */
const keepAliveMs = 65_000;

/** The HTTP edge: reads requests off sockets, hands them to the API or the admin, writes the answers. */
export class HttpServer {
  readonly #api: HttpApi;
  readonly #admin: HttpAdmin;
  readonly #objects: ObjectServer;
  readonly #hold: Hold;
  readonly #webSockets: WebSocketListener | undefined;
  readonly #servers: Server[] = [];

  /** Answers go out through `hold`, and so when what they tell is committed. */
  constructor(
    api: HttpApi,
    admin: HttpAdmin,
    objects: ObjectServer,
    hold: Hold = noHold,
    webSockets?: WebSocketListener,
  ) {
    this.#api = api;
    this.#admin = admin;
    this.#objects = objects;
    this.#hold = hold;
    this.#webSockets = webSockets;
  }

  /** Without `plane` the port serves both planes, and MQTT over WebSocket. */
  async listen(address: Address, purpose: string, plane?: Plane): Promise<Address> {
    const server = createServer({ keepAliveTimeout: keepAliveMs, noDelay: true });
    server.on('request', (incoming, response) => void this.#serve(incoming, response, plane));
    if (plane === undefined) this.#webSockets?.serve(server);
    const bound = await listen(server, address, purpose);
    this.#servers.push(server);
    return bound;
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#servers.splice(0).map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      ),
    );
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse, plane?: Plane): Promise<void> {
    const requestId = randomUUID();
    if (incoming.url?.startsWith(objectsPrefix)) {
      await this.#objects.serve(incoming, response, requestId);
      return;
    }
    const [path = '', query = ''] = splitOnce(incoming.url ?? '', '?');
    const isAdmin = path.startsWith('/_fleetrig/') || path === '/metrics';
    const body = await readBody(incoming, isAdmin ? adminBodyBytesMax : apiBodyBytesMax);
    if (body === 'aborted') return;
    if (body === 'too large') {
      response.once('finish', () => incoming.destroy());
      write(response, tooLarge(requestId), requestId);
      return;
    }
    const request: HttpRequest = {
      method: incoming.method ?? '',
      path,
      query: new URLSearchParams(query),
      headers: incoming.headers,
      client: incoming.socket.remoteAddress,
      body,
      requestId,
    };
    const answer = isAdmin
      ? ((await this.#admin.answer(request)) ?? notFound(request))
      : await this.#api.answer(request, plane);
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

function write(response: ServerResponse, answer: HttpAnswer, requestId: string): void {
  const { status, body, contentType = 'application/json', errorType } = answer;
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'x-amzn-RequestId': requestId,
    ...(errorType === undefined ? {} : { 'x-amzn-ErrorType': errorType }),
    ...(status === 413 ? { connection: 'close' } : {}),
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
