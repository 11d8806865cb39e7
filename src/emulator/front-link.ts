import { Duplex } from 'node:stream';
import { windowBytes } from './front.ts';
import { FrameReader, FrameWriter, type FrontFrame } from './front-frames.ts';

/** Told of each client that a front took. */
export type OnClient = (stream: Duplex, remoteAddress: string | undefined) => void;

/** The engine's side of one front: turns its frames into a stream per client. */
export class FrontLink {
  readonly #link: Duplex;
  readonly #writer: FrameWriter;
  readonly #clients = new Map<number, FrontedSocket>();
  readonly #onClient: OnClient;

  constructor(link: Duplex, onClient: OnClient) {
    this.#link = link;
    this.#onClient = onClient;
    this.#writer = new FrameWriter(link);
    const reader = new FrameReader((kind, connection, payload) =>
      this.#hear(kind, connection, payload),
    );
    link.on('data', (chunk: Buffer) => reader.push(chunk));
    link.on('error', () => link.destroy());
    link.on('close', () => {
      for (const client of this.#clients.values()) client.lose();
    });
  }

  /** After what was sent; the front closes whatever clients it has left. */
  end(): void {
    this.#writer.flush();
    this.#link.end();
  }

  #hear(kind: FrontFrame, connection: number, payload: Buffer): void {
    if (kind === 'open') {
      this.#open(connection, payload.toString());
      return;
    }
    // What comes late for a connection that we closed is nobody's.
    const client = this.#clients.get(connection);
    if (kind === 'data') client?.receive(payload);
    else if (kind === 'end') client?.receiveEnd();
    else if (kind === 'close') client?.lose();
    else client?.addCredit(payload.readUInt32LE());
  }

  #open(connection: number, remoteAddress: string): void {
    const client = new FrontedSocket({
      send: (kind, bytes) => this.#writer.send(kind, connection, bytes),
      gone: () => this.#clients.delete(connection),
    });
    this.#clients.set(connection, client);
    this.#onClient(client, remoteAddress === '' ? undefined : remoteAddress);
  }
}

interface FrontedSocketHost {
  send(kind: FrontFrame, bytes?: Uint8Array): void;
  gone(): void;
}

/**
 * A client's socket that is in a front. As with a socket of our own, what the other side has taken in,
 * up to its window, is written; all beyond counts in `writableLength`.
 */
class FrontedSocket extends Duplex {
  readonly #host: FrontedSocketHost;
  #creditBytes = windowBytes;
  #waiting: { readonly bytes: Buffer; readonly done: () => void } | undefined;
  #isLost = false;

  constructor(host: FrontedSocketHost) {
    super();
    this.#host = host;
  }

  receive(bytes: Buffer): void {
    // An incomplete packet would keep the whole chunk of many clients alive.
    if (!this.destroyed) this.push(Buffer.from(bytes));
  }

  receiveEnd(): void {
    if (!this.destroyed) this.push(null);
  }

  addCredit(bytes: number): void {
    this.#creditBytes += bytes;
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    this.#pass(waiting.bytes, waiting.done);
  }

  /** The socket in the front is gone, or the front is. */
  lose(): void {
    this.#isLost = true;
    this.destroy();
  }

  /** Whoever serves a client reads all it says. */
  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#pass(bytes, done);
  }

  override _final(done: () => void): void {
    this.#host.send('end');
    done();
  }

  override _destroy(_error: Error | null, done: (error?: Error | null) => void): void {
    this.#waiting = undefined;
    if (!this.#isLost) this.#host.send('close');
    this.#host.gone();
    done(null);
  }

  #pass(bytes: Buffer, done: () => void): void {
    const passed = bytes.length <= this.#creditBytes ? bytes : bytes.subarray(0, this.#creditBytes);
    this.#creditBytes -= passed.length;
    if (passed.length > 0) this.#host.send('data', passed);
    if (passed === bytes) done();
    else this.#waiting = { bytes: bytes.subarray(passed.length), done };
  }
}
