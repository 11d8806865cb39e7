import { describe, expect, it } from 'vitest';
import { advance, connected, connecting, startBroker, until } from '../support/broker.ts';

const persistent = { clean: false } as const;

describe('sessions', () => {
  it('keep subscriptions and QoS 1 messages, and say so', async () => {
    const { port, broker, clock } = await startBroker();
    const client = await connected(port, 'c', persistent);
    await client.subscribe('a', 'b');
    await client.leave();
    broker.publish('a', 'kept', { qos: 1 });
    broker.publish('b', 'lost', { qos: 0 });

    const { client: back, connack } = await connecting(port, 'c', persistent);
    advance(clock, 1);

    expect(connack).toMatchObject({ sessionPresent: true });
    expect(await back.messages()).toMatchObject([{ payload: Buffer.from('kept'), dup: false }]);
    broker.publish('b', 'live', { qos: 0 });
    expect(await back.messages()).toMatchObject([{ payload: Buffer.from('live') }]);
  });

  it('end with a clean connection', async () => {
    const { port, broker } = await startBroker();
    const client = await connected(port, 'c');
    await client.subscribe('a');
    await client.leave();

    const { connack } = await connecting(port, 'c', persistent);

    expect(connack).toMatchObject({ sessionPresent: false });
    expect(broker.stats()).toMatchObject({ subscriptions: 0, sessions: 1 });
  });

  it.each([
    ['3.1.1', {}, 3600],
    ['MQTT 5', { version: 5, properties: { sessionExpiryInterval: 90 } }, 90],
  ] as const)('of %s expire in simulated time after the disconnect', async (_, more, seconds) => {
    const { port, clock, wallClock, broker } = await startBroker();
    const options = { ...persistent, ...more };
    await (await connected(port, 'c', options)).subscribe('a');
    advance(clock, 10_000);
    await (await connected(port, 'c', options)).leave();

    advance(wallClock, 10_000);
    advance(clock, seconds - 1);
    const { client, connack } = await connecting(port, 'c', options);
    expect(connack).toMatchObject({ sessionPresent: true });
    await client.leave();
    broker.publish('a', 'x', { qos: 1 });
    expect(broker.stats()).toMatchObject({ sessions: 1, subscriptions: 1, queuedMessages: 1 });
    advance(clock, seconds);

    expect(broker.stats()).toMatchObject({
      sessions: 0,
      subscriptions: 0,
      queuedMessages: 0,
      queuedBytes: 0,
    });
  });

  it('do not expire under a client that came back', async () => {
    const { port, clock, broker } = await startBroker();
    await (await connected(port, 'c', persistent)).leave();
    const back = await connected(port, 'c', persistent);
    await back.subscribe('a');

    advance(clock, 3600);
    broker.publish('a', '', { qos: 0 });

    expect(await back.messages()).toHaveLength(1);
  });

  it('of MQTT 3.1 resume without saying so', async () => {
    const { port } = await startBroker();
    const old = { ...persistent, version: 3 } as const;
    await (await connected(port, 'c', old)).leave();

    expect((await connecting(port, 'c', old)).connack).toMatchObject({ sessionPresent: false });
  });

  it('of 3.1.1 and 5 are not interchangeable', async () => {
    const { port } = await startBroker();
    const five = { ...persistent, version: 5, properties: { sessionExpiryInterval: 60 } } as const;
    await (await connected(port, 'c', persistent)).leave();

    const { client, connack } = await connecting(port, 'c', five);
    await client.leave();

    expect(connack).toMatchObject({ sessionPresent: false });
    expect((await connecting(port, 'c', five)).connack).toMatchObject({ sessionPresent: true });
  });

  it('may be given another expiry by an MQTT 5 DISCONNECT, but not a first one', async () => {
    const { port, broker } = await startBroker();
    const kept = await connected(port, 'kept', {
      version: 5,
      properties: { sessionExpiryInterval: 60 },
    });
    const brief = await connected(port, 'brief', { version: 5 });

    kept.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } });
    brief.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 60 } });

    expect(await kept.rest()).toEqual([]);
    expect(await brief.rest()).toMatchObject([{ cmd: 'disconnect', reasonCode: 0x82 }]);
    expect(broker.stats().sessions).toBe(0);
  });
});

describe('delivery at QoS 1', () => {
  it('repeats what was not acknowledged, without DUP', async () => {
    const { port, broker, clock } = await startBroker();
    const client = await connected(port, 'c', persistent);
    await client.subscribe('a');
    broker.publish('a', '1', { qos: 1 });
    broker.publish('a', '2', { qos: 1 });
    const [first] = await client.settled();
    if (first?.messageId === undefined) throw new Error('nothing came');
    client.send({ cmd: 'puback', messageId: first.messageId });
    await client.settled();
    await client.drop();
    await until(() => broker.stats().connections === 0);

    const back = await connected(port, 'c', persistent);
    advance(clock, 1);

    expect(await back.messages()).toMatchObject([{ payload: Buffer.from('2'), dup: false }]);
    expect(broker.stats()).toMatchObject({ queuedMessages: 0, queuedBytes: 0 });
  });

  it('replays 10 stored messages a second; new ones do not wait behind them', async () => {
    const { port, broker, clock } = await startBroker();
    const client = await connected(port, 'c', persistent);
    await client.subscribe('#');
    await client.leave();
    for (let index = 0; index < 25; index++) broker.publish(`${index}`, '', { qos: 1 });

    const back = await connected(port, 'c', persistent);
    expect(await back.messages()).toMatchObject([{ topic: '0' }]);
    broker.publish('new', '', { qos: 1 });
    expect(await back.messages()).toMatchObject([{ topic: 'new' }]);
    advance(clock, 0.95);
    expect(await back.messages()).toHaveLength(9);
    advance(clock, 1);
    expect(await back.messages()).toHaveLength(10);
    advance(clock, 1);

    expect((await back.messages()).map(({ topic }) => topic)).toEqual([
      '20',
      '21',
      '22',
      '23',
      '24',
    ]);
  });

  it('replays to the client that is there, not to one that left', async () => {
    const { port, broker, clock } = await startBroker();
    await (await connected(port, 'c', persistent)).subscribe('#');
    await (await connected(port, 'c', persistent)).leave();
    for (const topic of ['1', '2', '3']) broker.publish(topic, '', { qos: 1 });
    await (await connected(port, 'c', persistent)).leave();

    advance(clock, 10);
    const back = await connected(port, 'c', persistent);
    advance(clock, 1);

    expect((await back.messages()).map(({ topic }) => topic)).toEqual(['1', '2', '3']);
  });

  it.each([
    [4, undefined, 100],
    [5, 3, 3],
    [5, 500, 100],
  ] as const)('on level %i keeps at most the window in flight', async (version, asked, window) => {
    const { port, broker } = await startBroker();
    const properties = asked === undefined ? {} : { properties: { receiveMaximum: asked } };
    const client = await connected(port, 'c', { version, ...properties });
    await client.subscribe('#');
    for (let index = 0; index < 105; index++) broker.publish(`${index}`, '', { qos: 1 });

    const before = await client.settled();
    expect(before).toHaveLength(window);
    client.send({ cmd: 'puback', messageId: before[0]?.messageId ?? 0 });

    expect(await client.settled()).toMatchObject([{ cmd: 'publish', topic: `${window}` }]);
  });

  it('drops the oldest of a full session', async () => {
    const { port, broker, clock } = await startBroker({
      limits: { queuedMessagesPerSessionMax: 2, replaysPerSecond: 1000 },
    });
    const client = await connected(port, 'c', persistent);
    await client.subscribe('#');
    await client.leave();
    for (const topic of ['1', '2', '3']) broker.publish(topic, '', { qos: 1 });

    const back = await connected(port, 'c', persistent);
    advance(clock, 1);

    expect(await back.messages()).toMatchObject([{ topic: '2' }, { topic: '3' }]);
    expect(broker.stats().dropped).toEqual({ 'session-queue-full': 1 });
  });

  it('drops the newest when all sessions together are full', async () => {
    const { port, broker } = await startBroker({ limits: { queuedBytesMax: 2000 } });
    const client = await connected(port, 'c', persistent);
    await client.subscribe('#');
    await client.leave();
    broker.publish('1', 'x'.repeat(1000), { qos: 1 });
    broker.publish('2', 'x'.repeat(1000), { qos: 1 });

    expect(broker.stats()).toMatchObject({
      queuedMessages: 1,
      dropped: { 'broker-queue-full': 1 },
    });
  });
});
