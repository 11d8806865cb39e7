import { describe, expect, it } from 'vitest';
import { advance, connected, type RawClient, startBroker } from '../support/broker.ts';

const levels = (slashes: number) => Array.from({ length: slashes + 1 }, () => 'x').join('/');

/** The last packet before the end: DISCONNECT with its code on MQTT 5, nothing before that. */
async function farewell(client: RawClient): Promise<number | undefined> {
  const last = (await client.rest()).at(-1);
  return last?.cmd === 'disconnect' ? last.reasonCode : undefined;
}

describe('PUBLISH', () => {
  it.each([
    [0, 0, 0],
    [0, 1, 0],
    [1, 0, 0],
    [1, 1, 1],
    [1, 2, 1],
  ] as const)('at QoS %i to a subscription asked at %i arrives at %i', async (sent, asked, got) => {
    const { port } = await startBroker();
    const reader = await connected(port, 'reader');
    await reader.subscribe({ topic: 'a/+', qos: asked });
    const writer = await connected(port, 'writer');

    writer.publish('a/b', 'hello', { qos: sent });
    await writer.settled();

    expect(await reader.messages()).toMatchObject([
      { topic: 'a/b', payload: Buffer.from('hello'), qos: got, retain: false, dup: false },
    ]);
  });

  it.each([4, 5] as const)('is acknowledged on level %i whoever gets it', async (version) => {
    const { port } = await startBroker();
    const client = await connected(port, 'c', { version });

    client.publish('nobody/listens', 'x', { messageId: 4711 });

    expect(await client.settled()).toMatchObject([{ cmd: 'puback', messageId: 4711 }]);
  });

  it.each<[string, string, number, number, number | undefined]>([
    ['128 KB', 'a', 131_072, 1, undefined],
    ['128 KB + 1', 'a', 131_073, 1, 0x97],
    ['a packet past 146 KB', 'a', 149_504, 1, 0x97],
    ['7 slashes', levels(7), 1, 1, undefined],
    ['8 slashes', levels(8), 1, 1, 0x90],
    ['a topic of 256 bytes', 'x'.repeat(256), 1, 1, undefined],
    ['a topic of 257 bytes', 'x'.repeat(257), 1, 1, 0x90],
    ['8 slashes below a rule', `$aws/rules/r/${levels(7)}`, 1, 1, undefined],
    ['a wildcard', 'a/+', 1, 1, 0x90],
    ['QoS 2', 'a', 1, 2, 0x9b],
  ])('%s', async (_, topic, sizeBytes, qos, code) => {
    const { port } = await startBroker();
    const five = await connected(port, 'five', { version: 5 });
    const four = await connected(port, 'four');

    for (const client of [five, four]) {
      client.publish(topic, Buffer.alloc(sizeBytes, 'x'), { qos: qos === 2 ? 2 : 1 });
    }

    if (code === undefined) {
      expect(await five.settled()).toMatchObject([{ cmd: 'puback', reasonCode: 0 }]);
      expect(await four.settled()).toMatchObject([{ cmd: 'puback' }]);
    } else {
      expect(await farewell(five)).toBe(code);
      expect(await four.rest()).toEqual([]);
    }
  });

  it('brings overlapping filters once, at the highest QoS', async () => {
    const { port } = await startBroker();
    const reader = await connected(port, 'reader');
    await reader.subscribe({ topic: 'a/#', qos: 0 }, { topic: 'a/b', qos: 1 });
    const writer = await connected(port, 'writer');

    writer.publish('a/b');
    await writer.settled();

    expect(await reader.messages()).toMatchObject([{ qos: 1 }]);
  });

  it('keeps wildcards at the root from reserved topics', async () => {
    const { port, broker } = await startBroker();
    const reader = await connected(port, 'reader');
    await reader.subscribe('#', '+/events/x', '$aws/events/#');

    broker.publish('$aws/events/x', 'event', { qos: 0 });

    expect(await reader.messages()).toHaveLength(1);
  });

  it('discards what exceeds 100 a second, in and out, without a PUBACK', async () => {
    const { port, broker, clock } = await startBroker({ limits: { publishesPerSecondMax: 100 } });
    const client = await connected(port, 'c');
    await client.subscribe({ topic: 'in', qos: 0 });
    broker.publish('in', '', { qos: 0 });
    for (let id = 1; id <= 100; id++) client.publish('out', '', { messageId: id });

    const answers = await client.settled();

    expect(answers.filter(({ cmd }) => cmd === 'puback')).toHaveLength(99);
    expect(answers.filter(({ cmd }) => cmd === 'publish')).toHaveLength(1);
    expect(broker.stats().dropped).toEqual({ throttled: 1 });
    advance(clock, 1);
    client.publish('out');
    expect(await client.settled()).toMatchObject([{ cmd: 'puback' }]);
  });
});

describe('reserved topics', () => {
  it.each([
    '$aws/things/T/jobs/notify',
    '$aws/things/T/jobs/notify-next',
    '$aws/things/T/jobs/j/update/accepted',
    '$aws/things/T/shadow/update',
    '$aws/events/job/j/completed',
    '$other',
  ])('a publish to %s is dropped and the connection kept', async (topic) => {
    const { port, broker, requests } = await startBroker();
    const reader = await connected(port, 'reader');
    await reader.subscribe(topic);
    const four = await connected(port, 'four');
    const five = await connected(port, 'five', { version: 5 });

    four.publish(topic);
    five.publish(topic);

    expect(await four.settled()).toMatchObject([{ cmd: 'puback' }]);
    expect(await five.settled()).toMatchObject([{ cmd: 'puback', reasonCode: 0x87 }]);
    expect(await reader.messages()).toEqual([]);
    expect(requests).toEqual([]);
    expect(broker.stats().dropped).toEqual({ 'reserved-topic': 2 });
  });

  it('takes Basic Ingest and shows it to nobody', async () => {
    const { port } = await startBroker();
    const client = await connected(port, 'c', { version: 5 });
    await client.subscribe('$aws/rules/#', 'a');

    client.publish('$aws/rules/my-rule/a');

    expect(await client.settled()).toMatchObject([{ cmd: 'puback', reasonCode: 0 }]);
  });

  it('takes no RETAIN', async () => {
    const { port, requests } = await startBroker();
    const client = await connected(port, 'c', { version: 5 });

    client.publish('$aws/things/T/jobs/get', '{}', { retain: true });

    expect(await client.settled()).toMatchObject([{ cmd: 'puback', reasonCode: 0x87 }]);
    expect(requests).toEqual([]);
  });
});

describe('retained messages', () => {
  it('wait for exact filters, not for wildcards or shares', async () => {
    const { port } = await startBroker();
    const writer = await connected(port, 'writer');
    writer.publish('a/b', 'kept', { retain: true });
    await writer.settled();
    const reader = await connected(port, 'reader');

    await reader.subscribe('a/+', '#', '$share/g/a/b');
    expect(await reader.messages()).toEqual([]);
    await reader.subscribe('a/b');

    expect(await reader.messages()).toMatchObject([
      { topic: 'a/b', payload: Buffer.from('kept'), retain: true, qos: 1 },
    ]);
  });

  it('reach those who are there without the flag, unless they keep it', async () => {
    const { port, broker } = await startBroker();
    const plain = await connected(port, 'plain');
    await plain.subscribe('a');
    const keeping = await connected(port, 'keeping', { version: 5 });
    await keeping.subscribe({ topic: 'a', qos: 1, rap: true });

    broker.publish('a', 'x', { qos: 1, retain: true });

    expect(await plain.messages()).toMatchObject([{ retain: false }]);
    expect(await keeping.messages()).toMatchObject([{ retain: true }]);
  });

  it('go with an empty payload', async () => {
    const { port, broker } = await startBroker();
    broker.publish('a', 'x', { qos: 0, retain: true });
    broker.publish('a', '', { qos: 0, retain: true });
    const reader = await connected(port, 'reader');

    await reader.subscribe('a');

    expect(await reader.messages()).toEqual([]);
    expect(broker.stats().retained).toBe(0);
  });

  it('have a bound', async () => {
    const { broker } = await startBroker({ limits: { retainedMessagesMax: 1 } });
    broker.publish('a', 'x', { qos: 0, retain: true });
    broker.publish('b', 'x', { qos: 0, retain: true });
    broker.publish('a', 'y', { qos: 0, retain: true });

    expect(broker.stats()).toMatchObject({ retained: 1, dropped: { 'retained-full': 1 } });
  });

  it('heed MQTT 5 Retain Handling', async () => {
    const { port, broker } = await startBroker();
    broker.publish('a', 'x', { qos: 0, retain: true });
    const reader = await connected(port, 'reader', { version: 5 });

    const received: number[] = [];
    for (const rh of [1, 1, 2, 0]) {
      await reader.subscribe({ topic: 'a', qos: 0, rh });
      received.push((await reader.messages()).length);
    }

    expect(received).toEqual([1, 0, 0, 1]);
  });
});

describe('MQTT 5 properties', () => {
  const properties = {
    payloadFormatIndicator: true,
    contentType: 'application/json',
    responseTopic: 'answers/1',
    correlationData: Buffer.from('c-1'),
    userProperties: { site: 'north', tag: ['a', 'b'] },
  };

  it('travel to MQTT 5 subscribers and not to others', async () => {
    const { port } = await startBroker();
    const five = await connected(port, 'five', { version: 5 });
    await five.subscribe('a');
    const four = await connected(port, 'four');
    await four.subscribe('a');
    const writer = await connected(port, 'writer', { version: 5 });

    writer.publish('a', 'x', { properties: { ...properties, topicAlias: 3 } });
    await writer.settled();

    const [message] = await five.messages();
    expect(message?.properties).toEqual({
      ...properties,
      userProperties: Object.assign(Object.create(null), properties.userProperties),
    });
    expect((await four.messages())[0]).not.toHaveProperty('properties');
  });

  it('resolves topic aliases', async () => {
    const { port } = await startBroker();
    const client = await connected(port, 'c', { version: 5 });
    await client.subscribe('a');

    client.publish('a', '1', { qos: 0, properties: { topicAlias: 8 } });
    client.publish('', '2', { qos: 0, properties: { topicAlias: 8 } });

    expect(await client.messages()).toMatchObject([{ topic: 'a' }, { topic: 'a' }]);
  });

  it.each([
    ['alias 9', 'a', { topicAlias: 9 }, 0x94],
    ['alias 0', 'a', { topicAlias: 0 }, 0x94],
    ['an unknown alias', '', { topicAlias: 1 }, 0x82],
    ['no topic', '', {}, 0x90],
    ['8 KB + 1 of correlation data', 'a', { correlationData: Buffer.alloc(8193) }, 0x97],
    ['8 KB + 1 of user properties', 'a', { userProperties: { k: 'v'.repeat(8192) } }, 0x97],
    ['257 bytes of content type', 'a', { contentType: 'x'.repeat(257) }, 0x97],
  ])('%s ends the connection', async (_, topic, wrong, code) => {
    const { port } = await startBroker();
    const client = await connected(port, 'c', { version: 5 });

    client.publish(topic, 'x', { properties: wrong });

    expect(await farewell(client)).toBe(code);
  });

  it('expires messages in simulated time and tells what is left', async () => {
    const { port, clock, broker } = await startBroker();
    const stored = {
      version: 5,
      clean: false,
      properties: { sessionExpiryInterval: 100 },
    } as const;
    const reader = await connected(port, 'reader', stored);
    await reader.subscribe('a');
    await reader.leave();
    const writer = await connected(port, 'writer', { version: 5 });
    writer.publish('a', 'short', { properties: { messageExpiryInterval: 10 } });
    writer.publish('a', 'long', { properties: { messageExpiryInterval: 30 } });
    await writer.settled();

    advance(clock, 20);
    const back = await connected(port, 'reader', stored);
    advance(clock, 1);

    expect(await back.messages()).toMatchObject([
      { payload: Buffer.from('long'), properties: { messageExpiryInterval: 10 } },
    ]);
    expect(broker.stats().dropped).toEqual({ expired: 1 });
  });

  it('lets no message live longer than seven days', async () => {
    const { port } = await startBroker();
    const client = await connected(port, 'c', { version: 5 });
    await client.subscribe('a');

    client.publish('a', 'x', { properties: { messageExpiryInterval: 700_000 } });

    expect(await client.messages()).toMatchObject([
      { properties: { messageExpiryInterval: 604_800 } },
    ]);
  });

  it('sends nothing larger than the client takes', async () => {
    const { port, broker } = await startBroker();
    const properties512 = { properties: { maximumPacketSize: 512 } };
    const client = await connected(port, 'c', { version: 5, ...properties512 });
    await client.subscribe('a');

    broker.publish('a', 'x'.repeat(512), { qos: 1 });
    broker.publish('a', 'x'.repeat(400), { qos: 1 });

    expect(await client.messages()).toHaveLength(1);
    expect(broker.stats()).toMatchObject({ queuedMessages: 0, dropped: { 'packet-too-large': 1 } });
  });

  it('does not send a No Local subscriber its own messages', async () => {
    const { port } = await startBroker();
    const client = await connected(port, 'c', { version: 5 });
    await client.subscribe({ topic: 'a', qos: 1, nl: true });
    const other = await connected(port, 'other');

    client.publish('a', 'own');
    expect(await client.settled()).toMatchObject([{ cmd: 'puback' }]);
    other.publish('a', 'foreign');
    await other.settled();

    expect(await client.messages()).toMatchObject([{ payload: Buffer.from('foreign') }]);
  });
});
