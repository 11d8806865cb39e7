import {
  CreateJobCommand,
  CreateThingCommand,
  type IoTClient,
  UpdateEventConfigurationsCommand,
} from '@aws-sdk/client-iot';
import { connectAsync, type MqttClient } from 'mqtt';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { jobsTopic } from '../../src/protocol/topics.ts';
import { controlClient, startTestEmulator } from '../support/emulator.ts';

let emulator: Emulator;
let iot: IoTClient;

beforeEach(async () => {
  emulator = await startTestEmulator();
  iot = controlClient(emulator);
  await iot.send(new CreateThingCommand({ thingName: 'pump' }));
});

async function createJob(jobId: string): Promise<void> {
  const targets = ['arn:aws:iot:us-east-1:123456789012:thing/pump'];
  await iot.send(new CreateJobCommand({ jobId, targets, document: '{"a":1}' }));
  emulator.clock.advanceTo(emulator.clock.now());
}

interface Received {
  readonly topic: string;
  readonly qos: number;
  readonly payload: unknown;
}

interface Device {
  readonly client: MqttClient;
  readonly received: Received[];
  /** Settles once `count` messages in all have come. */
  until(count: number): Promise<Received[]>;
  ask(suffix: string, payload: object): Promise<void>;
}

async function connectDevice(clientId: string, protocolVersion: 4 | 5 = 4): Promise<Device> {
  const { host, port } = emulator.mqtt;
  const client = await connectAsync(`mqtt://${host}:${port}`, {
    clientId,
    protocolVersion,
    reconnectPeriod: 0,
  });
  onTestFinished(() => client.endAsync(true));
  const received: Received[] = [];
  let wake: () => void = () => undefined;
  client.on('message', (topic, payload, { qos }) => {
    received.push({ topic, qos, payload: JSON.parse(payload.toString()) });
    wake();
  });
  return {
    client,
    received,
    until: async (count) => {
      while (received.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return received;
    },
    ask: async (suffix, payload) => {
      await client.publishAsync(jobsTopic('pump', suffix), JSON.stringify(payload), { qos: 1 });
    },
  };
}

it.each([4, 5] as const)(
  'holds the whole conversation of a job with MQTT version %d',
  async (v) => {
    const device = await connectDevice('pump', v);
    await device.client.subscribeAsync(jobsTopic('pump', 'notify-next'), { qos: 1 });

    await createJob('fw');
    await device.until(1);
    await device.ask('start-next', { clientToken: 'a' });
    await device.until(2);
    await device.ask('fw/update', { status: 'SUCCEEDED', expectedVersion: '2', clientToken: 'b' });
    const received = await device.until(4);

    expect(received).toMatchObject([
      {
        topic: jobsTopic('pump', 'notify-next'),
        qos: 1,
        payload: { execution: { jobId: 'fw', status: 'QUEUED', jobDocument: { a: 1 } } },
      },
      {
        topic: jobsTopic('pump', 'start-next/accepted'),
        qos: 0,
        payload: {
          clientToken: 'a',
          execution: { status: 'IN_PROGRESS', versionNumber: 2, jobDocument: { a: 1 } },
        },
      },
      { topic: jobsTopic('pump', 'fw/update/accepted'), qos: 0, payload: { clientToken: 'b' } },
      {
        topic: jobsTopic('pump', 'notify-next'),
        qos: 1,
        payload: { timestamp: expect.any(Number) },
      },
    ]);
  },
);

it('answers the requester alone: once, subscribed or not, at the QoS it was granted', async () => {
  await createJob('fw');
  const asker = await connectDevice('asker');
  const silent = await connectDevice('silent');
  const listener = await connectDevice('listener');
  for (const { client } of [asker, listener]) {
    await client.subscribeAsync(jobsTopic('pump', '+/get/+'), { qos: 1 });
  }

  await asker.ask('fw/get', { clientToken: 'asker' });
  await silent.ask('fw/get', { clientToken: 'silent' });
  await listener.ask('fw/update', { clientToken: 'listener' });
  await Promise.all([asker.until(1), silent.until(1), listener.until(1)]);
  // A second exchange would come behind anything misdirected.
  await listener.ask('fw/get', { clientToken: 'last' });
  await listener.until(2);

  const shape = ({ received }: Device) =>
    received.map(({ qos, payload }) => ({
      qos,
      clientToken: (payload as { clientToken: string }).clientToken,
    }));
  expect(shape(asker)).toEqual([{ qos: 1, clientToken: 'asker' }]);
  expect(shape(silent)).toEqual([{ qos: 0, clientToken: 'silent' }]);
  expect(shape(listener)).toEqual([
    { qos: 0, clientToken: 'listener' },
    { qos: 1, clientToken: 'last' },
  ]);
});

it('publishes events to subscribers only after they are switched on', async () => {
  const device = await connectDevice('pump');
  const watcher = await connectDevice('watcher');
  await watcher.client.subscribeAsync('$aws/events/#', { qos: 1 });
  const isJobEvent = ({ topic }: Received) => topic.startsWith('$aws/events/job');
  const finish = async (jobId: string) => {
    const seen = device.received.length;
    await createJob(jobId);
    await device.ask(`${jobId}/update`, { status: 'SUCCEEDED' });
    await device.until(seen + 1);
  };

  await finish('quiet');
  await iot.send(
    new UpdateEventConfigurationsCommand({
      eventConfigurations: { JOB: { Enabled: true }, JOB_EXECUTION: { Enabled: true } },
    }),
  );
  await finish('loud');
  const before = watcher.received.filter((message) => !isJobEvent(message)).length;
  const received = await watcher.until(before + 2);

  expect(received.filter(isJobEvent)).toMatchObject([
    { topic: '$aws/events/jobExecution/loud/succeeded', payload: { status: 'SUCCEEDED' } },
    { topic: '$aws/events/job/loud/completed', payload: { status: 'COMPLETED' } },
  ]);
});
