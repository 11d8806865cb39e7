import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { entryBeside } from '../base/entry.ts';
import { messageOf } from '../base/errors.ts';
import type { Standing } from '../base/standing.ts';
import type { TracedMessage } from './tracer.ts';
import type { AgentOrder, Delta, WorkerReport } from './wire.ts';

/** What a worker thread is started with. */
export interface WorkerTask {
  readonly port: MessagePort;
  readonly agent: number;
  readonly worker: number;
}

export interface PoolHandlers {
  /** Every worker waits for its `start`. */
  onReady(): void;
  onDelta(delta: Delta): void;
  onTrace(messages: readonly TracedMessage[]): void;
  onStanding(standing: Standing): void;
  /** Every worker has stopped and its last delta is in. */
  onStopped(): void;
  /** A worker crashed. */
  onFailed(message: string): void;
}

/** The worker threads of one agent, each running one Piscina task for as long as the agent lives. */
export class WorkerPool {
  readonly #handlers: PoolHandlers;
  readonly #piscina: Piscina<WorkerTask, void>;
  readonly #ports: MessagePort[] = [];
  #starting: number;
  #running: number;

  constructor(agent: number, workers: number, handlers: PoolHandlers) {
    const { file, execArgv } = entryBeside(import.meta.url, 'worker');
    this.#handlers = handlers;
    this.#starting = workers;
    this.#running = workers;
    this.#piscina = new Piscina({
      filename: file,
      execArgv: [...execArgv],
      minThreads: workers,
      maxThreads: workers,
    });
    for (let worker = 0; worker < workers; worker++) this.#run(agent, worker);
  }

  order(order: AgentOrder): void {
    for (const port of this.#ports) port.postMessage(order);
  }

  #run(agent: number, worker: number): void {
    const { port1: port, port2 } = new MessageChannel();
    port.on('message', (report: WorkerReport) => this.#handle(report));
    this.#ports.push(port);
    this.#piscina
      .run({ port: port2, agent, worker }, { transferList: [port2] })
      .catch((error: unknown) =>
        this.#handlers.onFailed(`worker ${worker} of agent ${agent} crashed: ${messageOf(error)}`),
      );
  }

  #handle(report: WorkerReport): void {
    switch (report.type) {
      case 'ready':
        this.#starting--;
        if (this.#starting === 0) this.#handlers.onReady();
        break;
      case 'delta':
        this.#handlers.onDelta(report.delta);
        break;
      case 'trace':
        this.#handlers.onTrace(report.messages);
        break;
      case 'standing':
        this.#handlers.onStanding(report.standing);
        break;
      // The end of a task may be heard of before its last delta, so this message is what counts.
      case 'stopped':
        this.#running--;
        if (this.#running === 0) this.#close();
        break;
    }
  }

  #close(): void {
    for (const port of this.#ports) port.close();
    void this.#piscina.destroy();
    this.#handlers.onStopped();
  }
}
