import { describe, expect, it } from 'vitest';
import {
  advance,
  connected,
  connecting,
  RawClient,
  startBroker,
  until,
} from '../support/broker.ts';

const versions = [3, 4, 5] as const;

describe('CONNECT', () => {
  it.each(versions)('level %i is welcome', async (version) => {
    const { port } = await startBroker();

    const { connack } = await connecting(port, 'pump-1', { version });

    expect(connack).toMatchObject({ cmd: 'connack', sessionPresent: false });
  });

  it('tells an MQTT 5 client AWS’s terms', async () => {
    const { port } = await startBroker();

    const { connack } = await connecting(port, '', {
      version: 5,
      keepalive: 5,
      properties: { sessionExpiryInterval: 700_000 },
    });

    expect(connack).toMatchObject({
      reasonCode: 0,
      properties: {
        sessionExpiryInterval: 604_800,
        receiveMaximum: 100,
        maximumQoS: 1,
        retainAvailable: true,
        maximumPacketSize: 149_504,
        assignedClientIdentifier: expect.stringMatching(/^auto-/),
        topicAliasMaximum: 8,
        wildcardSubscriptionAvailable: true,
        subscriptionIdentifiersAvailable: false,
        sharedSubscriptionAvailable: true,
        serverKeepAlive: 30,
      },
    });
  });

  it('keeps the keep-alive it was asked for to itself', async () => {
    const { port } = await startBroker();

    const { connack } = await connecting(port, 'c', { version: 5, keepalive: 60 });

    expect(connack).not.toHaveProperty('properties.serverKeepAlive');
    expect(connack).not.toHaveProperty('properties.assignedClientIdentifier');
  });

  it.each([
    [4, { returnCode: 2 }],
    [5, { reasonCode: 0x85 }],
  ] as const)('refuses a $ client id on level %i and closes', async (version, answer) => {
    const { port } = await startBroker();

    const { client, connack } = await connecting(port, '$aws', { version });

    expect(connack).toMatchObject({ cmd: 'connack', ...answer });
    expect(await client.rest()).toEqual([]);
  });

  it('takes packets that were sent before the CONNACK', async () => {
    const { port } = await startBroker();
    const client = new RawClient(port);

    client.send(
      { cmd: 'connect', clientId: 'c', protocolVersion: 4, clean: true, keepalive: 60 },
      { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 1 }] },
    );

    expect(await client.next()).toMatchObject({ cmd: 'connack', returnCode: 0 });
    expect(await client.next()).toMatchObject({ cmd: 'suback', granted: [1] });
  });

  it('refuses more sessions than it may hold', async () => {
    const { port } = await startBroker({ limits: { sessionsMax: 1 } });
    await connected(port, 'first');

    const { client, connack } = await connecting(port, 'second');

    expect(connack).toMatchObject({ returnCode: 3 });
    expect(await client.rest()).toEqual([]);
  });

  it('ends a connection on a second CONNECT, and on anything before the first', async () => {
    const { port } = await startBroker();
    const twice = await connected(port, 'c', { version: 5 });
    const silent = new RawClient(port);

    twice.send({ cmd: 'connect', clientId: 'c', protocolVersion: 5, clean: true, keepalive: 60 });
    silent.send({ cmd: 'pingreq' });

    expect(await twice.rest()).toMatchObject([{ cmd: 'disconnect', reasonCode: 0x82 }]);
    expect(await silent.rest()).toEqual([]);
  });
});

describe('patience, in wall time', () => {
  it('waits 30 s for CONNECT', async () => {
    const { port, wallClock, broker } = await startBroker();
    const client = new RawClient(port);
    // A second client's answer proves that the first is attached.
    await connected(port, 'c', { keepalive: 600 });

    advance(wallClock, 30);
    expect(broker.stats().connections).toBe(2);
    advance(wallClock, 1);

    expect(await client.rest()).toEqual([]);
  });

  it.each([
    [10, 45],
    [60, 90],
    [0, 1800],
    [2000, 1800],
  ])('a keep-alive of %i s ends after %i s of silence', async (keepalive, silenceSeconds) => {
    const { port, wallClock, clock, lifecycle } = await startBroker();
    const client = await connected(port, 'c', { version: 5, keepalive });

    advance(clock, 100_000);
    advance(wallClock, silenceSeconds);
    expect(await client.settled()).toEqual([]);
    advance(wallClock, silenceSeconds);
    expect(await client.settled()).toEqual([]);
    advance(wallClock, silenceSeconds + 1);

    expect(await client.rest()).toMatchObject([{ cmd: 'disconnect', reasonCode: 0x8d }]);
    expect(lifecycle.at(-1)).toMatchObject({ reason: 'MQTT_KEEP_ALIVE_TIMEOUT' });
  });
});

describe('takeover', () => {
  it.each([
    [4, []],
    [5, [{ cmd: 'disconnect', reasonCode: 0x8e }]],
  ] as const)('ends the older connection on level %i', async (version, farewell) => {
    const { port, lifecycle } = await startBroker();
    const older = await connected(port, 'pump-1', { version });

    const younger = await connected(port, 'pump-1', { version });

    expect(await older.rest()).toMatchObject(farewell);
    expect(await younger.settled()).toEqual([]);
    expect(lifecycle).toMatchObject([
      { type: 'connected' },
      { type: 'disconnected', clientId: 'pump-1', reason: 'DUPLICATE_CLIENTID' },
      { type: 'connected' },
    ]);
  });
});

describe('last will', () => {
  const will = { topic: 'wills/w', payload: Buffer.from('gone'), qos: 1 as const, retain: false };

  it.each(['takeover', 'keep-alive', 'lost connection', 'protocol error'])(
    'is published on %s',
    async (end) => {
      const { port, wallClock } = await startBroker();
      const watcher = await connected(port, 'watcher', { keepalive: 1200 });
      await watcher.subscribe('wills/+');
      const client = await connected(port, 'c', { will, keepalive: 30 });

      if (end === 'takeover') await connected(port, 'c');
      if (end === 'keep-alive') advance(wallClock, 46);
      if (end === 'lost connection') await client.drop();
      if (end === 'protocol error') client.sendBytes(Buffer.of(0xf0, 0));

      expect(await watcher.next()).toMatchObject({
        topic: 'wills/w',
        payload: Buffer.from('gone'),
      });
    },
  );

  it('is not published on DISCONNECT', async () => {
    const { port } = await startBroker();
    const watcher = await connected(port, 'watcher');
    await watcher.subscribe('wills/+');
    const client = await connected(port, 'c', { will });

    await client.leave();

    expect(await watcher.settled()).toEqual([]);
  });

  it('is published on an MQTT 5 DISCONNECT that asks for it', async () => {
    const { port } = await startBroker();
    const watcher = await connected(port, 'watcher');
    await watcher.subscribe('wills/+');
    const client = await connected(port, 'c', { version: 5, will });

    client.send({ cmd: 'disconnect', reasonCode: 4 });

    expect(await watcher.next()).toMatchObject({ topic: 'wills/w' });
  });

  it('waits for its delay, and is forgotten when the session resumes', async () => {
    const { port, clock, broker } = await startBroker();
    const watcher = await connected(port, 'watcher');
    await watcher.subscribe('wills/+');
    const isAlone = () => broker.stats().connections === 1;
    const options = {
      version: 5 as const,
      clean: false,
      properties: { sessionExpiryInterval: 100 },
      will: { ...will, properties: { willDelayInterval: 20 } },
    };
    await (await connected(port, 'c', options)).drop();
    await until(isAlone);

    advance(clock, 19);
    expect(await watcher.settled()).toEqual([]);
    await (await connected(port, 'c', options)).drop();
    await until(isAlone);
    advance(clock, 19);
    expect(await watcher.settled()).toEqual([]);
    advance(clock, 1);

    expect(await watcher.messages()).toMatchObject([{ topic: 'wills/w' }]);
  });

  it('does not outwait its session', async () => {
    const { port, clock, broker } = await startBroker();
    const watcher = await connected(port, 'watcher');
    await watcher.subscribe('wills/+');
    const client = await connected(port, 'c', {
      version: 5,
      properties: { sessionExpiryInterval: 10 },
      will: { ...will, properties: { willDelayInterval: 20 } },
    });
    await client.drop();
    await until(() => broker.stats().connections === 1);

    advance(clock, 9);
    expect(await watcher.messages()).toEqual([]);
    advance(clock, 1);
    expect(await watcher.messages()).toHaveLength(1);
    advance(clock, 10);
    expect(await watcher.messages()).toEqual([]);
  });

  it('cannot reach a reserved topic', async () => {
    const { port, requests, broker } = await startBroker();
    const topic = '$aws/things/T/jobs/start-next';
    const client = await connected(port, 'c', { will: { ...will, topic } });

    await client.drop();
    await until(() => broker.stats().connections === 0);

    expect(requests).toEqual([]);
    expect(broker.stats().dropped).toEqual({ 'reserved-topic': 1 });
  });
});
