import { Socket } from 'node:net';

/** One for all sockets of the process: what a read brings is dealt with before the next. */
const readBuffer = Buffer.allocUnsafe(65_536);

type Reader = (this: Socket, bytesRead: number, buffer: Buffer) => boolean;
type Internals = Socket & {
  readonly _handle?: { readonly useUserBuffer?: unknown } | null;
  [key: symbol]: unknown;
};

/** Where a socket keeps what its `onread` option gave it; undefined in a Node that does it differently. */
const bufferKey = keyOf('kBuffer');
const readerKey = keyOf('kBufferCb');

/**
 * Has an accepted socket read into a buffer shared by all, as `onread` does for sockets that connect; a
 * server has no such option, hence Node's internals, and without them the socket stays as it is. Node
 * otherwise allocates 64 KB for every read and cuts it to size. Not measured alone: with plain
 * frames read without mqtt-packet (packet-decoder.ts) an execution took 74 us of CPU instead of 81.
 *
 * `data` then tells of a view that the next read of any socket overwrites.
 */
export function shareReads(socket: Socket): Socket {
  const internals = socket as Internals;
  const handle = internals._handle;
  if (bufferKey === undefined || readerKey === undefined) return socket;
  if (typeof handle?.useUserBuffer !== 'function') return socket;
  internals[bufferKey] = readBuffer;
  internals[readerKey] = readShared;
  handle.useUserBuffer(readBuffer);
  return socket;
}

const readShared: Reader = function (bytesRead, buffer) {
  this.emit('data', buffer.subarray(0, bytesRead));
  return true;
};

function keyOf(description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(new Socket()).find((key) => key.description === description);
}
