import { Duplex } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { MqttClient } from 'mqtt';
import { expect, it } from 'vitest';
import type { DeviceStream } from '../../../src/fleet/device-websocket.ts';
import { LeanMqttClient } from '../../../src/fleet/lean-mqtt-client.ts';

setFlagsFromString('--allow-natives-syntax');
/** Whether V8 keeps it as fields, not as a hash table of 1.4 KB. */
const hasFastFields = runInThisContext('(object) => %HasFastProperties(object)');

/** A broker that lets everyone in. */
function openStream(): DeviceStream {
  let hasAnswered = false;
  const stream = new Duplex({
    read: () => undefined,
    write(_chunk, _encoding, done) {
      done();
      if (hasAnswered) return;
      hasAnswered = true;
      stream.push(Buffer.from([0x20, 2, 0, 0]));
    },
  });
  return Object.assign(stream, { destroySoon: () => void stream.destroy() });
}

function connectClient() {
  const events: string[] = [];
  let toldConnected: () => void = () => undefined;
  const connected = new Promise<void>((resolve) => {
    toldConnected = resolve;
  });
  const stream = openStream();
  const client = new LeanMqttClient(
    {
      openStream: () => stream,
      told(_client, [name]) {
        events.push(name);
        if (name === 'connect') toldConnected();
      },
    },
    { manualConnect: true, reconnectPeriod: 0, clientId: 'a', protocolVersion: 4 },
  );
  client.connect();
  return { client, stream, events, connected };
}

it('tells its owner of everything, in order, and throws no error', async () => {
  const { stream, events, connected } = connectClient();
  await connected;

  stream.destroy(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
  await new Promise((resolve) => stream.once('close', resolve));

  expect(events.slice(0, 3)).toEqual(['packetsend', 'packetreceive', 'connect']);
  expect(events.slice(3)).toEqual(['error', 'close']);
});

it('stays small when it has connected', async () => {
  const { client, stream, connected } = connectClient();
  await connected;

  expect(hasFastFields(client)).toBe(true);
  expect(client.connected).toBe(true);
  stream.destroy();
});

it('leaves other clients of MQTT.js in the process as they were', async () => {
  const errors: Error[] = [];
  const stream = openStream();
  const client = new MqttClient(() => stream, { reconnectPeriod: 0, protocolVersion: 4 });
  client.on('error', (error) => errors.push(error));
  await new Promise((resolve) => client.once('connect', resolve));

  expect(client.connected).toBe(true);
  expect(client.listenerCount('error')).toBe(1);
  stream.destroy(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
  await new Promise<void>((resolve) => client.once('close', () => resolve()));

  expect(errors).toMatchObject([{ message: 'gone' }]);
});
