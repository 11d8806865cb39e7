import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { SteerableClock } from '../base/clock.ts';
import { entryBeside } from '../base/entry.ts';
import { AppError } from '../base/errors.ts';
import type { Standing, Step } from '../base/standing.ts';
import type { Address } from './listen.ts';
import type {
  EmulatorOrder,
  EmulatorProcessOptions,
  EmulatorReport,
  SecureAddress,
} from './process-wire.ts';

/** An emulator in a process of its own. */
export interface EmulatorProcess {
  readonly http: Address;
  readonly mqtt: Address;
  /** When asked for by `mqttsPort`. */
  readonly mqtts?: SecureAddress;
  /** When asked for by `httpsPort`. */
  readonly https?: SecureAddress;
  readonly data?: Address;
  readonly pid: number;
  /** Settles when the process has ended, wanted or not. Never rejects. */
  readonly exited: Promise<EmulatorExit>;
  /** Simulated time goes by steps from now on. One at a time; unanswered when the process ends. */
  step(step: Step): Promise<Standing>;
  /** Asks it to stop, kills it when it does not within some seconds; settles once it is gone. */
  stop(): Promise<EmulatorExit>;
}

interface EmulatorExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Half of what V8 takes for young objects: at 10,000 connections 1.1 KB less for each, and no more CPU
 * for an execution (132 us against 135, within the noise).
 */
const memoryFlags = ['--max-semi-space-size=8'];

const stopGraceMs = 5000;

/** Starts an emulator process and waits until it listens. Its log goes to our stderr. */
export async function spawnEmulator(options: EmulatorProcessOptions): Promise<EmulatorProcess> {
  const { file, execArgv } = entryBeside(import.meta.url, 'process');
  const child = fork(file, {
    execArgv: [...execArgv, ...memoryFlags],
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
  assert.ok(answer.type === 'ready', 'an emulator process is ready before all else');
  const { http, mqtt, mqtts, https, data } = answer;
  return {
    http,
    mqtt,
    ...(mqtts === undefined ? {} : { mqtts }),
    ...(https === undefined ? {} : { https }),
    ...(data === undefined ? {} : { data }),
    pid: child.pid ?? 0,
    exited,
    step: (step) => takeStep(child, step),
    stop: () => stop(child, exited),
  };
}

async function takeStep(child: ChildProcess, step: Step): Promise<Standing> {
  const answer = once(child, 'message');
  send(child, { type: 'step', step });
  const [report] = (await answer) as [EmulatorReport];
  assert.ok(report.type === 'standing', 'an emulator process that is up reports its standing only');
  return report.standing;
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
