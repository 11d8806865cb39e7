import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SteerableClock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { tellFileProblem } from '../base/file-problem.ts';
import { accountRates } from '../cloud/account-rates.ts';
import { ApiBudget } from '../cloud/api-budget.ts';
import { type AwsAccess, describeEndpoint, openAccount } from '../cloud/aws-client.ts';
import { describeJobEvents, jobEventTypes } from '../cloud/event-configuration.ts';
import { IdentityStore } from '../cloud/identity-store.ts';
import { openProvisioner } from '../cloud/provisioner.ts';
import { planResources } from '../cloud/resource-plan.ts';
import { wireNames } from '../cloud/wire-names.ts';
import { type AuthorizerLogin, customAuthorizerAccess } from '../fleet/custom-authorizer.ts';
import type { Access, Endpoint } from '../fleet/link.ts';
import { connectionProblem } from '../fleet/link-kinds.ts';
import type { AwsTarget } from '../scenario/plan.ts';
import { AwsRegistrar } from './aws-registrar.ts';
import type { CloudSettings } from './cloud-facts.ts';
import { clockSettingOf } from './run-clock.ts';
import { openJournal } from './run-journal.ts';
import type { EventSource, World, WorldRequest } from './world.ts';

/** Opens an account of AWS, or of an emulator in its place, and makes nothing there yet. Throws AppError. */
export async function openAwsWorld(
  { plan, runId, runFolder, startedAt, cloud, signal }: WorldRequest,
  target: AwsTarget,
): Promise<World> {
  const rates = accountRates(target.quotas, cloud.scenarioDir);
  const budget = new ApiBudget(rates.control);
  const clock = new SteerableClock();
  const caPem = await readCa(cloud.caFile ?? target.ca, cloud.scenarioDir);
  const access = await openAccount(target, { budget, clock, caPem });
  const { iot, region } = access;
  const mqtt = await endpointOf(target, access, caPem, cloud.env);
  const problem = connectionProblem(plan.client, mqtt);
  if (problem !== undefined) throw new AppError('setup', problem.message, { hint: problem.hint });
  const dataHost = target.endpoints.mqtt === undefined ? mqtt.host : undefined;
  const journal = await openJournal({
    ...{ runId, runFolder, startedAt },
    ...{ region, dataHost, target, cloud },
  });
  const names = wireNames({
    prefix: journal.header.prefix,
    hasOwnThings: target.things === 'create',
    hasOwnGroups: target.group === 'create',
  });
  const provisioner = openProvisioner({
    iot,
    journal,
    store: IdentityStore.of(cloud.env, names.prefix),
    plan: planResources(plan, target, names, runId, cloud.scenarioDir),
    clock,
    signal,
  });
  return {
    iot,
    admin: undefined,
    step: undefined,
    pid: undefined,
    mqtt,
    http: target.endpoints.iot ?? `https://iot.${region}.amazonaws.com`,
    region,
    names,
    registrar: new AwsRegistrar({ provisioner, names, runId, cloud }),
    credentials: target.connect === 'websocket' ? access.credentials : undefined,
    apiUsage: () => budget.usage(),
    rates: rates.devices,
    events: eventSource(target, mqtt, access),
    looksPerSecond: rates.control['DescribeJob'],
    clockSetting: clockSettingOf(plan),
    close: async () => {
      iot.destroy();
      clock.stop();
      await journal.close();
    },
  };
}

/** On a connection of its own: signed, so that it takes no certificate and no policy. */
function eventSource(
  { events, endpoints }: AwsTarget,
  { host, tls }: Endpoint,
  { iot, region, credentials }: AwsAccess,
): EventSource | undefined {
  if (events === 'off') return undefined;
  const place = endpoints.events ?? { host, port: undefined };
  return {
    endpoint: {
      host: place.host,
      port: place.port ?? defaultPorts.websocket,
      tls: { ...tls, servername: place.host },
      access: { kind: 'sigv4', region },
    },
    credentials,
    off: async () => {
      // What has just been switched on need not be asked for.
      if (events === 'enable') return [];
      const isOn = await describeJobEvents(iot);
      return jobEventTypes.filter((type) => !isOn[type]);
    },
  };
}

const defaultPorts = { mtls: 8883, 'mtls-443': 443, custom: 443, websocket: 443 } as const;

/** Where the things connect, and how. Throws AppError `setup` when AWS or the environment does not tell. */
export async function endpointOf(
  target: AwsTarget,
  { iot, region }: AwsAccess,
  caPem: string | undefined,
  env: CloudSettings['env'],
): Promise<Endpoint> {
  const { host, port } = target.endpoints.mqtt ?? (await describeEndpoint(iot, 'iot:Data-ATS'));
  return {
    host,
    port: port ?? defaultPorts[target.connect],
    tls: { servername: host, ...(caPem === undefined ? {} : { caPem }) },
    access: accessOf(target, region, env),
  };
}

function accessOf(
  { connect, authorizer }: AwsTarget,
  region: string,
  env: CloudSettings['env'],
): Access {
  switch (connect) {
    case 'mtls':
      return { kind: 'certificate' };
    case 'mtls-443':
      return { kind: 'certificate', alpn: 'x-amzn-mqtt-ca' };
    case 'websocket':
      return { kind: 'sigv4', region };
    case 'custom':
      return customAuthorizerAccess(loginOf(authorizer ?? { name: '' }, env));
  }
}

type Authorizer = NonNullable<AwsTarget['authorizer']>;

/** What a custom authorizer is told, with its secrets. */
function loginOf(
  { name, userName, password, tokenKey: key, token, signature }: Authorizer,
  env: CloudSettings['env'],
): AuthorizerLogin {
  return {
    name,
    userName,
    password: password && secretOf(password, env),
    token:
      key === undefined || token === undefined
        ? undefined
        : { key, value: secretOf(token, env), signature: signature && secretOf(signature, env) },
  };
}

/** `$NAME` of the environment. */
function secretOf(reference: string, env: CloudSettings['env']): string {
  const value = env[reference.slice(1)];
  if (value !== undefined && value !== '') return value;
  throw new AppError('setup', `${reference} is not set`, {
    hint: 'the scenario names it as a secret of the authorizer: set it in the environment',
  });
}

/** The PEM of `target.aws.ca`; undefined where it is not set. Throws AppError `setup`. */
export async function readCa(
  ca: string | undefined,
  scenarioDir: string,
): Promise<string | undefined> {
  if (ca === undefined) return undefined;
  const path = resolve(scenarioDir, ca);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('setup', `cannot read the authority ${path}: ${tellFileProblem(cause)}`, {
      hint: 'name a PEM file with --ca or as target.aws.ca, or leave it out',
      cause,
    });
  }
}
