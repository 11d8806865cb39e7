import { CreateThingCommand, DescribeJobCommand, ListJobsCommand } from '@aws-sdk/client-iot';
import {
  DescribeJobExecutionCommand,
  GetPendingJobExecutionsCommand,
  StartNextPendingJobExecutionCommand,
} from '@aws-sdk/client-iot-jobs-data-plane';
import { connectAsync, type MqttClient } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { brokerQuotas } from '../../src/emulator/broker-limits.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { awsQuotas, type Quotas } from '../../src/protocol/quotas.ts';
import { jobsTopic } from '../../src/protocol/topics.ts';
import { advance, connected, connecting, startBroker } from '../support/broker.ts';
import { controlClient, dataClient, startTestEmulator } from '../support/emulator.ts';

const only = (rates: Quotas['rates']): Quotas => ({ control: {}, rates });

/** `ok` and error names with status, in order. */
async function outcomes(count: number, send: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = [];
  for (let index = 0; index < count; index++) {
    seen.push(
      await send().then(
        () => 'ok',
        (error) => `${error.name} ${error.$metadata.httpStatusCode} ${error.message}`,
      ),
    );
  }
  return seen;
}

it('throttles each operation of the control plane by itself, in simulated time', async () => {
  const emulator = await startTestEmulator({ quotas: awsQuotas });
  const iot = controlClient(emulator);
  const list = () => iot.send(new ListJobsCommand({}));

  const first = await outcomes(12, list);

  expect(first).toEqual([
    ...Array(10).fill('ok'),
    ...Array(2).fill('ThrottlingException 400 Rate exceeded'),
  ]);
  expect(await outcomes(1, () => iot.send(new DescribeJobCommand({ jobId: 'none' })))).toEqual([
    'ResourceNotFoundException 404 Job none not found.',
  ]);
  emulator.clock.advanceTo(emulator.clock.now() + 200);
  expect((await outcomes(3, list)).map((outcome) => outcome.slice(0, 2))).toEqual([
    'ok',
    'ok',
    'Th',
  ]);
});

it('throttles before it looks at a request', async () => {
  const emulator = await startTestEmulator({ quotas: { control: { ListJobs: 1 }, rates: {} } });
  const iot = controlClient(emulator);
  const wrong = () => iot.send(new ListJobsCommand({ maxResults: 0 }));

  const [first, second] = await outcomes(2, wrong);

  expect(first).toContain('InvalidRequestException');
  expect(second).toContain('ThrottlingException');
});

async function device(emulator: Emulator): Promise<{
  readonly client: MqttClient;
  readonly ask: (suffix: string) => Promise<Record<string, unknown>>;
}> {
  const { host, port } = emulator.mqtt;
  const client = await connectAsync(`mqtt://${host}:${port}`, { clientId: 'pump' });
  onTestFinished(() => client.endAsync(true));
  const ask = async (suffix: string) => {
    const answered = new Promise<Record<string, unknown>>((resolve) => {
      client.once('message', (_, payload) => resolve(JSON.parse(payload.toString())));
    });
    await client.publishAsync(jobsTopic('pump', suffix), '{"clientToken":"t"}', { qos: 1 });
    return answered;
  };
  return { client, ask };
}

it('counts reads and writes of devices over HTTP and MQTT together', async () => {
  const emulator = await startTestEmulator({ quotas: only({ dataReads: 3, dataWrites: 1 }) });
  await controlClient(emulator).send(new CreateThingCommand({ thingName: 'pump' }));
  const data = dataClient(emulator.http);
  const { ask } = await device(emulator);
  const thingName = 'pump';

  await data.send(new GetPendingJobExecutionsCommand({ thingName }));
  await data.send(new DescribeJobExecutionCommand({ thingName, jobId: '$next' }));
  expect(await ask('get')).toMatchObject({ inProgressJobs: [] });

  expect(await ask('$next/get')).toEqual({
    code: 'RequestThrottled',
    message: 'Rate exceeded',
    timestamp: Math.floor(emulator.clock.now() / 1000),
    clientToken: 't',
  });
  expect(
    await outcomes(1, () => data.send(new GetPendingJobExecutionsCommand({ thingName }))),
  ).toEqual(['ThrottlingException 429 Rate exceeded']);

  expect(await ask('start-next')).not.toHaveProperty('code');
  expect(
    await outcomes(1, () => data.send(new StartNextPendingJobExecutionCommand({ thingName }))),
  ).toEqual(['ThrottlingException 429 Rate exceeded']);
});

it('throttles nothing unless told so', async () => {
  const emulator = await startTestEmulator();
  const iot = controlClient(emulator);

  expect(new Set(await outcomes(30, () => iot.send(new ListJobsCommand({}))))).toEqual(
    new Set(['ok']),
  );
});

it.each([4, 5] as const)('refuses CONNECTs past the rate, MQTT version %d', async (version) => {
  const { port, clock, lifecycle } = await startBroker({
    limits: brokerQuotas(only({ connects: 2 })),
  });
  await connected(port, 'a', { version });
  await connected(port, 'b', { version });

  const { client, connack } = await connecting(port, 'c', { version });

  expect(connack).toMatchObject(version === 5 ? { reasonCode: 0x97 } : { returnCode: 3 });
  expect(await client.rest()).toEqual([]);
  expect(lifecycle.at(-1)).toMatchObject({
    type: 'connect_failed',
    clientId: 'c',
    reason: 'THROTTLED',
  });
  advance(clock, 1);
  await connected(port, 'c', { version });
});

it('refuses the second CONNECT of a client id within a second, and keeps the first', async () => {
  const { port, clock } = await startBroker({ limits: brokerQuotas(awsQuotas) });
  const first = await connected(port, 'a');

  expect((await connecting(port, 'a')).connack).toMatchObject({ returnCode: 3 });

  expect(await first.settled()).toEqual([]);
  advance(clock, 1);
  await connected(port, 'a');
});

it('refuses SUBSCRIBEs past the rate', async () => {
  const { port, clock } = await startBroker({ limits: brokerQuotas(only({ subscribes: 1 })) });
  const client = await connected(port, 'a', { version: 5 });

  expect(await client.subscribe('x', 'y')).toEqual([1, 1]);
  expect(await client.subscribe('z')).toEqual([0x97]);
  advance(clock, 1);
  expect(await client.subscribe('z')).toEqual([1]);
});

it.each([
  ['in', { publishesIn: 2 }, ['1', '2', '1', '2'], 1],
  ['out', { publishesOut: 2 }, ['1', '1'], 4],
])('discards publishes past the account’s rate, %s', async (_, rates, heard, dropped) => {
  const { broker, port } = await startBroker({ limits: brokerQuotas(only(rates)) });
  const readers = [await connected(port, 'reader-1'), await connected(port, 'reader-2')];
  for (const reader of readers) await reader.subscribe({ topic: 'x', qos: 0 });
  const writer = await connected(port, 'writer');

  for (const payload of ['1', '2', '3']) writer.publish('x', payload, { qos: 0 });
  await writer.settled();

  const messages = await Promise.all(readers.map((reader) => reader.messages()));
  expect(messages.flat().map(({ payload }) => String(payload))).toEqual(heard);
  expect(broker.stats().dropped).toEqual({ throttled: dropped });
});
