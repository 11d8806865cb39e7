import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateKeysAndCertificateCommand,
  CreatePolicyCommand,
  CreateThingCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { defaultAccount } from '../../src/protocol/names.ts';
import { controlClient, startTestEmulator } from './emulator.ts';

export interface Identity {
  readonly certificateArn: string;
  readonly certificateId: string;
  readonly certificatePem: string;
  readonly privateKey: string;
}

const { region, accountId } = defaultAccount;
const arnPrefix = `arn:aws:iot:${region}:${accountId}:`;

/** What AWS's guides give to a device: itself and its own jobs. */
export const ownJobsPolicy = policyText(
  allow('iot:Connect', `client/${variable('iot:Connection.Thing.ThingName')}`),
  allow(
    ['iot:Publish', 'iot:Receive'],
    `topic/$aws/things/${variable('iot:Connection.Thing.ThingName')}/jobs/*`,
  ),
  allow(
    'iot:Subscribe',
    `topicfilter/$aws/things/${variable('iot:Connection.Thing.ThingName')}/jobs/*`,
  ),
);

export function variable(name: string): string {
  return `\${${name}}`;
}

export function allow(action: string | string[], ...resources: string[]) {
  return {
    Effect: 'Allow',
    Action: action,
    Resource: resources.map((resource) => (resource === '*' ? '*' : `${arnPrefix}${resource}`)),
  };
}

export function policyText(...statements: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** An emulator with TLS, strict as it is by default there. */
export async function startSecureEmulator(overrides: Parameters<typeof startTestEmulator>[0] = {}) {
  const emulator = await startTestEmulator({ mqttsPort: 0, ...overrides });
  const { pems } = await emulator.authority();
  return { emulator, control: controlClient(emulator), ca: pems.certificatePem };
}

export async function createIdentity(control: IoTClient, setAsActive = true): Promise<Identity> {
  const made = await control.send(new CreateKeysAndCertificateCommand({ setAsActive }));
  const { certificateArn = '', certificateId = '', certificatePem = '', keyPair = {} } = made;
  return { certificateArn, certificateId, certificatePem, privateKey: keyPair.PrivateKey ?? '' };
}

/** A thing with a certificate and a policy of its own. */
export async function createDevice(
  control: IoTClient,
  thingName: string,
  policyDocument: string,
): Promise<Identity> {
  const identity = await createIdentity(control);
  const { certificateArn: principal } = identity;
  const policyName = `${thingName}-policy`;
  await control.send(new CreateThingCommand({ thingName }));
  await control.send(new AttachThingPrincipalCommand({ thingName, principal }));
  await control.send(new CreatePolicyCommand({ policyName, policyDocument }));
  await control.send(new AttachPolicyCommand({ policyName, target: principal }));
  return identity;
}

/** MQTT.js over TLS, as a device would connect. */
export async function connectTls(
  { mqtts }: Emulator,
  ca: string,
  { certificatePem, privateKey }: Pick<Identity, 'certificatePem' | 'privateKey'>,
  clientId: string,
  options: IClientOptions = {},
): Promise<MqttClient> {
  const client = await connectAsync(`mqtts://localhost:${mqtts?.port}`, {
    clientId,
    ca,
    cert: certificatePem,
    key: privateKey,
    reconnectPeriod: 0,
    ...options,
  });
  // An end that a test provokes is told by 'close'.
  client.on('error', () => undefined);
  onTestFinished(() => client.endAsync(true));
  return client;
}

/** What the client tells with its next event of that name. */
export function nextOf(
  client: MqttClient,
  event: 'close' | 'disconnect' | 'message',
): Promise<readonly unknown[]> {
  return new Promise((resolve) => {
    client.once(event, (...told: unknown[]) => resolve(told));
  });
}
