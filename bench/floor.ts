import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { entryBeside } from '../src/base/entry.ts';
import { readProcess } from './process-usage.ts';
import { sleep } from './rig.ts';
import type { Figure } from './table.ts';

const connections = 1000;
const inFlight = 256;
const bytes = Buffer.alloc(200, 'x');
const warmUpMs = 1000;
const windowMs = 4000;

/**
 * What the machine and Node's sockets give without any protocol: 200 bytes there and back over 1,000
 * loopback connections between two processes, 256 of them under way.
 */
export async function benchFloor(): Promise<Figure[]> {
  const { file, execArgv } = entryBeside(import.meta.url, 'echo-server');
  const server = fork(file, { execArgv: [...execArgv] });
  const [port] = (await once(server, 'message')) as [number];
  const pid = server.pid ?? 0;
  let trips = 0;
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  // Whoever has just been answered passes its turn on, so that all connections come to use.
  const waiting = sockets.slice(inFlight);
  for (const socket of sockets) {
    let received = 0;
    socket.on('data', (data) => {
      received += data.length;
      if (received < bytes.length) return;
      received -= bytes.length;
      trips++;
      waiting.push(socket);
      waiting.shift()?.write(bytes);
    });
  }
  for (const socket of sockets.slice(0, inFlight)) socket.write(bytes);
  await sleep(warmUpMs);
  const [before, clientBefore, tripsBefore] = [readProcess(pid), readProcess(process.pid), trips];
  const from = performance.now();
  await sleep(windowMs);
  const seconds = (performance.now() - from) / 1000;
  const [after, clientAfter] = [readProcess(pid), readProcess(process.pid)];
  const count = trips - tripsBefore;
  for (const socket of sockets) socket.destroy();
  server.kill();
  return [
    { name: 'bare TCP round trips', value: count / seconds, unit: 'round trips/s' },
    {
      name: 'CPU per round trip, client',
      value: ((clientAfter.cpuSeconds - clientBefore.cpuSeconds) * 1e6) / count,
      unit: 'us',
    },
    {
      name: 'CPU per round trip, server',
      value: ((after.cpuSeconds - before.cpuSeconds) * 1e6) / count,
      unit: 'us',
    },
  ];
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}
