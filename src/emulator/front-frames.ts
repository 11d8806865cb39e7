import type { Writable } from 'node:stream';

/** What one front and the engine's process tell each other of one client connection. */
export type FrontFrame =
  /** By the front, first of all: its address as text. */
  | 'open'
  | 'data'
  /** The sender's side of the stream has ended in good order. */
  | 'end'
  /** By the front: the socket is gone. By the engine: do away with it. Each is told once at most. */
  | 'close'
  /** By the front: so many bytes more have left for the client, as a 32-bit number. */
  | 'credit';

const kinds: readonly FrontFrame[] = ['open', 'data', 'end', 'close', 'credit'];
const kindNumbers = Object.fromEntries(kinds.map((kind, at) => [kind, at])) as Record<
  FrontFrame,
  number
>;

/** Kind (1 byte), connection (4), length of what follows (4). */
const headBytes = 9;
const slabBytes = 65_536;
const nothing = Buffer.alloc(0);

/** Bytes the link may owe its reader before senders should hold back. */
const congestedBytes = 1024 * 1024;

/** Writes frames into a link, all those of one turn of the event loop at once. */
export class FrameWriter {
  readonly #link: Writable;
  /** Filled from the front to the back and never written over: the link may still be reading it. */
  #slab = Buffer.allocUnsafeSlow(slabBytes);
  #start = 0;
  #end = 0;
  #willFlush = false;

  constructor(link: Writable) {
    this.#link = link;
  }

  get isCongested(): boolean {
    return this.#link.writableLength > congestedBytes;
  }

  /** Copies the payload. */
  send(kind: FrontFrame, connection: number, payload: Uint8Array = nothing): void {
    const bytes = headBytes + payload.length;
    if (this.#end + bytes > this.#slab.length) this.#renew(bytes);
    const slab = this.#slab;
    slab[this.#end] = kindNumbers[kind];
    slab.writeUInt32LE(connection, this.#end + 1);
    slab.writeUInt32LE(payload.length, this.#end + 5);
    slab.set(payload, this.#end + headBytes);
    this.#end += bytes;
    if (this.#willFlush) return;
    this.#willFlush = true;
    setImmediate(() => this.flush());
  }

  flush(): void {
    this.#willFlush = false;
    if (this.#end === this.#start) return;
    if (this.#link.writable) this.#link.write(this.#slab.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }

  #renew(bytesMin: number): void {
    const willFlush = this.#willFlush;
    this.flush();
    this.#willFlush = willFlush;
    this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, bytesMin));
    this.#start = 0;
    this.#end = 0;
  }
}

/** Cuts what comes over a link into frames again. */
export class FrameReader {
  readonly #take: (kind: FrontFrame, connection: number, payload: Buffer) => void;
  #rest: Buffer = nothing;

  /** The payload is a view of the chunk: copy what outlives the call. */
  constructor(take: (kind: FrontFrame, connection: number, payload: Buffer) => void) {
    this.#take = take;
  }

  push(chunk: Buffer): void {
    const input = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (input.length - at >= headBytes) {
      const payloadAt = at + headBytes;
      const end = payloadAt + input.readUInt32LE(at + 5);
      if (end > input.length) break;
      const kind = kinds[input[at] ?? 0];
      if (kind === undefined)
        throw new Error(`a front's link carries no frame of kind ${input[at]}`);
      this.#take(kind, input.readUInt32LE(at + 1), input.subarray(payloadAt, end));
      at = end;
    }
    this.#rest = at === input.length ? nothing : input.subarray(at);
  }
}
