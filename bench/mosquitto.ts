import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entryBeside } from '../src/base/entry.ts';
import { until } from './rig.ts';

/** A broker that is not ours, as the system installed it. */
export interface Mosquitto {
  readonly port: number;
  readonly pid: number;
  close(): Promise<void>;
}

/** Connections that may be under way at once: it listens with a backlog of 100. */
export const mosquittoInFlight = 100;

export function hasMosquitto(): boolean {
  return spawnSync('mosquitto', ['-h'], { stdio: 'ignore' }).error === undefined;
}

/** On loopback, without limits of its own to what it queues. */
export async function startMosquitto(): Promise<Mosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'fleetrig-mosquitto-'));
  const port = await freePort();
  const config = join(folder, 'mosquitto.conf');
  const lines = [
    `listener ${port} 127.0.0.1`,
    ...['allow_anonymous true', 'persistence false', 'set_tcp_nodelay true', 'log_type error'],
    ...['max_inflight_messages 0', 'max_queued_messages 0'],
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const child = spawn('mosquitto', ['-c', config], { stdio: ['ignore', 'ignore', 'inherit'] });
  await until('mosquitto', 10, () => accepts(port));
  return {
    port,
    pid: child.pid ?? 0,
    close: async () => {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The minimal Jobs backend, connected and ready. */
export async function startBackend(port: number, jobs: number): Promise<ChildProcess> {
  const { file, execArgv } = entryBeside(import.meta.url, 'minimal-backend');
  const child = fork(file, [String(port), String(jobs)], { execArgv: [...execArgv] });
  await once(child, 'message');
  return child;
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  return isOpen;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
