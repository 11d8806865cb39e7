import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import type { Writable } from 'node:stream';

/** One for all sockets of the thread: what is read is copied out at once. */
const readBuffer = Buffer.allocUnsafe(65_536);

/**
 * A socket that hands what it reads straight to whatever it is piped to, once: no Readable in flowing
 * mode, no pipe listeners, no 64 KB allocation for every read. Nothing else may read from it.
 */
export function connectThinSocket(options: TcpNetConnectOpts): Socket {
  let target: Pick<Writable, 'write'> | undefined;
  const socket = connect({
    ...options,
    onread: {
      buffer: readBuffer,
      callback(bytesRead, buffer) {
        target?.write(Buffer.from(buffer.subarray(0, bytesRead)));
        return true;
      },
    },
  });
  socket.pipe = (writable) => {
    target = writable as unknown as Writable;
    return writable;
  };
  return socket;
}
