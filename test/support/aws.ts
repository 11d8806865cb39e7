import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { awsControlQuotas } from '../../src/protocol/quotas.ts';
import { startCli, temporaryFolder } from './cli.ts';

/** What an AWS path test talks to: an emulator that is as strict as AWS, and where a run keeps its secrets. */
export interface FakeAws {
  readonly http: string;
  readonly folder: string;
  readonly httpsPort: number;
  /** Overrides that lead `target: aws` there. */
  readonly settings: readonly string[];
  /** Of the process that runs against it. */
  readonly env: Readonly<Record<string, string>>;
  state(): Promise<AwsState>;
  /** How often each operation was asked for. */
  requests(): Promise<Readonly<Record<string, number>>>;
}

interface AwsState {
  readonly counts: Readonly<Record<string, number>>;
  readonly events: Readonly<Record<string, boolean>>;
  readonly [member: string]: unknown;
}

/** Nothing of a run: no thing, group, job, certificate, policy, attachment. */
export const nothing = {
  things: 0,
  groups: 0,
  jobs: 0,
  certificates: 0,
  policies: 0,
  thingPrincipals: 0,
  policyTargets: 0,
};

const accessKey = { id: 'AKIAFLEETRIGTEST', secret: 'fleetrig/test/secret/access/key/0123456789' };
export const secretAccessKey = accessKey.secret;

/** `fleetrig emulate`, strict everywhere, in a process of its own that ends with the test. */
export async function startFakeAws(quotas = 'aws', more: readonly string[] = []): Promise<FakeAws> {
  const folder = temporaryFolder();
  const ca = join(folder, 'ca.pem');
  const emulator = startCli([
    'emulate',
    ...['--port', '0', '--mqtt-port', '0', '--mqtts-port', '0', '--https-port', '0'],
    ...['--strict', '--quotas', quotas, '--ca-out', ca, '--json'],
    ...['--access-key', `${accessKey.id}:${accessKey.secret}`],
    ...more,
  ]);
  await emulator.saw(/"mqtts":\{[^}]*\}/);
  const ports = JSON.parse(emulator.stdout().split('\n')[0] ?? '') as Record<
    'http' | 'https' | 'mqtts',
    { readonly port: number }
  >;
  const http = `http://127.0.0.1:${ports.http.port}`;
  const admin = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${http}/_fleetrig/${path}`);
    return (await response.json()) as T;
  };
  const set = (path: string, value: unknown) => ['--set', `target.aws.${path}=${value}`];
  return {
    http,
    folder,
    httpsPort: ports.https.port,
    settings: [
      ...set('region', 'us-east-1'),
      ...set('endpoints.iot', http),
      ...set('endpoints.mqtt.host', 'localhost'),
      ...set('endpoints.mqtt.port', ports.mqtts.port),
      ...set('endpoints.events.host', 'localhost'),
      ...set('endpoints.events.port', ports.https.port),
      ...set('ca', ca),
    ],
    env: {
      AWS_ACCESS_KEY_ID: accessKey.id,
      AWS_SECRET_ACCESS_KEY: accessKey.secret,
      AWS_EC2_METADATA_DISABLED: 'true',
      FLEETRIG_STATE_DIR: join(folder, 'state'),
    },
    state: () => admin<AwsState>('state'),
    requests: async () => {
      const { requests } = await admin<{ requests: Record<string, Record<string, number>> }>(
        'stats',
      );
      return Object.fromEntries(
        Object.entries(requests).map(([operation, codes]) => [
          operation,
          Object.values(codes).reduce((sum, count) => sum + count, 0),
        ]),
      );
    },
  };
}

/** Every file below a folder, as bytes. */
export function filesBelow(folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path, readFileSync(path));
  }
  return files;
}

/** `fleetrig run` of the AWS scenario there, with the run folder of that name below its folder. */
export function runArgs(aws: FakeAws, runId: string, ...more: readonly string[]): string[] {
  const out = ['--out', aws.folder, '--run-id', runId, '--yes'];
  return ['run', 'test/e2e/aws.yaml', ...aws.settings, ...out, ...more];
}

/** A quota file with AWS's rates of the control plane, times a factor. */
export function scaledQuotas(factor: number, rates: Readonly<Record<string, number>> = {}): string {
  const path = join(temporaryFolder(), 'quotas.json');
  const control = Object.fromEntries(
    Object.entries(awsControlQuotas).map(([operation, rate]) => [operation, rate * factor]),
  );
  writeFileSync(path, JSON.stringify({ extends: 'aws', control, ...rates }));
  return path;
}
