import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { connect as connectTlsSocket, type TLSSocket } from 'node:tls';
import {
  AddThingToThingGroupCommand,
  AttachPolicyCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DetachPolicyCommand,
} from '@aws-sdk/client-iot';
import { mqtt } from 'aws-iot-device-sdk-v2';
import { connectAsync, type MqttClient } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { Dialect } from '../../src/protocol/dialect.ts';
import { temporaryFolder } from '../support/cli.ts';
import { collectingLogger } from '../support/collecting-logger.ts';
import { connectSdk5, connectSdk311 } from '../support/device-sdk.ts';
import {
  allow,
  connectTls,
  createDevice,
  createIdentity,
  type Identity,
  nextOf,
  ownJobsPolicy,
  policyText,
  startSecureEmulator,
  variable,
} from '../support/identity.ts';

/** Mutual TLS and the enforcement of policies, with real clients (reference §9.1, §9.3). */

const thingName = 'pump-1';
const jobs = `$aws/things/${thingName}/jobs`;
it.each([
  ['3.1.1', connectSdk311],
  ['5', connectSdk5],
])('AWS IoT Device SDK v2 asks for its jobs over mTLS, MQTT %s', async (_, connect) => {
  const { emulator, control, ca } = await startSecureEmulator();
  const identity = await createDevice(control, thingName, ownJobsPolicy);

  const address = emulator.mqtts ?? { host: '', port: 0 };
  const device = await connect(thingName, address, { ca, identity });

  const answer = await device.jobs.getPendingJobExecutions({ thingName });
  expect(answer).toMatchObject({ queuedJobs: [], inProgressJobs: [] });
  const { AtLeastOnce } = mqtt.QoS;
  const older = new Promise((resolve) => {
    device.olderJobs
      .subscribeToGetPendingJobExecutionsAccepted({ thingName }, AtLeastOnce, (_error, response) =>
        resolve(response),
      )
      .then(() => device.olderJobs.publishGetPendingJobExecutions({ thingName }, AtLeastOnce));
  });
  expect(await older).toMatchObject({ queuedJobs: [], inProgressJobs: [] });
});

it.each([4, 5] as const)('MQTT.js talks over mTLS, MQTT version %i', async (protocolVersion) => {
  const { emulator, control, ca } = await startSecureEmulator();
  const identity = await createDevice(control, thingName, ownJobsPolicy);
  const client = await connectTls(emulator, ca, identity, thingName, { protocolVersion });
  const answered = nextOf(client, 'message');

  await client.subscribeAsync(`${jobs}/get/+`);
  await client.publishAsync(`${jobs}/get`, '{}', { qos: 1 });

  const [topic] = await answered;
  expect(topic).toBe(`${jobs}/get/accepted`);
});

/** Opens TLS as a client would and tells whether it is still open after a CONNECT was answered. */
function openTls(emulator: Emulator, options: object): TLSSocket {
  const port = emulator.mqtts?.port ?? 0;
  const socket = connectTlsSocket({ host: '127.0.0.1', port, servername: 'localhost', ...options });
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

/** How a connection that the emulator refuses ends: with or without an error, never with data. */
async function ended(socket: TLSSocket): Promise<string> {
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return received;
}

it.each<[string, string, (parts: Parts) => object]>([
  ['without a certificate', 'without a certificate', ({ ca }) => ({ ca })],
  [
    'with the certificate of another emulator',
    'unregistered',
    ({ ca, foreign }) => ({ ca, cert: foreign.certificatePem, key: foreign.privateKey }),
  ],
  [
    'with an inactive certificate',
    'inactive',
    ({ ca, inactive }) => ({ ca, cert: inactive.certificatePem, key: inactive.privateKey }),
  ],
  [
    'without SNI',
    'without SNI',
    ({ ca, active }) => ({
      ca,
      cert: active.certificatePem,
      key: active.privateKey,
      servername: '',
      checkServerIdentity: () => undefined,
    }),
  ],
])('a client %s is refused before MQTT', async (_, reason, optionsFor) => {
  const { log, entries } = collectingLogger();
  const { emulator, control, ca } = await startSecureEmulator({ log });
  const other = await startSecureEmulator();
  const parts: Parts = {
    ca,
    active: await createIdentity(control),
    inactive: await createIdentity(control, false),
    foreign: await createIdentity(other.control),
  };

  const socket = openTls(emulator, optionsFor(parts));

  expect(await ended(socket)).toBe('');
  expect(entries('TLS connection refused')).toEqual([expect.objectContaining({ reason })]);
});

interface Parts {
  readonly ca: string;
  readonly active: Identity;
  readonly inactive: Identity;
  readonly foreign: Identity;
}

it('the server certificate is for localhost, both loopback addresses and the host name', async () => {
  const { emulator, ca } = await startSecureEmulator({ advertisedHost: 'iot.example.test' });
  const socket = openTls(emulator, { ca });
  socket.on('error', () => undefined);

  await once(socket, 'secureConnect');

  expect(socket.authorized).toBe(true);
  expect(socket.getPeerCertificate().subjectaltname).toBe(
    'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:iot.example.test',
  );
});

it('ALPN x-amzn-mqtt-ca is MQTT; another protocol fails the handshake', async () => {
  const { emulator, control, ca } = await startSecureEmulator();
  const { certificatePem: cert, privateKey: key } = await createIdentity(control);

  const spoken = openTls(emulator, { ca, cert, key, ALPNProtocols: ['x-amzn-mqtt-ca'] });
  await once(spoken, 'secureConnect');
  expect(spoken.alpnProtocol).toBe('x-amzn-mqtt-ca');

  const unknown = openTls(emulator, { ca, cert, key, ALPNProtocols: ['http/1.1'] });
  await expect(once(unknown, 'secureConnect')).rejects.toThrow(
    /no_application_protocol|no application protocol/i,
  );
});

it.each([
  [4, 7],
  [5, 135],
] as const)('no policy: CONNACK of MQTT %i says %i', async (protocolVersion, code) => {
  const { emulator, control, ca } = await startSecureEmulator();
  const identity = await createIdentity(control);

  const attempt = connectTls(emulator, ca, identity, thingName, { protocolVersion });

  await expect(attempt).rejects.toMatchObject({ code });
});

it.each([
  ['another thing', 'pump-2'],
  ['no thing', 'laptop'],
])('its own-jobs policy does not let a device connect as %s', async (_, clientId) => {
  const { log, entries } = collectingLogger();
  const { emulator, control, ca } = await startSecureEmulator({ log });
  const identity = await createDevice(control, thingName, ownJobsPolicy);
  await control.send(new CreateThingCommand({ thingName: 'pump-2' }));

  await expect(connectTls(emulator, ca, identity, clientId)).rejects.toMatchObject({ code: 7 });
  expect(entries('not authorized')).toEqual([
    {
      clientId,
      action: 'iot:Connect',
      resource: clientId,
      decidedBy: 'no statement allows it',
    },
  ]);
});

async function deviceWith(
  policy: string,
  overrides: Parameters<typeof startSecureEmulator>[0] = {},
) {
  const secure = await startSecureEmulator(overrides);
  const identity = await createDevice(secure.control, thingName, policy);
  const connect = (options = {}): Promise<MqttClient> =>
    connectTls(secure.emulator, secure.ca, identity, thingName, options);
  return { ...secure, identity, connect };
}

it.each([4, 5] as const)(
  'a publish that is not allowed ends the connection, MQTT version %i',
  async (protocolVersion) => {
    const { connect } = await deviceWith(ownJobsPolicy);
    const client = await connect({ protocolVersion });
    const closed = nextOf(client, 'close');
    const told = protocolVersion === 5 ? nextOf(client, 'disconnect') : undefined;

    client.publish('$aws/things/pump-2/jobs/get', '{}', { qos: 1 }, () => undefined);

    await closed;
    if (told !== undefined) expect((await told)[0]).toMatchObject({ reasonCode: 0x87 });
  },
);

it.each([
  [4, 0x80],
  [5, 0x87],
] as const)(
  'a subscription that is not allowed fails in SUBACK, MQTT version %i: %i',
  async (protocolVersion, code) => {
    const { connect } = await deviceWith(ownJobsPolicy);
    const client = await connect({ protocolVersion });

    const granted = await new Promise((resolve) => {
      client.subscribe([`${jobs}/notify`, '$aws/things/pump-2/jobs/notify'], (_, __, packet) => {
        resolve(packet?.granted);
      });
    });

    expect(granted).toEqual([0, code]);
    expect(client.connected).toBe(true);
  },
);

it('with the dialect that AWS may have, it ends the connection', async () => {
  const { connect } = await deviceWith(ownJobsPolicy, {
    dialect: Dialect.parse({ unauthorizedSubscribe: 'disconnect' }),
  });
  const client = await connect();
  const closed = nextOf(client, 'close');

  client.subscribe('#', () => undefined);

  await closed;
});

it('without iot:Receive messages do not arrive, and nobody is told', async () => {
  const { connect } = await deviceWith(
    policyText(
      allow('iot:*', 'client/*', 'topicfilter/*'),
      allow('iot:Publish', 'topic/*'),
      allow('iot:Receive', 'topic/open/*'),
    ),
  );
  const client = await connect();
  const topics: string[] = [];
  client.on('message', (topic) => topics.push(topic));
  await client.subscribeAsync('+/x', { qos: 1 });

  await client.publishAsync('closed/x', '1', { qos: 1 });
  const opened = nextOf(client, 'message');
  await client.publishAsync('open/x', '2', { qos: 1 });
  await opened;

  expect(topics).toEqual(['open/x']);
  expect(client.connected).toBe(true);
});

it('retaining takes iot:RetainPublish', async () => {
  const { connect } = await deviceWith(
    policyText(
      allow(['iot:Connect', 'iot:Publish'], '*'),
      allow('iot:RetainPublish', 'topic/kept'),
    ),
  );
  const client = await connect();

  await client.publishAsync('kept', '1', { qos: 1, retain: true });
  await client.publishAsync('other', '1', { qos: 1 });
  const closed = nextOf(client, 'close');
  client.publish('other', '1', { qos: 1, retain: true }, () => undefined);

  await closed;
});

it('a last will that the policy does not allow is not published', async () => {
  const policy = policyText(
    allow('iot:Connect', 'client/*'),
    allow('iot:Publish', 'topic/good'),
    allow(['iot:Receive', 'iot:Subscribe'], 'topic/*', 'topicfilter/*'),
  );
  const { emulator, ca, identity } = await deviceWith(policy);
  const watcher = await connectTls(emulator, ca, identity, 'watcher');
  const topics: string[] = [];
  watcher.on('message', (topic) => topics.push(topic));
  await watcher.subscribeAsync(['bad', 'good']);

  for (const topic of ['bad', 'good']) {
    const will = { topic, payload: Buffer.from('gone'), qos: 0 as const, retain: false };
    const client = await connectTls(emulator, ca, identity, `leaves-${topic}`, { will });
    client.stream.destroy();
  }

  await expect.poll(() => topics).toEqual(['good']);
});

it('a detached policy counts from the next operation, and the policies of groups count too', async () => {
  const { control, identity, connect } = await deviceWith(ownJobsPolicy);
  const client = await connect();
  await client.publishAsync(`${jobs}/get`, '{}', { qos: 1 });

  const { certificateArn: target } = identity;
  await control.send(new DetachPolicyCommand({ policyName: `${thingName}-policy`, target }));
  const closed = nextOf(client, 'close');
  client.publish(`${jobs}/get`, '{}', { qos: 1 }, () => undefined);
  await closed;
  await expect(connect()).rejects.toMatchObject({ code: 7 });

  const thingGroupName = 'pumps';
  const { thingGroupArn } = await control.send(new CreateThingGroupCommand({ thingGroupName }));
  await control.send(new AddThingToThingGroupCommand({ thingName, thingGroupName }));
  await control.send(
    new AttachPolicyCommand({ policyName: `${thingName}-policy`, target: thingGroupArn }),
  );
  expect((await connect()).connected).toBe(true);
});

it('a Deny on a filter holds for shared subscriptions to it', async () => {
  const everything = { Effect: 'Allow', Action: 'iot:*', Resource: '*' };
  const secret = { ...allow('iot:Subscribe', 'topicfilter/secret/*'), Effect: 'Deny' };
  const { connect } = await deviceWith(policyText(everything, secret));
  const client = await connect({ protocolVersion: 5 });

  const granted = await new Promise((resolve) => {
    client.subscribe(['$share/g/secret/x', '$share/g/open'], (_, __, packet) => {
      resolve(packet?.granted);
    });
  });

  expect(granted).toEqual([0x87, 0]);
});

it('the log says which statement decided', async () => {
  const { log, entries } = collectingLogger();
  const { connect } = await deviceWith(
    policyText(allow('iot:Connect', `client/${variable('iot:ClientId')}`), {
      ...allow('iot:*', 'topic/*'),
      Effect: 'Deny',
      Sid: 'Silence',
    }),
    { log },
  );
  const client = await connect();
  const closed = nextOf(client, 'close');
  client.publish('x', '', () => undefined);
  await closed;

  expect(entries('authorized').map(({ decidedBy }) => decidedBy)).toEqual([
    'policy pump-1-policy, statement 1',
  ]);
  expect(entries('not authorized').map(({ decidedBy }) => decidedBy)).toEqual([
    'policy pump-1-policy, statement 2 (Silence)',
  ]);
});

it('with strict off, TLS lets everyone in', async () => {
  const { emulator, ca } = await startSecureEmulator({ strict: false });

  const socket = await connectAsync(`mqtts://localhost:${emulator.mqtts?.port}`, {
    ca,
    clientId: 'anyone',
    reconnectPeriod: 0,
  });
  onTestFinished(() => socket.endAsync(true));

  await socket.publishAsync('any/topic', 'x', { qos: 1 });
});

it('with strict on, plain MQTT lets nobody in', async () => {
  const { emulator } = await startSecureEmulator({ strict: true });

  await expect(
    connectAsync(`mqtt://127.0.0.1:${emulator.mqtt.port}`, { reconnectPeriod: 0 }),
  ).rejects.toMatchObject({ code: 7 });
});

it('stops while a client has not finished its handshake', async () => {
  const { emulator } = await startSecureEmulator();
  const socket = connectSocket(emulator.mqtts?.port ?? 0, '127.0.0.1');
  await once(socket, 'connect');
  const closed = once(socket, 'close');

  await emulator.stop();

  await closed;
});

it('outlives clients that speak no TLS, and goes on', async () => {
  const { emulator, control, ca } = await startSecureEmulator();
  const identity = await createDevice(control, thingName, ownJobsPolicy);
  for (const bytes of ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\x00\x05hello', '']) {
    const socket = connectSocket(emulator.mqtts?.port ?? 0, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.end(bytes);
    socket.resume();
    await once(socket, 'close');
  }

  expect((await connectTls(emulator, ca, identity, thingName)).connected).toBe(true);
});

it('with a data directory, certificates, policies and the CA outlive the emulator', async () => {
  const dataDir = temporaryFolder();
  const first = await startSecureEmulator({ dataDir });
  const identity = await createDevice(first.control, thingName, ownJobsPolicy);
  await first.emulator.stop();

  const again = await startSecureEmulator({ dataDir });

  const client = await connectTls(again.emulator, first.ca, identity, thingName);
  await client.publishAsync(`${jobs}/get`, '{}', { qos: 1 });
});
