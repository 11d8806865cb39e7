import type { CommandModule } from 'yargs';
import { lineLogger } from '../base/log.ts';
import type { Io } from './io.ts';

interface EmulateArgs {
  readonly host: string;
  readonly port: number;
  readonly 'mqtt-port': number;
  readonly 'data-port': number | undefined;
  readonly scale: number;
  readonly json: boolean;
  readonly verbose: boolean;
}

export function emulateCommand(
  io: Io,
  settle: (exitCode: number) => void,
): CommandModule<object, EmulateArgs> {
  return {
    command: 'emulate',
    describe: 'Run the AWS IoT Jobs emulator alone, for any client',
    builder: (yargs) =>
      yargs
        .option('host', { type: 'string', default: '127.0.0.1', describe: 'Address to listen on' })
        .option('port', { type: 'number', default: 4566, describe: 'HTTP, both planes' })
        .option('mqtt-port', { type: 'number', default: 1883, describe: 'MQTT without TLS' })
        .option('data-port', { type: 'number', describe: 'Data plane on a port of its own too' })
        .option('scale', { type: 'number', default: 1, describe: 'Simulated seconds per second' })
        .option('json', { type: 'boolean', default: false, describe: 'Ports as one JSON line' })
        .option('verbose', { type: 'boolean', default: false, describe: 'Log what clients do' })
        .example('$0 emulate --port 0 --mqtt-port 0 --json', 'on free ports'),
    handler: async (args) => settle(await emulate(args, io)),
  };
}

/** Serves until a signal ends it. */
async function emulate(args: EmulateArgs, io: Io): Promise<number> {
  const { startEmulator } = await import('../emulator/emulator.ts');
  const log = lineLogger((line) => io.stderr(`${line}\n`), args.verbose ? 'debug' : 'warn');
  const emulator = await startEmulator({
    host: args.host,
    httpPort: args.port,
    mqttPort: args['mqtt-port'],
    ...(args['data-port'] === undefined ? {} : { dataPort: args['data-port'] }),
    seed: '1',
    clock: { scale: args.scale },
    log,
  });
  const { http, mqtt, data } = emulator;
  const stopped = new Promise<void>((resolve) => {
    const stopListening = io.onSignal(() => {
      stopListening();
      resolve();
    });
  });
  if (args.json) io.stdout(`${JSON.stringify({ http, mqtt, data })}\n`);
  else {
    io.stderr(
      `AWS IoT Jobs emulator: http://${http.host}:${http.port}, mqtt://${mqtt.host}:${mqtt.port}; Ctrl-C ends it\n`,
    );
  }
  await stopped;
  await emulator.stop();
  return 0;
}
