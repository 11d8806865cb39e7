import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Address, listen } from '../../src/emulator/listen.ts';

/** A port that leads to `target`, on which every byte takes `oneWayMs` in either direction. Ends with the test. */
export async function slowLinkTo(target: Address, oneWayMs: number): Promise<Address> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect({ host: target.host, port: target.port });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (bytes) => setTimeout(() => to.writable && to.write(bytes), oneWayMs));
      from.on('close', () => setTimeout(() => to.destroy(), oneWayMs));
      from.on('error', () => to.destroy());
    }
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listen(server, { host: '127.0.0.1', port: 0 }, 'a slow link');
}
