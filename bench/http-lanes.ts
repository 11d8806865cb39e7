import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

/** Keep-alive connections. */
const lanes = 16;

/**
 * Sends requests over keep-alive connections, the next on each as soon as the last is answered. Its own
 * HTTP client of a few lines: an SDK, or `node:http`, takes longer to ask than the emulator to answer.
 * Throws on any status but 200.
 */
export class HttpLanes {
  readonly #sockets: readonly Socket[];

  private constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets;
  }

  static async open(url: string): Promise<HttpLanes> {
    const { hostname: host, port } = new URL(url);
    const open = async () => {
      const socket = connect({ host, port: Number(port), noDelay: true });
      await once(socket, 'connect');
      return socket.setEncoding('latin1');
    };
    return new HttpLanes(await Promise.all(Array.from({ length: lanes }, open)));
  }

  /** The body of the answer. */
  async send(request: HttpRequest): Promise<string> {
    const bodies: string[] = [];
    await this.sendAll(1, () => request, bodies);
    return bodies[0] ?? '';
  }

  /** Settles when all are answered. */
  async sendAll(
    count: number,
    requestOf: (index: number) => HttpRequest,
    bodies?: string[],
  ): Promise<void> {
    let next = 0;
    const takeTurn = () => (next < count ? textOf(requestOf(next++)) : undefined);
    await Promise.all(this.#sockets.map((socket) => runLane(socket, takeTurn, bodies)));
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function runLane(
  socket: Socket,
  takeTurn: () => string | undefined,
  bodies: string[] | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let input = '';
    const end = (error?: Error): void => {
      socket.off('data', read);
      if (error === undefined) resolve();
      else reject(error);
    };
    const goOn = (): void => {
      const text = takeTurn();
      if (text === undefined) end();
      else socket.write(text);
    };
    const read = (data: string): void => {
      input += data;
      const bodyAt = input.indexOf('\r\n\r\n') + 4;
      if (bodyAt < 4) return;
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(input)?.[1] ?? 0);
      if (input.length < bodyAt + length) return;
      const answer = input;
      input = '';
      if (answer.startsWith('HTTP/1.1 200')) {
        bodies?.push(answer.slice(bodyAt));
        goOn();
      } else {
        end(new Error(answer));
      }
    };
    socket.on('data', read);
    goOn();
  });
}

function textOf({ method, path, body }: HttpRequest): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  return `${method} ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}
