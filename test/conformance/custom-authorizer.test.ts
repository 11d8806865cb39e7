import { iot, mqtt5 } from 'aws-iot-device-sdk-v2';
import { connect, connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { CustomAuthorizer } from '../../src/emulator/custom-authorizer.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { collectingLogger } from '../support/collecting-logger.ts';
import { allow, nextOf, policyText, startSecureEmulator, variable } from '../support/identity.ts';

/** Clients without a certificate, judged by what their CONNECT says (reference §9.1, ALPN `mqtt`). */

const clientId = 'pump-1';
const ownTopics = policyText(
  allow('iot:Connect', `client/${variable('iot:ClientId')}`),
  allow(['iot:Publish', 'iot:Receive'], `topic/$aws/things/${variable('iot:ClientId')}/jobs/*`),
);
const lock = {
  name: 'fleet',
  userName: 'bob',
  password: 'hunter2',
  tokenKey: 'ticket',
  token: 'one/two+three',
  signature: 'c2lnbmVk+w==',
};
const authorizer = CustomAuthorizer.parse({ ...lock, policyDocuments: [ownTopics] });

function userName({ name, userName: user, tokenKey, token, signature }: typeof lock): string {
  const query = new URLSearchParams({
    'x-amz-customauthorizer-name': name,
    'x-amz-customauthorizer-signature': signature,
    [tokenKey]: token,
  });
  return `${user}?${query}`;
}

const credentials = { username: userName(lock), password: lock.password };

async function startGuarded(overrides: Parameters<typeof startSecureEmulator>[0] = {}) {
  const { emulator, ca } = await startSecureEmulator({ authorizer, ...overrides });
  const enter = (options: IClientOptions = credentials) => connectCustom(emulator, ca, options);
  return { emulator, ca, enter };
}

async function connectCustom(
  { mqtts }: Emulator,
  ca: string,
  options: IClientOptions,
): Promise<MqttClient> {
  const client = await connectAsync(`mqtts://localhost:${mqtts?.port}`, {
    clientId,
    ca,
    ALPNProtocols: ['mqtt'],
    reconnectPeriod: 0,
    ...options,
  });
  client.on('error', () => undefined);
  onTestFinished(() => client.endAsync(true));
  return client;
}

it.each([4, 5] as const)('lets in who has it all, MQTT version %i', async (protocolVersion) => {
  const { enter } = await startGuarded();
  const client = await enter({ ...credentials, protocolVersion });
  const answered = nextOf(client, 'message');

  await client.publishAsync(`$aws/things/${clientId}/jobs/get`, '{}', { qos: 1 });

  expect((await answered)[0]).toBe(`$aws/things/${clientId}/jobs/get/rejected`);
});

it('the AWS IoT Device SDK comes in by it', async () => {
  const { emulator, ca } = await startGuarded();
  const builder = iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithCustomAuth(
    'localhost',
    {
      authorizerName: lock.name,
      username: lock.userName,
      password: Buffer.from(lock.password),
      tokenKeyName: lock.tokenKey,
      tokenValue: encodeURIComponent(lock.token),
      tokenSignature: lock.signature,
    },
  );
  builder.withCertificateAuthority(ca);
  builder.withPort(emulator.mqtts?.port ?? 0);
  builder.withConnectProperties({ clientId, keepAliveIntervalSeconds: 60 });
  const client = new mqtt5.Mqtt5Client(builder.build());
  const outcome = new Promise((resolve) => {
    client.once('connectionSuccess', () => resolve('connected'));
    client.once('connectionFailure', ({ error }) => resolve(error));
  });
  onTestFinished(async () => {
    const stopped = new Promise((resolve) => client.once('stopped', resolve));
    client.stop();
    await stopped;
    client.close();
  });

  client.start();

  expect(await outcome).toBe('connected');
});

it.each<[string, IClientOptions, string]>([
  ['no user name', {}, 'x-amz-customauthorizer-name'],
  [
    'another authorizer',
    { ...credentials, username: userName({ ...lock, name: 'other' }) },
    'x-amz-customauthorizer-name',
  ],
  [
    'another user name',
    { ...credentials, username: userName({ ...lock, userName: 'eve' }) },
    'the user name',
  ],
  ['another password', { ...credentials, password: 'guess' }, 'the password'],
  ['no password', { username: credentials.username }, 'the password'],
  ['another token', { ...credentials, username: userName({ ...lock, token: 'guess' }) }, 'ticket'],
  [
    'another signature',
    { ...credentials, username: userName({ ...lock, signature: 'guess' }) },
    'x-amz-customauthorizer-signature',
  ],
])('refuses %s, and logs no secret', async (_, options, at) => {
  const { log, entries } = collectingLogger();
  const { enter } = await startGuarded({ log });

  await expect(enter(options)).rejects.toMatchObject({ code: 7 });

  expect(entries('not authenticated')).toEqual([
    { clientId, reason: `${at} is not what the authorizer asks for` },
  ]);
});

it('its policies decide what a client may do', async () => {
  const { enter } = await startGuarded();
  const client = await enter();
  const closed = nextOf(client, 'close');

  client.publish('$aws/things/pump-2/jobs/get', '{}', { qos: 1 }, () => undefined);

  await closed;
});

it('does not open the way of certificates: without its ALPN a client needs one', async () => {
  const { emulator, ca } = await startGuarded();
  const options = { ...credentials, clientId, ca, reconnectPeriod: 0 };

  const client = connect(`mqtts://localhost:${emulator.mqtts?.port}`, options);

  onTestFinished(() => client.endAsync(true));
  client.on('error', () => undefined);
  await nextOf(client, 'close');
  expect(client.connected).toBe(false);
});

it('without an authorizer its ALPN leads nowhere', async () => {
  const { emulator, ca } = await startSecureEmulator();

  await expect(connectCustom(emulator, ca, credentials)).rejects.toThrow(/alert|protocol/);
});
