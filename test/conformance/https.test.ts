import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { connect as connectTlsSocket } from 'node:tls';
import { CreateThingCommand, DescribeThingCommand, IoTClient } from '@aws-sdk/client-iot';
import {
  GetPendingJobExecutionsCommand,
  IoTJobsDataPlaneClient,
} from '@aws-sdk/client-iot-jobs-data-plane';
import { auth, iot, mqtt5 } from 'aws-iot-device-sdk-v2';
import { connectAsync } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { nextOf } from '../support/identity.ts';
import { errorOf, failure } from '../support/sdk-errors.ts';

/** Both planes and MQTT over WebSocket on the port with TLS. */

const accessKeys = { AKIDEXAMPLE: 'secret' };
const region = 'us-east-1';

async function startHttps(overrides: Parameters<typeof startTestEmulator>[0] = {}) {
  const emulator = await startTestEmulator({ httpsPort: 0, ...overrides });
  const { certificatePem } = (await emulator.authority()).pems;
  return { emulator, ca: certificatePem, port: emulator.https?.port ?? 0 };
}

function clientSettings(port: number, ca: string, secretAccessKey = 'secret') {
  return {
    endpoint: `https://localhost:${port}`,
    region,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey },
    maxAttempts: 1,
    requestHandler: { httpsAgent: { ca } },
  };
}

it('serves both planes to the AWS SDK, by a certificate of the local CA', async () => {
  const { port, ca } = await startHttps();
  const control = new IoTClient(clientSettings(port, ca));
  const data = new IoTJobsDataPlaneClient(clientSettings(port, ca));
  onTestFinished(() => [control, data].forEach((client) => void client.destroy()));

  await control.send(new CreateThingCommand({ thingName: 'pump-1' }));
  const pending = await data.send(new GetPendingJobExecutionsCommand({ thingName: 'pump-1' }));

  expect(pending).toMatchObject({ queuedJobs: [], inProgressJobs: [] });
});

it('is no port for clients that trust other authorities, or speak no TLS', async () => {
  const { port } = await startHttps();
  const wary = new IoTClient({ ...clientSettings(port, ''), requestHandler: {} });
  onTestFinished(() => wary.destroy());
  await expect(wary.send(new DescribeThingCommand({ thingName: 'x' }))).rejects.toThrow(
    /certificate/,
  );

  const socket = connectSocket(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.end('GET / HTTP/1.1\r\n\r\n');
  socket.resume();
  await once(socket, 'close');
});

it('strict: judges signatures as on the port without TLS', async () => {
  const { port, ca } = await startHttps({ strict: true, accessKeys });
  const ask = (secret: string) => {
    const client = new IoTClient(clientSettings(port, ca, secret));
    onTestFinished(() => client.destroy());
    return errorOf(client.send(new CreateThingCommand({ thingName: 'pump-1' })));
  };

  expect(await ask('secret')).toHaveProperty('accepted.thingName', 'pump-1');
  expect(await ask('guess')).toEqual(failure('InvalidSignatureException', 403));
});

/** How the AWS IoT Device SDK fares over wss with SigV4. */
async function connectSigned({ https }: Emulator, ca: string, secret: string): Promise<string> {
  const credentialsProvider = auth.AwsCredentialsProvider.newStatic('AKIDEXAMPLE', secret);
  const builder = iot.AwsIotMqtt5ClientConfigBuilder.newWebsocketMqttBuilderWithSigv4Auth(
    'localhost',
    { region, credentialsProvider },
  );
  builder.withCertificateAuthority(ca);
  builder.withPort(https?.port ?? 0);
  const client = new mqtt5.Mqtt5Client(builder.build());
  const outcome = new Promise<string>((resolve) => {
    client.once('connectionSuccess', () => resolve('connected'));
    client.once('connectionFailure', () => resolve('refused'));
  });
  onTestFinished(async () => {
    const stopped = new Promise((resolve) => client.once('stopped', resolve));
    client.stop();
    await stopped;
    client.close();
  });
  client.start();
  return outcome;
}

it('strict: the AWS IoT Device SDK comes in over wss with SigV4, by the right secret', async () => {
  const { emulator, ca } = await startHttps({ strict: true, accessKeys });

  expect(await connectSigned(emulator, ca, 'secret')).toBe('connected');
  expect(await connectSigned(emulator, ca, 'guess')).toBe('refused');
});

it('MQTT.js asks for jobs over wss', async () => {
  const { port, ca } = await startHttps();
  const client = await connectAsync(`wss://localhost:${port}/mqtt`, { ca, reconnectPeriod: 0 });
  onTestFinished(() => client.endAsync(true));
  const answered = nextOf(client, 'message');

  await client.publishAsync('$aws/things/nowhere/jobs/get', '{}', { qos: 1 });

  expect((await answered)[0]).toBe('$aws/things/nowhere/jobs/get/rejected');
});

it('does not take an offer of HTTP/2 for a WebSocket: the request is answered', async () => {
  const { port, ca } = await startHttps();
  const socket = connectTlsSocket({ port, host: '127.0.0.1', servername: 'localhost', ca });
  onTestFinished(() => void socket.destroy());

  socket.write(
    [
      'GET /_fleetrig/health HTTP/1.1',
      'Host: localhost',
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
      '',
      '',
    ].join('\r\n'),
  );

  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

it('stops while a client has not finished its handshake', async () => {
  const { emulator, port } = await startHttps();
  const socket = connectSocket(port, '127.0.0.1');
  await once(socket, 'connect');
  const closed = once(socket, 'close');

  await emulator.stop();

  await closed;
});
