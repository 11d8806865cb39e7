import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { generate, type Packet } from 'mqtt-packet';
import { expect, it, onTestFinished } from 'vitest';
import { shareReads } from '../../../src/emulator/shared-reads.ts';
import { connected, RawClient, startBroker } from '../../support/broker.ts';

/** Accepted sockets that share their reads, and the clients at the other ends. */
async function acceptShared(count: number) {
  const server = createServer();
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const pairs: { readonly client: Socket; readonly accepted: Socket }[] = [];
  for (let pair = 0; pair < count; pair++) {
    const client = connect(port, '127.0.0.1');
    onTestFinished(() => void client.destroy());
    const [accepted] = (await once(server, 'connection')) as [Socket];
    pairs.push({ client, accepted: shareReads(accepted) });
  }
  return pairs;
}

it('reads what comes on any socket into one buffer', async () => {
  const pairs = await acceptShared(2);

  const chunks: Buffer[] = [];
  for (const [index, { client, accepted }] of pairs.entries()) {
    const next = once(accepted, 'data') as Promise<[Buffer]>;
    client.write(`hello ${index}`);
    const [chunk] = await next;
    expect(chunk.toString()).toBe(`hello ${index}`);
    chunks.push(chunk);
  }

  expect(chunks[1]?.buffer).toBe(chunks[0]?.buffer);
  expect(chunks[1]?.byteOffset).toBe(chunks[0]?.byteOffset);
});

it('still tells of the end', async () => {
  const [pair] = await acceptShared(1);
  pair?.accepted.on('data', () => undefined);

  pair?.client.end('last');

  await once(pair?.accepted as Socket, 'end');
});

/** A client that connects and publishes, as bytes. */
function conversation(clientId: string): Buffer {
  const packets: Packet[] = [
    { cmd: 'connect', clientId, protocolVersion: 4, clean: true, keepalive: 60 },
    {
      cmd: 'publish',
      topic: `of/${clientId}`,
      payload: clientId.repeat(50),
      qos: 0,
      dup: false,
      retain: false,
    },
  ];
  return Buffer.concat(packets.map((packet) => generate(packet)));
}

it('a packet whose beginning came survives what others send before its end', async () => {
  const { port } = await startBroker();
  const listener = await connected(port, 'listener');
  await listener.subscribe('of/+');
  const senders = ['a', 'b'].map((clientId) => ({
    client: new RawClient(port),
    bytes: conversation(clientId),
  }));
  const heard: Packet[] = [];

  for (let at = 0; senders.some(({ bytes }) => at < bytes.length); at += 7) {
    for (const { client, bytes } of senders) client.sendBytes(bytes.subarray(at, at + 7));
    // Each piece is read by itself: the broker has answered a ping that was sent after it.
    heard.push(...(await listener.settled()));
  }

  while (heard.length < 2) heard.push(...(await listener.settled()));
  const texts = heard.map((packet) => packet.cmd === 'publish' && `${packet.payload}`);
  expect(texts.sort()).toEqual(['a'.repeat(50), 'b'.repeat(50)]);
});

it('what the broker keeps of a packet survives what others send after it', async () => {
  const { port } = await startBroker();
  const letters = (letter: string) => Buffer.from(letter.repeat(50));
  const away = await connected(port, 'away', { clean: false });
  await away.subscribe('queued');
  await away.drop();
  const will = { topic: 'will', payload: letters('w'), qos: 1, retain: false } as const;
  const keeper = await connected(port, 'keeper', { version: 5, will });
  const properties = { correlationData: letters('c') };
  keeper.publish('retained', letters('r'), { retain: true, properties });
  keeper.publish('queued', letters('q'));
  await keeper.settled();

  const other = await connected(port, 'other', { version: 5 });
  other.publish('nobody', 'x'.repeat(60_000));
  await other.settled();

  await other.subscribe('retained', 'will');
  expect(await other.next()).toMatchObject({ payload: letters('r'), properties });
  await keeper.drop();
  expect(await other.next()).toMatchObject({ payload: letters('w') });
  const back = await connected(port, 'away', { clean: false });
  expect(await back.next()).toMatchObject({ payload: letters('q') });
});
