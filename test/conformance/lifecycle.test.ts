import {
  CreateDynamicThingGroupCommand,
  CreateThingCommand,
  ListThingsInThingGroupCommand,
} from '@aws-sdk/client-iot';
import { connectAsync, type MqttClient } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { controlClient, startTestEmulator, testTimeAt } from '../support/emulator.ts';

type Event = Record<string, unknown> & { readonly topic: string };

/** What a monitor of `$aws/events/#` hears of another client. */
async function desk() {
  const emulator = await startTestEmulator();
  const { host, port } = emulator.mqtt;
  const connect = async (clientId: string): Promise<MqttClient> => {
    const client = await connectAsync(`mqtt://${host}:${port}`, { clientId, reconnectPeriod: 0 });
    onTestFinished(() => client.endAsync(true));
    return client;
  };
  const monitor = await connect('monitor');
  const heard: Event[] = [];
  let wake: () => void = () => undefined;
  monitor.on('message', (topic, payload) => {
    const event = { topic, ...JSON.parse(payload.toString()) };
    if (event.clientId === 'monitor') return;
    heard.push(event);
    wake();
  });
  await monitor.subscribeAsync('$aws/events/#', { qos: 1 });
  const until = async (count: number) => {
    while (heard.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return heard.splice(0);
  };
  return { emulator, connect, until };
}

it('announces connections and subscriptions without being asked to', async () => {
  const { connect, until } = await desk();
  const client = await connect('pump');
  await client.subscribeAsync('a/b');
  await client.unsubscribeAsync('a/b');
  await client.endAsync();

  const events = await until(4);

  expect(events.map(({ topic }) => topic)).toEqual([
    '$aws/events/presence/connected/pump',
    '$aws/events/subscriptions/subscribed/pump',
    '$aws/events/subscriptions/unsubscribed/pump',
    '$aws/events/presence/disconnected/pump',
  ]);
  const [came, subscribed, , went] = events;
  expect(came).toMatchObject({
    clientId: 'pump',
    timestamp: testTimeAt,
    eventType: 'connected',
    principalIdentifier: 'anonymous',
    versionNumber: 0,
  });
  expect(came?.['ipAddress']).toMatch(/127\.0\.0\.1$/);
  expect(subscribed).toMatchObject({ topics: ['a/b'] });
  expect(went).toMatchObject({
    clientInitiatedDisconnect: true,
    disconnectReason: 'CLIENT_INITIATED_DISCONNECT',
    versionNumber: 0,
  });
  expect(new Set(events.map((event) => event['sessionIdentifier'])).size).toBe(1);
});

it('announces a takeover as the end of the older connection', async () => {
  const { connect, until } = await desk();
  await connect('pump');
  await connect('pump');

  const events = await until(3);

  expect(events.map((event) => [event['eventType'], event['versionNumber']])).toEqual([
    ['connected', 0],
    ['disconnected', 0],
    ['connected', 1],
  ]);
  expect(events[1]).toMatchObject({
    clientInitiatedDisconnect: false,
    disconnectReason: 'DUPLICATE_CLIENTID',
  });
});

it('lets dynamic groups follow who is connected', async () => {
  const { emulator, connect, until } = await desk();
  const iot = controlClient(emulator);
  await iot.send(new CreateThingCommand({ thingName: 'pump' }));
  await iot.send(
    new CreateDynamicThingGroupCommand({
      thingGroupName: 'online',
      queryString: 'connectivity.connected:true',
    }),
  );
  emulator.clock.advanceTo(emulator.clock.now() + 60_000);
  const members = async () =>
    (await iot.send(new ListThingsInThingGroupCommand({ thingGroupName: 'online' }))).things;

  expect(await members()).toEqual([]);
  await connect('pump');
  expect(await members()).toEqual(['pump']);
  const second = await connect('pump');
  await until(3);
  expect(await members()).toEqual(['pump']);
  await second.endAsync();
  await until(1);
  expect(await members()).toEqual([]);
});
