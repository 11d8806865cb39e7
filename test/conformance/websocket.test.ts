import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import WebSocket from 'ws';
import { isoTime, wallNow } from '../../src/base/clock.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { emptyPayloadHash, presignedSignature } from '../../src/protocol/sigv4.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { nextOf } from '../support/identity.ts';

/** MQTT over WebSocket on the HTTP port (reference §9.1). */

const accessKeys = { AKIDEXAMPLE: 'secret' };

function urlOf({ http }: Emulator, query = ''): string {
  return `ws://127.0.0.1:${http.port}/mqtt${query}`;
}

/** The query that a client with these keys signs. */
function signedQuery({ http }: Emulator, secret: string): string {
  const date = isoTime(wallNow()).replaceAll(/[-:]|\.\d+/g, '');
  const region = 'us-east-1';
  const service = 'iotdevicegateway';
  const query = new URLSearchParams([
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `AKIDEXAMPLE/${date.slice(0, 8)}/${region}/${service}/aws4_request`],
    ['X-Amz-Date', date],
    ['X-Amz-Expires', '300'],
    ['X-Amz-SignedHeaders', 'host'],
  ]);
  const signature = presignedSignature(
    { method: 'GET', path: '/mqtt', query, headers: { host: `127.0.0.1:${http.port}` } },
    {
      secret,
      date,
      region,
      service,
      signedHeaders: 'host',
      payloadHash: emptyPayloadHash,
      unsignedMembers: [],
    },
  );
  query.set('X-Amz-Signature', signature);
  return `?${query}`;
}

async function connectMqtt(url: string, options: IClientOptions = {}): Promise<MqttClient> {
  const client = await connectAsync(url, { clientId: 'browser', reconnectPeriod: 0, ...options });
  onTestFinished(() => client.endAsync(true));
  return client;
}

it.each([3, 4, 5] as const)('MQTT.js, protocol version %i, asks for jobs', async (version) => {
  const emulator = await startTestEmulator();
  const options: IClientOptions =
    version === 3 ? { protocolVersion: 3, protocolId: 'MQIsdp' } : { protocolVersion: version };
  const client = await connectMqtt(urlOf(emulator), options);
  const answered = nextOf(client, 'message');

  await client.publishAsync('$aws/things/nowhere/jobs/get', '{}', { qos: 1 });

  expect((await answered)[0]).toBe('$aws/things/nowhere/jobs/get/rejected');
});

it('carries messages larger than a frame of most clients, both ways', async () => {
  const client = await connectMqtt(urlOf(await startTestEmulator()));
  const payload = Buffer.alloc(131_072, 'x');
  await client.subscribeAsync('big');
  const received = nextOf(client, 'message');

  await client.publishAsync('big', payload);

  expect((await received)[1]).toEqual(payload);
});

it('takes signed URLs of anyone unless it is strict', async () => {
  const emulator = await startTestEmulator();

  const client = await connectMqtt(urlOf(emulator, signedQuery(emulator, 'any')));

  expect(client.connected).toBe(true);
});

it('strict: takes the URL that a known key has signed', async () => {
  const emulator = await startTestEmulator({ strict: true, accessKeys });

  const client = await connectMqtt(urlOf(emulator, signedQuery(emulator, 'secret')));

  await client.publishAsync('any/topic', 'x', { qos: 1 });
});

/** The HTTP status that answers an upgrade. */
async function statusOf(url: string, subprotocols: string[] = ['mqtt']): Promise<number> {
  const socket = new WebSocket(url, subprotocols);
  socket.on('error', () => undefined);
  const [request, response] = await once(socket, 'unexpected-response');
  request.destroy();
  return response.statusCode;
}

it('strict: refuses a URL that is unsigned or signed with another secret', async () => {
  const emulator = await startTestEmulator({ strict: true, accessKeys });

  expect(await statusOf(urlOf(emulator))).toBe(403);
  expect(await statusOf(urlOf(emulator, signedQuery(emulator, 'guess')))).toBe(403);
});

it('strict without keys refuses everyone', async () => {
  const emulator = await startTestEmulator({ strict: true });

  expect(await statusOf(urlOf(emulator, signedQuery(emulator, 'secret')))).toBe(403);
});

it('closes on a text frame, and takes nothing of it for MQTT', async () => {
  const emulator = await startTestEmulator();
  const socket = new WebSocket(urlOf(emulator), ['mqtt']);
  onTestFinished(() => socket.terminate());
  const received: unknown[] = [];
  socket.on('message', (data) => received.push(data));
  await once(socket, 'open');
  // An MQTT 3.1.1 CONNECT, all of it ASCII.
  const connect = Buffer.from('100f00044d5154540402003c0003706970', 'hex');

  socket.send(connect.toString('latin1'));
  socket.send(connect);

  const [code] = await once(socket, 'close');
  expect(code).toBe(1003);
  expect(received).toEqual([]);
});

it('refuses other paths and other subprotocols', async () => {
  const emulator = await startTestEmulator();
  const origin = `ws://127.0.0.1:${emulator.http.port}`;

  expect(await statusOf(`${origin}/other`)).toBe(404);
  expect(await statusOf(`${origin}//[/mqtt`)).toBe(404);
  expect(await statusOf(`${origin}/mqtt`, ['soap'])).toBe(400);
});

it('does not take an offer of HTTP/2 for a WebSocket: the request is answered', async () => {
  const { http } = await startTestEmulator();
  const socket = connectSocket(http.port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  const body = '{"thingName":"t"}';

  socket.write(
    [
      'POST /things/t HTTP/1.1',
      'Host: localhost',
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n'),
  );

  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});
