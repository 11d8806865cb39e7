import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { entryBeside } from '../base/entry.ts';
import type { Standing } from '../base/standing.ts';
import type { TracedMessage } from './tracer.ts';
import type { AgentOrder, AgentReport, Delta } from './wire.ts';

export interface AgentHandlers {
  /** Its workers are up. */
  onReady(): void;
  onDelta(delta: Delta): void;
  onTrace(messages: readonly TracedMessage[]): void;
  onStanding(standing: Standing): void;
  /** It or a worker of it crashed; it is gone or about to go. */
  onFailed(message: string): void;
}

/** One agent process on this machine, as its coordinator sees it. */
export class AgentHandle {
  /** Resolves when the process has ended and every report of it is in. */
  readonly gone: Promise<void>;
  readonly #child: ChildProcess;
  readonly #handlers: AgentHandlers;
  /** Whether the end of the process needs no telling any more. */
  #hasTold = false;

  constructor(agent: number, workers: number, handlers: AgentHandlers) {
    const { file, execArgv } = entryBeside(import.meta.url, 'agent-process');
    // Its stdout is not ours to write results to.
    const stdio = ['ignore', 2, 2, 'ipc'] as const;
    this.#handlers = handlers;
    this.#child = fork(file, { execArgv: [...execArgv], stdio: [...stdio] });
    this.#child.on('message', (report: AgentReport) => this.#hear(report));
    this.gone = this.#watchEnd(agent);
    this.send({ type: 'prepare', agent, workers });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(order: AgentOrder): void {
    // The callback swallows the error of a process that has just ended: its end is told below.
    if (this.#child.connected) this.#child.send(order, () => undefined);
  }

  kill(): void {
    this.#hasTold = true;
    this.#child.kill('SIGKILL');
  }

  #hear(report: AgentReport): void {
    switch (report.type) {
      case 'ready':
        this.#handlers.onReady();
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
      case 'stopped':
        this.#hasTold = true;
        break;
      case 'failed':
        this.#fail(report.message);
        break;
    }
  }

  #fail(message: string): void {
    if (this.#hasTold) return;
    this.#hasTold = true;
    this.#handlers.onFailed(message);
  }

  /** An exit may be heard of before the last messages; these are in when the channel closes. */
  async #watchEnd(agent: number): Promise<void> {
    try {
      await Promise.all([once(this.#child, 'exit'), once(this.#child, 'disconnect')]);
      const { exitCode, signalCode } = this.#child;
      this.#fail(`agent ${agent} ended unexpectedly (${signalCode ?? `exit code ${exitCode}`})`);
    } catch (error) {
      this.#fail(`agent ${agent} did not start: ${(error as Error).message}`);
    }
  }
}
