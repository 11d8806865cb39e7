import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { AppError, messageOf } from '../base/errors.ts';
import { lineLogger } from '../base/log.ts';
import type { Emulator, EmulatorSettings } from '../emulator/emulator.ts';
import type { Io } from './io.ts';
import { optionGroups } from './options.ts';
import { checkPort } from './ports.ts';

interface EmulateArgs {
  readonly host: string;
  readonly port: number;
  readonly 'mqtt-port': number;
  readonly 'mqtts-port': number | undefined;
  readonly 'https-port': number | undefined;
  readonly fronts: number;
  readonly 'host-name': string | undefined;
  readonly strict: boolean | undefined;
  readonly 'access-key': readonly string[];
  readonly authorizer: string | undefined;
  readonly 'ca-out': string | undefined;
  readonly 'data-port': number | undefined;
  readonly 'data-dir': string | undefined;
  readonly fsync: boolean;
  readonly scale: number | undefined;
  readonly 's3-dir': string | undefined;
  readonly quotas: string;
  readonly explain: boolean;
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
        .option('mqtts-port', {
          type: 'number',
          describe: 'MQTT over TLS: 8883, or any free port where --mqtt-port is 0',
        })
        .option('https-port', {
          type: 'number',
          describe: 'What --port serves, over TLS: not served unless set',
        })
        .option('fronts', {
          type: 'number',
          default: 0,
          describe: 'Processes to hold the clients of --mqtt-port, beyond the open files of one',
        })
        .option('host-name', {
          type: 'string',
          describe: 'Name of this machine, for its certificate and DescribeEndpoint',
        })
        .option('strict', {
          type: 'boolean',
          describe: 'Check identities, policies, signatures everywhere: over TLS only, unless set',
        })
        .option('access-key', {
          type: 'string',
          array: true,
          default: [] as readonly string[],
          describe: 'id:secret that may sign HTTP requests and WebSocket URLs in strict mode',
        })
        .option('authorizer', {
          type: 'string',
          describe: 'JSON file: a custom authorizer for MQTT over TLS without certificates',
        })
        .option('ca-out', {
          type: 'string',
          describe: 'Write the CA certificate for clients to trust here',
        })
        .option('data-port', { type: 'number', describe: 'Data plane on a port of its own too' })
        .option('data-dir', {
          type: 'string',
          describe: 'Keep everything in this directory, beyond the process',
        })
        .option('fsync', {
          type: 'boolean',
          default: false,
          describe: 'With --data-dir: answer when it is on the disk, not with the system',
        })
        .option('scale', {
          type: 'number',
          describe: 'Simulated seconds per second: 1, or what the data directory says',
        })
        .option('s3-dir', {
          type: 'string',
          describe: 'Folder of <bucket>/<key> files for documentSource and presigned URLs',
        })
        .option('quotas', {
          type: 'string',
          default: 'off',
          describe: "off, aws, or a JSON file: rates per simulated second, as AWS's",
        })
        .option('explain', {
          type: 'boolean',
          default: false,
          describe: 'Log why a request got a rejection or no answer, and what to do',
        })
        .option('json', { type: 'boolean', default: false, describe: 'Ports as one JSON line' })
        .option('verbose', { type: 'boolean', default: false, describe: 'Log what clients do' })
        .group(
          ['host', 'port', 'https-port', 'data-port', 'mqtt-port', 'mqtts-port', 'fronts'],
          'Listen:',
        )
        .group(['strict', 'access-key', 'authorizer', 'host-name', 'ca-out'], 'Identity:')
        .group(['data-dir', 'fsync', 's3-dir', 'quotas', 'scale'], 'Service:')
        .group(['explain', 'verbose', 'json'], optionGroups.output)
        .example('$0 emulate', 'on the usual ports, until Ctrl-C')
        .example('$0 emulate --port 0 --mqtt-port 0 --json', 'on free ports'),
    handler: async (args) => {
      checkArgs(args);
      settle(await emulate(args, io));
    },
  };
}

function checkArgs(args: EmulateArgs): void {
  checkPort('--port', args.port);
  checkPort('--mqtt-port', args['mqtt-port']);
  checkPort('--data-port', args['data-port']);
  checkPort('--mqtts-port', args['mqtts-port']);
  checkPort('--https-port', args['https-port']);
  const { scale = 1, fronts } = args;
  if (!Number.isInteger(fronts) || fronts < 0 || fronts > frontsMax) {
    throw new AppError('usage', `--fronts ${fronts}: not a whole number from 0 to ${frontsMax}`, {
      hint: 'each holds nearly as many clients as `ulimit -n` says',
    });
  }
  if (scale > 0 && scale <= 10_000) return;
  throw new AppError('usage', `--scale ${scale}: not above 0 and up to 10,000`, {
    hint: '60 makes a simulated minute of every second',
  });
}

/** More than that many processes help no machine. */
const frontsMax = 64;

/** Serves until a signal ends it, or a process of its own does. */
async function emulate(args: EmulateArgs, io: Io): Promise<number> {
  const { startEmulator } = await import('../emulator/emulator.ts');
  const { loadQuotas } = await import('../emulator/quota-profile.ts');
  const quotas = loadQuotas(quotaPath(args.quotas, io.cwd));
  const log = lineLogger((line) => io.stderr(`${line}\n`), args.verbose ? 'debug' : 'warn');
  let fail: (error: AppError) => void = () => undefined;
  const failed = new Promise<AppError>((resolve) => {
    fail = resolve;
  });
  const emulator = await startEmulator({
    host: args.host,
    httpPort: args.port,
    mqttPort: args['mqtt-port'],
    fronts: args.fronts,
    ...identitySettings(args),
    ...(await authorizerSetting(args, io)),
    ...(args['data-port'] === undefined ? {} : { dataPort: args['data-port'] }),
    seed: '1',
    ...(args['data-dir'] === undefined
      ? {}
      : { dataDir: resolve(io.cwd, args['data-dir']), fsync: args.fsync }),
    ...(args['s3-dir'] === undefined ? {} : { s3Dir: resolve(io.cwd, args['s3-dir']) }),
    ...(quotas === undefined ? {} : { quotas }),
    explain: args.explain,
    clock: args.scale === undefined ? {} : { scale: args.scale },
    log,
    onFailed: fail,
  });
  const { http, https, mqtt, mqtts, data } = emulator;
  const caOut = args['ca-out'];
  if (caOut !== undefined) await writeCa(emulator, resolve(io.cwd, caOut));
  let stopListening: () => void = () => undefined;
  const stopped = new Promise<undefined>((resolve) => {
    stopListening = io.onSignal(() => resolve(undefined));
  });
  if (args.json) io.stdout(`${JSON.stringify({ http, https, mqtt, mqtts, data })}\n`);
  else {
    const secure = [
      https === undefined ? '' : `, https://localhost:${https.port}`,
      mqtts === undefined ? '' : `, mqtts://localhost:${mqtts.port}`,
    ].join('');
    io.stderr(
      `AWS IoT Jobs emulator: http://${http.host}:${http.port}, mqtt://${mqtt.host}:${mqtt.port}${secure}; Ctrl-C ends it\n`,
    );
  }
  const failure = await Promise.race([stopped, failed]);
  stopListening();
  await emulator.stop();
  if (failure !== undefined) throw failure;
  return 0;
}

/** A name of a profile stays; a file is looked for where the user is. */
function quotaPath(profile: string, cwd: string): string {
  return profile === 'off' || profile === 'aws' ? profile : resolve(cwd, profile);
}

function identitySettings(args: EmulateArgs): Partial<EmulatorSettings> {
  const { strict, 'host-name': advertisedHost, 'access-key': accessKeys } = args;
  return {
    mqttsPort: args['mqtts-port'] ?? (args['mqtt-port'] === 0 ? 0 : 8883),
    ...(args['https-port'] === undefined ? {} : { httpsPort: args['https-port'] }),
    ...(strict === undefined ? {} : { strict }),
    ...(advertisedHost === undefined ? {} : { advertisedHost }),
    accessKeys: Object.fromEntries(accessKeys.map(parseAccessKey)),
  };
}

async function authorizerSetting(
  { authorizer }: EmulateArgs,
  { cwd }: Io,
): Promise<Pick<EmulatorSettings, 'authorizer'>> {
  if (authorizer === undefined) return {};
  const { loadAuthorizer } = await import('../emulator/custom-authorizer.ts');
  return { authorizer: loadAuthorizer(resolve(cwd, authorizer)) };
}

/** The secret is in no message: logs are kept. */
function parseAccessKey(text: string): [string, string] {
  const at = text.indexOf(':');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new AppError('usage', '--access-key takes an id and a secret', {
    hint: 'Write --access-key AKIDEXAMPLE:secret.',
  });
}

/** The CA's key stays with the emulator. */
async function writeCa(emulator: Emulator, file: string): Promise<void> {
  try {
    await writeFile(file, (await emulator.authority()).pems.certificatePem);
  } catch (error) {
    await emulator.stop();
    throw new AppError('setup', `cannot write the CA certificate: ${messageOf(error)}`, {
      hint: 'Name a file in a folder that exists with --ca-out.',
      cause: error,
    });
  }
}
