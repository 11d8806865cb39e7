import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { SteerableClock } from '../base/clock.ts';
import { entryBeside } from '../base/entry.ts';
import { AppError } from '../base/errors.ts';
import type { Address } from './listen.ts';
import type { EmulatorOrder, EmulatorProcessOptions, EmulatorReport } from './process-wire.ts';

/** An emulator in a process of its own. */
export interface EmulatorProcess {
  readonly http: Address;
  readonly mqtt: Address;
  readonly data?: Address;
  readonly pid: number;
  /** Settles when the process has ended, wanted or not. Never rejects. */
  readonly exited: Promise<EmulatorExit>;
  /** Asks it to stop, kills it when it does not within some seconds; settles once it is gone. */
  stop(): Promise<EmulatorExit>;
}

interface EmulatorExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const stopGraceMs = 5000;

/** Starts an emulator process and waits until it listens. Its log goes to our stderr. */
export async function spawnEmulator(options: EmulatorProcessOptions): Promise<EmulatorProcess> {
  const { file, execArgv } = entryBeside(import.meta.url, 'process');
  const child = fork(file, {
    execArgv: [...execArgv],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = new Promise<EmulatorExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  send(child, { type: 'start', options });
  const report = await Promise.race([once(child, 'message'), exited]);
  if (!Array.isArray(report)) {
    throw new AppError(
      'internal',
      `the emulator process ended before it was ready (${exitText(report)})`,
    );
  }
  const answer: EmulatorReport = report[0];
  if (answer.type === 'failed') {
    await exited;
    const { code, message, hint } = answer;
    throw new AppError(code, message, hint === undefined ? {} : { hint });
  }
  const { http, mqtt, data } = answer;
  return {
    http,
    mqtt,
    ...(data === undefined ? {} : { data }),
    pid: child.pid ?? 0,
    exited,
    stop: () => stop(child, exited),
  };
}

function stop(child: ChildProcess, exited: Promise<EmulatorExit>): Promise<EmulatorExit> {
  send(child, { type: 'stop' });
  const clock = new SteerableClock();
  clock.schedule(clock.now() + stopGraceMs, () => child.kill('SIGKILL'));
  void exited.then(() => clock.stop());
  return exited;
}

function send(child: ChildProcess, order: EmulatorOrder): void {
  // A process that ended meanwhile cannot be told anything; `exited` reports that.
  if (child.connected) child.send(order, () => undefined);
}

function exitText({ code, signal }: EmulatorExit): string {
  return signal === null ? `exit code ${code}` : `killed by ${signal}`;
}
