import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { SteerableClock } from '../base/clock.ts';
import { entryBeside } from '../base/entry.ts';
import { AppError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { ownFiles, readOpenFiles } from '../base/open-files.ts';
import { FrontLink, type OnClient } from './front-link.ts';
import { type FrontOrder, type FrontReport, linkDescriptor } from './front-wire.ts';
import { type Address, listen } from './listen.ts';

export interface FrontsOptions {
  readonly count: number;
  /** Of each front; what its process can hold when not set. Surplus is held by our own process. */
  readonly connectionsMax?: number;
  readonly log: Logger;
  readonly onClient: OnClient;
  /** A front ended by itself; its clients are gone. */
  onFailed(error: AppError): void;
}

/** Processes that share one listening port and hold the sockets of all who connect there. */
export interface Fronts {
  readonly address: Address;
  readonly pids: readonly number[];
  /** Takes no more connections. */
  stop(): void;
  /** Ends the processes; resolves when they are gone. */
  close(): Promise<void>;
}

/** Wall milliseconds that a front may take to end. */
const stopGraceMs = 5000;

/** Starts the fronts, binds the port and hands it to them. */
export async function listenThroughFronts(
  address: Address,
  options: FrontsOptions,
): Promise<Fronts> {
  const { count, log, onClient, connectionsMax = roomOfFront() } = options;
  const fronts = Array.from({ length: count }, () => new FrontHandle(options));
  const close = async () => {
    await Promise.all(fronts.map((front) => front.end()));
  };
  // Until the fronts have it, connections are our own.
  const server = createServer({ noDelay: true }, (socket) =>
    onClient(socket, socket.remoteAddress),
  );
  try {
    await Promise.all(fronts.map((front) => front.heard('ready')));
    const bound = await listen(server, address, 'MQTT');
    server.on('error', (error) => log.error('accept failed', { error: messageOf(error) }));
    await Promise.all(fronts.map((front) => front.listen(server, connectionsMax)));
    server.close();
    return {
      address: bound,
      pids: fronts.flatMap(({ pid }) => pid ?? []),
      stop: () => {
        for (const front of fronts) front.send({ type: 'stop' });
      },
      close,
    };
  } catch (error) {
    server.close();
    await close();
    throw error;
  }
}

/** Leaves room for surplus on its way to us. Finite: it goes over the channel as JSON. */
function roomOfFront(): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(1, readOpenFiles() - 2 * ownFiles));
}

/** One front's process, as the engine's sees it. */
class FrontHandle {
  readonly #child: ChildProcess;
  readonly #link: FrontLink;
  readonly #exited: Promise<void>;
  #phase: 'starting' | 'up' | 'ending' = 'starting';

  constructor({ onClient, onFailed }: FrontsOptions) {
    const { file, execArgv } = entryBeside(import.meta.url, 'front-process');
    const stdio = ['ignore', 'ignore', 'inherit', 'ipc', 'pipe'] as const;
    this.#child = fork(file, { execArgv: [...execArgv], stdio: [...stdio] });
    const link = this.#child.stdio[linkDescriptor];
    if (!(link instanceof Duplex)) throw new Error('a pipe to a child process is a duplex stream');
    this.#link = new FrontLink(link, onClient);
    this.#child.on('message', (report: FrontReport, socket: unknown) => {
      // The client may have gone on the way.
      if (report.type === 'surplus' && socket instanceof Socket) {
        onClient(socket.setNoDelay(true), socket.remoteAddress);
      }
    });
    this.#exited = new Promise((resolve) => {
      // It could not be started: whoever waits to hear of it hears this.
      this.#child.once('error', () => resolve());
      this.#child.once('exit', (code, signal) => {
        resolve();
        if (this.#phase === 'up') onFailed(endedError(code, signal));
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Throws when the process ends instead. */
  async heard(type: FrontReport['type']): Promise<void> {
    const ended = this.#exited.then(() => {
      throw new AppError('internal', 'a front of the emulator ended before it was ready');
    });
    for (;;) {
      const [report] = await Promise.race([once(this.#child, 'message'), ended]);
      if ((report as FrontReport).type === type) return;
    }
  }

  async listen(server: Server, connectionsMax: number): Promise<void> {
    const listening = this.heard('listening');
    this.send({ type: 'listen', connectionsMax }, server);
    await listening;
    this.#phase = 'up';
  }

  send(order: FrontOrder, server?: Server): void {
    // A process that has just ended cannot be told anything; its end is told by itself.
    if (this.#child.connected) this.#child.send(order, server, {}, () => undefined);
  }

  async end(): Promise<void> {
    this.#phase = 'ending';
    this.#link.end();
    const clock = new SteerableClock();
    clock.schedule(clock.now() + stopGraceMs, () => this.#child.kill('SIGKILL'));
    await this.#exited;
    clock.stop();
  }
}

function endedError(code: number | null, signal: NodeJS.Signals | null): AppError {
  return new AppError(
    'internal',
    `a front of the emulator ended unexpectedly (${signal ?? `exit code ${code}`})`,
  );
}
