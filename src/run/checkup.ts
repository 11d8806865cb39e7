import { constants, existsSync } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { Millis } from '../base/clock.ts';
import { probeClock } from '../base/clock-probe.ts';
import { messageOf } from '../base/errors.ts';
import { readMachineLimits } from '../fleet/preflight.ts';
import type { Plan } from '../scenario/plan.ts';
import { type Check, checkMachine } from './checkup-machine.ts';
import { checkEndpoint, checkPorts, type WantedPort } from './checkup-network.ts';

export interface CheckupRequest {
  /** Without one, everything is looked at that any scenario might need. */
  readonly plan: Plan | undefined;
  /** Absolute: parent of the run folders. */
  readonly outDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** What the scenario's paths are relative to. */
  readonly scenarioDir: string;
}

/** Looks at this machine and at the target, and changes nothing. */
export async function examine(request: CheckupRequest): Promise<Check[]> {
  const { plan, outDir } = request;
  const clock = await probeClock();
  const facts = {
    node: process.versions.node,
    processors: availableParallelism(),
    memoryBytes: process.availableMemory(),
    limits: readMachineLimits(),
    clock,
  };
  const target = plan?.target;
  return [
    ...checkMachine(facts, plan),
    await checkFolder(outDir),
    ...(await checkPorts(plan === undefined ? [...emulatorPorts, metricsPort] : [metricsPort])),
    ...(target?.kind === 'endpoint' ? await checkEndpoint(target, clock.wallAt) : []),
    ...(await checkAccount(request, clock.wallAt)),
  ];
}

/** Of AWS nothing is asked but for a scenario that runs there. */
async function checkAccount(
  { plan, env, home, scenarioDir }: CheckupRequest,
  now: Millis,
): Promise<Check[]> {
  const source = credentialSourceOf(env, home);
  if (plan?.target.kind !== 'aws') return [tellCredentials(source)];
  // The AWS SDK is heavy.
  const { checkAws } = await import('./checkup-aws.ts');
  const settings = { isKept: false, reuseFrom: undefined, scenarioDir, env };
  return checkAws({ plan, target: plan.target, settings, credentialSource: source, now });
}

const emulatorPorts: readonly WantedPort[] = [
  { port: 4566, purpose: 'HTTP of fleetrig emulate', fix: 'choose another with --port' },
  { port: 1883, purpose: 'MQTT', fix: 'choose another with --mqtt-port' },
  { port: 8883, purpose: 'MQTT over TLS', fix: 'choose another with --mqtts-port' },
];

const metricsPort: WantedPort = {
  port: 9464,
  purpose: 'usual for --metrics-port',
  fix: 'give --metrics-port another, and Prometheus too',
};

/** A report with its latency files is a few megabytes; one of a great fleet more. */
const diskBytesMin = 200e6;

async function checkFolder(outDir: string): Promise<Check> {
  const topic = 'reports';
  const folder = nearestExisting(outDir);
  try {
    if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is a file`);
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const free = `${Math.round((bavail * bsize) / 1e6)} MB free`;
    if (bavail * bsize < diskBytesMin) {
      return { topic, level: 'warning', message: `${outDir}: ${free}`, fix: 'make room' };
    }
    return { topic, level: 'ok', message: `${outDir} can be written to, ${free}` };
  } catch (error) {
    return {
      topic,
      level: 'missing',
      message: `cannot write to ${outDir}: ${messageOf(error)}`,
      fix: 'choose another folder with --out or FLEETRIG_OUT',
    };
  }
}

function nearestExisting(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder
    ? folder
    : nearestExisting(dirname(folder));
}

/** Where the AWS SDK would find some: which it is, never what is in it. */
const credentialVariables = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
];

function credentialSourceOf(env: CheckupRequest['env'], home: string): string | undefined {
  const variable = credentialVariables.find((name) => env[name]);
  const file = env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws', 'credentials');
  return variable ?? (existsSync(file) ? file : undefined);
}

function tellCredentials(source: string | undefined): Check {
  const found = source === undefined ? 'no credentials' : `credentials by ${source}`;
  return {
    topic: 'AWS',
    level: 'ok',
    message: `${found}; not needed: only target: aws uses them, an emulator takes any`,
  };
}
