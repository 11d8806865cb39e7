import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Broker, JobsRequest } from '../../src/emulator/broker.ts';
import { startBroker } from '../support/broker.ts';

function open(port: number, options: IClientOptions): MqttClient {
  const client = connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, ...options });
  onTestFinished(() => client.endAsync(true));
  return client;
}

async function opened(port: number, options: IClientOptions): Promise<MqttClient> {
  const client = open(port, options);
  await new Promise((resolve) => client.once('connect', resolve));
  return client;
}

function messageOn(client: MqttClient): Promise<{ topic: string; text: string }> {
  return new Promise((resolve) => {
    client.once('message', (topic, payload) => resolve({ topic, text: String(payload) }));
  });
}

const answer = (broker: Broker, { client, topic, payload }: JobsRequest) => {
  const { clientToken } = JSON.parse(Buffer.from(payload).toString());
  broker.reply(client, `${topic}/accepted`, JSON.stringify({ clientToken }));
};

describe.each([3, 4, 5] as const)('MQTT.js at level %i', (protocolVersion) => {
  const protocol =
    protocolVersion === 3
      ? { protocolVersion, protocolId: 'MQIsdp' as const }
      : { protocolVersion };

  it('asks the Jobs service and is answered', async () => {
    const { port } = await startBroker({ answer });
    const client = await opened(port, { ...protocol, clientId: 'pump-1' });
    const topic = '$aws/things/pump-1/jobs/$next/get';
    const granted = await client.subscribeAsync([`${topic}/accepted`, `${topic}/rejected`], {
      qos: 1,
    });
    const answered = messageOn(client);

    await client.publishAsync(topic, '{"clientToken":"t-1"}', { qos: 1 });
    const { topic: answerTopic, text } = await answered;

    expect(granted.map(({ qos }) => qos)).toEqual([1, 1]);
    expect(answerTopic).toBe(`${topic}/accepted`);
    expect(JSON.parse(text)).toEqual({ clientToken: 't-1' });
  });

  it('resumes its session', async () => {
    const { port, broker } = await startBroker();
    const options: IClientOptions = {
      ...protocol,
      clientId: 'pump-1',
      clean: false,
      ...(protocolVersion === 5 ? { properties: { sessionExpiryInterval: 60 } } : {}),
    };
    const first = await opened(port, options);
    await first.subscribeAsync('news', { qos: 1 });
    await first.endAsync();
    broker.publish('news', 'kept', { qos: 1 });

    const { topic, text } = await messageOn(open(port, options));

    expect([topic, text]).toEqual(['news', 'kept']);
  });
});

it('MQTT.js 5 hears why it was disconnected', async () => {
  const { port } = await startBroker();
  const client = await opened(port, { protocolVersion: 5, clientId: 'c' });
  const said = new Promise((resolve) => {
    client.once('disconnect', ({ reasonCode }) => resolve(reasonCode));
  });

  await opened(port, { protocolVersion: 5, clientId: 'c' });

  expect(await said).toBe(0x8e);
});
