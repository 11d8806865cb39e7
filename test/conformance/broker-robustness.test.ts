import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import { describe, expect, it, onTestFinished } from 'vitest';
import { advance, connected, RawClient, startBroker, until } from '../support/broker.ts';
import { fuzzRuns } from '../support/fuzz-runs.ts';

const jobs = '$aws/things/pump-1/jobs';

const samples: readonly Packet[] = [
  {
    cmd: 'publish',
    topic: 'a/b',
    payload: 'x',
    qos: 1,
    messageId: 1,
    dup: false,
    retain: true,
    properties: { topicAlias: 1, userProperties: { a: 'b' }, correlationData: Buffer.from('c') },
  },
  {
    cmd: 'publish',
    topic: `${jobs}/get`,
    payload: '{}',
    qos: 0,
    dup: false,
    retain: false,
  },
  {
    cmd: 'subscribe',
    messageId: 2,
    subscriptions: [
      { topic: 'a/#', qos: 1 },
      { topic: '$share/g/+', qos: 0 },
    ],
  },
  { cmd: 'unsubscribe', messageId: 3, unsubscriptions: ['a/#'] },
  { cmd: 'puback', messageId: 1 },
  { cmd: 'pubrec', messageId: 1 },
  { cmd: 'pingreq' },
  { cmd: 'disconnect' },
];

const opening = (version: 4 | 5): Buffer =>
  generate({
    cmd: 'connect',
    clientId: 'fuzz',
    protocolVersion: version,
    clean: false,
    keepalive: 60,
    will: { topic: 'w', payload: Buffer.from('x'), qos: 1, retain: true },
    ...(version === 5 ? { properties: { sessionExpiryInterval: 5, receiveMaximum: 2 } } : {}),
  });

/** A conversation of real packets, some bytes of which were changed, lost or made up. */
const conversation = fc
  .record({
    version: fc.constantFrom(4 as const, 5 as const),
    isOpened: fc.boolean(),
    packets: fc.array(fc.nat(samples.length - 1), { minLength: 1, maxLength: 6 }),
    edits: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
    cutAt: fc.nat(),
    tail: fc.uint8Array({ maxLength: 40 }),
  })
  .map(({ version, isOpened, packets, edits, cutAt, tail }) => {
    const head = opening(version);
    const body = Buffer.concat(
      packets.map((index) =>
        generate(samples[index] ?? { cmd: 'pingreq' }, { protocolVersion: version }),
      ),
    );
    const fuzzed = isOpened ? body : Buffer.concat([head, body]);
    for (const [at, byte] of edits) fuzzed[at % fuzzed.length] = byte;
    const kept = fuzzed.subarray(0, cutAt % (2 * fuzzed.length));
    return Buffer.concat(isOpened ? [head, kept, tail] : [kept, tail]);
  });

/** Sends everything, then hangs up; resolves when the broker's side is closed too. */
function throwAt(port: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.end(bytes));
    socket.resume();
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}

describe('bad input', () => {
  it('of any kind leaves the broker serving, and nothing behind', async () => {
    const { port, broker, clock } = await startBroker();
    const witness = await connected(port, 'witness');
    await witness.subscribe('alive');

    await fc.assert(
      fc.asyncProperty(fc.oneof(conversation, fc.uint8Array({ maxLength: 200 })), (bytes) =>
        throwAt(port, bytes),
      ),
      { numRuns: fuzzRuns(2000) },
    );
    await until(() => broker.stats().connections === 1);
    broker.publish('alive', 'yes', { qos: 1 });

    expect(await witness.messages()).toMatchObject([{ payload: Buffer.from('yes') }]);
    advance(clock, 3600);
    advance(clock, 604_800);
    expect(broker.stats()).toMatchObject({
      sessions: 1,
      subscriptions: 1,
      queuedMessages: 0,
      queuedBytes: 0,
    });
  }, 600_000);

  it.each([
    ['a packet length without end', [0x30, 0xff, 0xff, 0xff, 0xff], 0x81],
    ['256 MB announced', [0x30, 0xff, 0xff, 0xff, 0x7f], 0x97],
    ['reserved flags', [0x83, 0x02, 0x00, 0x01], 0x81],
    ['a packet id of 0', [0x82, 0x07, 0x00, 0x00, 0x00, 0x00, 0x01, 0x61, 0x00], 0x81],
    ['a packet only servers send', [0xd0, 0x00], 0x82],
    ['PUBREL', [0x62, 0x02, 0x00, 0x01], 0x82],
    ['enhanced authentication', [0xf0, 0x02, 0x18, 0x00], 0x82],
  ])('%s ends the connection', async (_, bytes, code) => {
    const { port, lifecycle } = await startBroker();
    const client = await connected(port, 'c', { version: 5 });

    client.sendBytes(Buffer.from(bytes));

    expect(await client.rest()).toMatchObject([{ cmd: 'disconnect', reasonCode: code }]);
    expect(lifecycle.at(-1)).toMatchObject({ reason: 'CLIENT_ERROR' });
  });

  it('arriving byte by byte is no bad input', async () => {
    const { port } = await startBroker();
    const client = await connected(port, 'c');
    await client.subscribe('a');
    const publish = generate({
      cmd: 'publish',
      topic: 'a',
      payload: 'x'.repeat(300),
      qos: 0,
      dup: false,
      retain: false,
    });

    for (const byte of publish) client.sendBytes(Buffer.of(byte));

    expect(await client.messages()).toHaveLength(1);
  });
});

describe('slow readers', () => {
  it('lose QoS 0 past a bound; QoS 1 waits for them', async () => {
    const { port, broker } = await startBroker({ limits: { unreadBytesBeforeDrop: 100_000 } });
    const client = await connected(port, 'c');
    await client.subscribe({ topic: 'zero', qos: 0 }, { topic: 'one', qos: 1 });

    for (let index = 0; index < 20; index++) {
      broker.publish('zero', 'x'.repeat(10_000), { qos: 0 });
      broker.publish('one', 'x'.repeat(10_000), { qos: 1 });
    }

    expect(broker.stats().dropped['slow-reader']).toBeGreaterThan(10);
    const topics: string[] = [];
    while (topics.filter((topic) => topic === 'one').length < 20) {
      const packet = await client.next();
      if (packet?.cmd !== 'publish') continue;
      topics.push(packet.topic);
      if (packet.messageId !== undefined)
        client.send({ cmd: 'puback', messageId: packet.messageId });
    }
    expect(topics.filter((topic) => topic === 'zero').length).toBeLessThan(10);
  });

  it('are disconnected past the next', async () => {
    const { port, broker, lifecycle } = await startBroker({
      limits: { unreadBytesBeforeDrop: Number.POSITIVE_INFINITY },
    });
    const client = await connected(port, 'c');
    await client.subscribe({ topic: 'a', qos: 0 });
    client.pause();

    for (let index = 0; index < 300; index++) {
      broker.publish('a', Buffer.alloc(100_000), { qos: 0 });
    }

    await until(() => broker.stats().connections === 0);
    expect(lifecycle.at(-1)).toMatchObject({ type: 'disconnected', reason: 'CLIENT_ERROR' });
  });

  it('cannot hold a connection that was closed', async () => {
    const { port, broker, wallClock } = await startBroker();
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    onTestFinished(() => {
      socket.destroy();
    });
    socket.resume().on('error', () => undefined);
    socket.write(Buffer.concat([opening(4), Buffer.of(0xf0, 0)]));
    await until(() => (broker.stats().packetsIn.auth ?? 0) === 1);
    await once(socket, 'end');
    expect(broker.stats().connections).toBe(1);

    advance(wallClock, 6);

    await until(() => broker.stats().connections === 0);
  });
});

describe('stopping', () => {
  it('says goodbye, closes every stream and takes no more', async () => {
    const { port, broker } = await startBroker();
    const five = await connected(port, 'five', { version: 5 });
    const four = await connected(port, 'four', { clean: false });
    const silent = new RawClient(port);
    await until(() => broker.stats().connections === 3);

    await broker.close();

    expect(await five.rest()).toMatchObject([{ cmd: 'disconnect', reasonCode: 0x8b }]);
    expect(await four.rest()).toEqual([]);
    expect(await silent.rest()).toEqual([]);
    expect(await new RawClient(port).rest()).toEqual([]);
    expect(broker.stats()).toMatchObject({ connections: 0, sessions: 0 });
  });

  it('of all connections leaves sessions as they are', async () => {
    const { port, broker, lifecycle } = await startBroker();
    const five = await connected(port, 'five', {
      version: 5,
      properties: { sessionExpiryInterval: 60 },
    });
    await connected(port, 'four');

    broker.disconnectAll();

    expect(await five.rest()).toMatchObject([{ cmd: 'disconnect', reasonCode: 0x98 }]);
    expect(broker.stats().sessions).toBe(1);
    expect(lifecycle.at(-1)).toMatchObject({ reason: 'SERVER_INITIATED_DISCONNECT' });
  });
});
