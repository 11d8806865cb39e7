import { describe, expect, it } from 'vitest';
import type { Broker, JobsRequest } from '../../src/emulator/broker.ts';
import { defaultDialect } from '../../src/protocol/dialect.ts';
import { connected, startBroker, until } from '../support/broker.ts';

const jobs = '$aws/things/pump-1/jobs';

const accept = (broker: Broker, { client, topic }: JobsRequest) =>
  broker.reply(client, `${topic}/accepted`, '{"ok":true}');

describe('jobs requests', () => {
  it.each([
    [`${jobs}/get`, { operation: 'get', thingName: 'pump-1' }],
    [`${jobs}/start-next`, { operation: 'start-next', thingName: 'pump-1' }],
    [`${jobs}/$next/get`, { operation: 'describe', thingName: 'pump-1', jobId: '$next' }],
    [`${jobs}/j-1/update`, { operation: 'update', thingName: 'pump-1', jobId: 'j-1' }],
  ])('%s reaches the service', async (topic, request) => {
    const { port, requests } = await startBroker();
    const client = await connected(port, 'any-id');

    client.publish(topic, '{"clientToken":"t"}');
    await client.settled();

    expect(requests).toMatchObject([
      { topic, client: { clientId: 'any-id' }, jobsTopic: { kind: 'request', request } },
    ]);
    expect(Buffer.from(requests[0]?.payload ?? []).toString()).toBe('{"clientToken":"t"}');
  });

  it('a topic that maps to no operation reaches it too, to be refused', async () => {
    const { port, requests } = await startBroker();
    const client = await connected(port, 'c');

    client.publish(`${jobs}/j-1/start`);
    await client.settled();

    expect(requests).toMatchObject([{ jobsTopic: { kind: 'invalid', thingName: 'pump-1' } }]);
  });

  it('are not shown to subscribers of the request topic', async () => {
    const { port } = await startBroker();
    const spy = await connected(port, 'spy');
    await spy.subscribe(`${jobs}/get`, '$aws/things/+/jobs/#');
    const client = await connected(port, 'c');

    client.publish(`${jobs}/get`);
    await client.settled();

    expect(await spy.messages()).toEqual([]);
  });
});

describe('replies', () => {
  it('reach an unsubscribed requester at QoS 0, after the PUBACK', async () => {
    const { port } = await startBroker({ answer: accept });
    const client = await connected(port, 'c');

    client.publish(`${jobs}/get`);

    expect(await client.settled()).toMatchObject([
      { cmd: 'puback', messageId: 7 },
      { cmd: 'publish', topic: `${jobs}/get/accepted`, qos: 0, retain: false },
    ]);
  });

  it('are seen by nobody else', async () => {
    const { port } = await startBroker({ answer: accept });
    const spy = await connected(port, 'spy');
    await spy.subscribe(`${jobs}/get/accepted`, '$aws/things/+/jobs/#');
    const client = await connected(port, 'c');

    client.publish(`${jobs}/get`);

    expect(await client.messages()).toHaveLength(1);
    expect(await spy.messages()).toEqual([]);
  });

  it.each([
    ['granted', `${jobs}/get/accepted`, 1],
    ['granted', `${jobs}/+/accepted`, 1],
    ['granted', `${jobs}/get/rejected`, 0],
    ['zero', `${jobs}/get/accepted`, 0],
  ] as const)(
    'dialect %s: a requester subscribed to %s gets one, at QoS %i',
    async (replyQos, filter, qos) => {
      const { port } = await startBroker({
        answer: accept,
        dialect: { ...defaultDialect, replyQos },
      });
      const client = await connected(port, 'c');
      await client.subscribe(filter);

      client.publish(`${jobs}/get`);

      expect(await client.messages()).toMatchObject([{ topic: `${jobs}/get/accepted`, qos }]);
    },
  );

  it('are dropped when the requester has gone, even if its session lives on', async () => {
    const { port, broker, requests } = await startBroker();
    const client = await connected(port, 'c', { clean: false });
    await client.subscribe(`${jobs}/#`);
    client.publish(`${jobs}/get`);
    await client.settled();
    await client.drop();
    await until(() => broker.stats().connections === 0);
    const again = await connected(port, 'c', { clean: false });

    for (const request of requests) accept(broker, request);

    expect(await again.messages()).toEqual([]);
    expect(broker.stats().dropped).toEqual({ 'reply-offline': 1 });
  });
});

describe('notify', () => {
  it('reaches exact and wildcard subscribers of the thing and nobody else', async () => {
    const { port, broker } = await startBroker();
    const device = await connected(port, 'pump-1');
    await device.subscribe(`${jobs}/notify`, `${jobs}/notify-next`);
    const fleetWatcher = await connected(port, 'watcher');
    await fleetWatcher.subscribe({ topic: '$aws/things/+/jobs/#', qos: 0 });
    const other = await connected(port, 'pump-2');
    await other.subscribe('$aws/things/pump-2/jobs/#');

    broker.publish(`${jobs}/notify`, '{}', { qos: 1 });

    expect(await device.messages()).toMatchObject([{ topic: `${jobs}/notify`, qos: 1 }]);
    expect(await fleetWatcher.messages()).toMatchObject([{ topic: `${jobs}/notify`, qos: 0 }]);
    expect(await other.messages()).toEqual([]);
  });
});
