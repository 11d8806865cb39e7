import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { openDeviceSocket } from './device-socket.ts';
import type { LinkOptions } from './link.ts';

/**
 * A socket that hands what it reads straight to what it is piped to: no Readable in flowing mode, no
 * pipe listeners, no 64 KB allocation for every read. 1.3 KB of heap a connection less than a plain
 * one (12,000 MQTT.js clients: 10.9 instead of 12.2 KB each). It can be piped once and read in no
 * other way, which is how MQTT.js uses it.
 */
export function openThinSocket(options: LinkOptions): Socket {
  let target: Pick<Writable, 'write'> | undefined;
  const socket = openDeviceSocket(options, {
    received: (bytes) => void target?.write(Buffer.from(bytes)),
  });
  socket.pipe = (writable) => {
    target = writable as unknown as Writable;
    return writable;
  };
  return socket;
}
