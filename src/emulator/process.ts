/**
 * The entry of an emulator process, forked by `spawn-emulator.ts`. It never outlives its parent: the
 * end of the channel between them stops it. Ctrl-C and the SIGTERM of a CI job are the parent's to act on, so that an interrupted
 * run can still ask the service how things stand.
 */
import { AppError, messageOf } from '../base/errors.ts';
import { lineLogger } from '../base/log.ts';
import { type Step, takeStep } from '../base/standing.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import type { Address } from './listen.ts';
import type {
  EmulatorOrder,
  EmulatorProcessOptions,
  EmulatorReport,
  SecureAddress,
} from './process-wire.ts';

const writeLine = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

let emulator: Emulator | undefined;

async function start(options: EmulatorProcessOptions): Promise<void> {
  try {
    emulator = await startEmulator({
      ...options,
      log: lineLogger(writeLine, options.logLevel ?? 'warn'),
      onFailed: crash,
    });
    const { http, mqtt, data } = emulator;
    const mqtts = await secureAddress(emulator.mqtts, emulator);
    const https = await secureAddress(emulator.https, emulator);
    report({
      type: 'ready',
      http,
      mqtt,
      ...(mqtts === undefined ? {} : { mqtts }),
      ...(https === undefined ? {} : { https }),
      ...(data === undefined ? {} : { data }),
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message, hint } = error;
    const failed = {
      type: 'failed',
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
    } as const;
    report(failed, () => process.exit(1));
  }
}

async function secureAddress(
  address: Address | undefined,
  { authority }: Emulator,
): Promise<SecureAddress | undefined> {
  if (address === undefined) return undefined;
  return { ...address, caPem: (await authority()).pems.certificatePem };
}

function step(order: Step): void {
  if (emulator === undefined) return;
  const { clock, traffic } = emulator;
  const standing = { party: 'the emulator', ...takeStep(clock, order), traffic: traffic.read() };
  report({ type: 'standing', standing });
}

async function stop(): Promise<void> {
  await emulator?.stop();
  process.exit(0);
}

function report(message: EmulatorReport, sent: () => void = () => undefined): void {
  process.send?.(message, sent);
}

function crash(error: unknown): void {
  const isFlaw = error instanceof Error && !(error instanceof AppError);
  const text = isFlaw ? (error.stack ?? error.message) : messageOf(error);
  writeLine(`emulator crashed: ${text.replaceAll(/\s*\n\s*/g, ' | ')}`);
  process.exit(1);
}

process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.once('disconnect', () => void stop());
process.on('message', (order: EmulatorOrder) => {
  if (order.type === 'step') step(order.step);
  else void (order.type === 'start' ? start(order.options) : stop());
});
