import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { FrameReader, FrameWriter, type FrontFrame } from './front-frames.ts';

/** Bytes of one client that a front may hold; the engine keeps the rest, and counts it as unread. */
export const windowBytes = 64 * 1024;

/**
 * Holds the sockets of many clients for an engine in another process, and understands nothing of what
 * they say: all of them travel over the one link.
 */
export class Front {
  readonly #writer: FrameWriter;
  readonly #clients = new Map<number, Client>();
  /** Those that sent something while the link was congested: they are not read until it has drained. */
  readonly #held = new Set<Socket>();
  #lastConnection = 0;

  constructor(link: Duplex) {
    this.#writer = new FrameWriter(link);
    const reader = new FrameReader((kind, connection, payload) =>
      this.#obey(kind, connection, payload),
    );
    link.on('data', (chunk: Buffer) => reader.push(chunk));
    link.on('drain', () => this.#release());
    link.on('error', () => link.destroy());
    link.on('close', () => this.#dropAll());
  }

  get connections(): number {
    return this.#clients.size;
  }

  /** Serves a socket that nobody has read from. It should allow half-open streams. */
  take(socket: Socket): void {
    // Numbers are never used again, so that a late word about an old connection hits no new one.
    const connection = ++this.#lastConnection;
    const writer = this.#writer;
    const client = new Client(socket, (bytes) => writer.send('credit', connection, asBytes(bytes)));
    this.#clients.set(connection, client);
    writer.send('open', connection, Buffer.from(socket.remoteAddress ?? ''));
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      writer.send('data', connection, chunk);
      if (!writer.isCongested) return;
      socket.pause();
      this.#held.add(socket);
    });
    socket.on('drain', () => client.settle());
    socket.on('end', () => writer.send('end', connection));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#held.delete(socket);
      this.#clients.delete(connection);
      writer.send('close', connection);
    });
    socket.resume();
  }

  #obey(kind: FrontFrame, connection: number, payload: Buffer): void {
    const client = this.#clients.get(connection);
    if (client === undefined) return;
    if (kind === 'data') client.write(payload);
    else if (kind === 'end') client.socket.end();
    else if (kind === 'close') client.socket.destroy();
  }

  #release(): void {
    for (const socket of this.#held) socket.resume();
    this.#held.clear();
  }

  #dropAll(): void {
    for (const { socket } of this.#clients.values()) socket.destroy();
  }
}

/** One client's way out, and what of it the engine still counts as under way. */
class Client {
  readonly socket: Socket;
  readonly #credit: (bytes: number) => void;
  /** Taken from the engine and not credited to it. */
  #owedBytes = 0;

  constructor(socket: Socket, credit: (bytes: number) => void) {
    this.socket = socket;
    this.#credit = credit;
  }

  write(bytes: Buffer): void {
    if (!this.socket.writable) return;
    this.#owedBytes += bytes.length;
    this.socket.write(bytes);
    this.settle();
  }

  /**
   * In large portions, for small talk costs nothing then. The portion and a socket's buffer that is
   * too low to drain with an event make less than a window together, so nobody waits for the other.
   */
  settle(): void {
    const leftBytes = this.#owedBytes - this.socket.writableLength;
    if (leftBytes < windowBytes / 2) return;
    this.#owedBytes -= leftBytes;
    this.#credit(leftBytes);
  }
}

function asBytes(count: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(count);
  return bytes;
}
