import { describe, expect, it } from 'vitest';
import { connected, startBroker } from '../support/broker.ts';

const names = (count: number, prefix = 'f') =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('SUBSCRIBE', () => {
  it('takes 8 filters in a packet and no 9th', async () => {
    const { port } = await startBroker();
    const four = await connected(port, 'four');
    const five = await connected(port, 'five', { version: 5 });

    expect(await four.subscribe(...names(8))).toEqual(Array(8).fill(1));
    for (const client of [four, five]) {
      const subscriptions = names(9).map((topic) => ({ topic, qos: 1 as const }));
      client.send({ cmd: 'subscribe', messageId: 2, subscriptions });
    }

    expect(await four.rest()).toEqual([]);
    expect(await five.rest()).toMatchObject([{ cmd: 'disconnect', reasonCode: 0x97 }]);
  });

  it('takes 50 subscriptions, renews one of them, and refuses the 51st', async () => {
    const { port } = await startBroker();
    for (const [version, refused] of [
      [4, 0x80],
      [5, 0x97],
    ] as const) {
      const client = await connected(port, `c${version}`, { version });
      for (let turn = 0; turn < 10; turn++) await client.subscribe(...names(5, `${turn}/`));

      expect(await client.subscribe('0/0', 'one-more')).toEqual([1, refused]);
    }
  });

  it('grants QoS 2 as 1', async () => {
    const { port } = await startBroker();
    const client = await connected(port, 'c');

    expect(await client.subscribe({ topic: 'a', qos: 2 }, { topic: 'b', qos: 0 })).toEqual([1, 0]);
  });

  it('refuses a filter against the grammar alone', async () => {
    const { port } = await startBroker();

    expect(await (await connected(port, 'four')).subscribe('a/#/b', 'ok')).toEqual([0x80, 1]);
    const five = await connected(port, 'five', { version: 5 });
    expect(await five.subscribe('a+', '$share/g/', 'ok')).toEqual([0x8f, 0x8f, 1]);
  });

  it('takes 7 slashes and no 8th', async () => {
    const { port } = await startBroker();
    const client = await connected(port, 'c', { version: 5 });

    expect(await client.subscribe('1/2/3/4/5/6/7/8', '$share/g/1/2/3/4/5/6/7/8')).toEqual([1, 1]);
    client.send({
      cmd: 'subscribe',
      messageId: 2,
      subscriptions: [{ topic: '1/2/3/4/5/6/7/8/9', qos: 0 }],
    });

    expect(await client.rest()).toMatchObject([{ cmd: 'disconnect', reasonCode: 0x8f }]);
  });

  it('has no subscription identifiers', async () => {
    const { port } = await startBroker();
    const client = await connected(port, 'c', { version: 5 });

    client.send({
      cmd: 'subscribe',
      messageId: 2,
      subscriptions: [{ topic: 'a', qos: 0 }],
      properties: { subscriptionIdentifier: 1 },
    });

    expect(await client.rest()).toMatchObject([{ cmd: 'disconnect', reasonCode: 0xa1 }]);
  });

  it('takes reserved filters', async () => {
    const { port } = await startBroker();
    const client = await connected(port, 'c');

    expect(await client.subscribe('$aws/things/T/jobs/notify', '$aws/events/#')).toEqual([1, 1]);
  });
});

describe('UNSUBSCRIBE', () => {
  it('stops messages and is acknowledged, known filter or not', async () => {
    const { port, broker, lifecycle } = await startBroker();
    const client = await connected(port, 'c', { version: 5 });
    await client.subscribe('a', 'b');

    client.send({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: ['a', 'never'] });
    expect(await client.settled()).toMatchObject([
      { cmd: 'unsuback', messageId: 9, granted: [0, 0] },
    ]);
    broker.publish('a', '', { qos: 0 });
    broker.publish('b', '', { qos: 0 });

    expect(await client.messages()).toMatchObject([{ topic: 'b' }]);
    expect(lifecycle.slice(1)).toEqual([
      { type: 'subscribed', clientId: 'c', topics: ['a', 'b'] },
      { type: 'unsubscribed', clientId: 'c', topics: ['a', 'never'] },
    ]);
  });

  it('takes 8 filters and no 9th', async () => {
    const { port } = await startBroker();
    const client = await connected(port, 'c');

    client.send({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: names(8) });
    expect(await client.settled()).toMatchObject([{ cmd: 'unsuback' }]);
    client.send({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: names(9) });

    expect(await client.rest()).toEqual([]);
  });
});

describe('shared subscriptions', () => {
  it.each([4, 5] as const)('give each message to one member (level %i)', async (version) => {
    const { port, broker } = await startBroker();
    const members = await Promise.all(
      names(3, 'm').map((name) => connected(port, name, { version })),
    );
    for (const member of members) await member.subscribe('$share/g/jobs/+');

    for (let index = 0; index < 60; index++) broker.publish(`jobs/${index}`, '', { qos: 1 });
    const shares = await Promise.all(members.map((member) => member.messages()));

    expect(shares.flat()).toHaveLength(60);
    expect(new Set(shares.flat().map(({ topic }) => topic)).size).toBe(60);
    for (const share of shares) expect(share.length).toBeGreaterThan(5);
  });

  it('serve groups and plain subscribers independently', async () => {
    const { port, broker } = await startBroker();
    const client = await connected(port, 'c');
    await client.subscribe('$share/g/a', '$share/h/a', 'a');

    broker.publish('a', '', { qos: 0 });

    expect(await client.messages()).toHaveLength(3);
  });

  it('store for a member only when none is connected', async () => {
    const { port, broker, clock } = await startBroker();
    const stored = await connected(port, 'stored', { clean: false });
    await stored.subscribe('$share/g/a');
    await stored.leave();
    const live = await connected(port, 'live');
    await live.subscribe('$share/g/a');

    for (let index = 0; index < 20; index++) broker.publish('a', 'live', { qos: 1 });
    expect(await live.messages()).toHaveLength(20);
    await live.leave();
    broker.publish('a', 'stored', { qos: 1 });
    broker.publish('a', 'lost', { qos: 0 });
    const back = await connected(port, 'stored', { clean: false });
    clock.advanceTo(clock.now() + 1000);

    expect(await back.messages()).toMatchObject([{ payload: Buffer.from('stored') }]);
  });

  it('cannot be No Local', async () => {
    const { port } = await startBroker();
    const client = await connected(port, 'c', { version: 5 });

    client.send({
      cmd: 'subscribe',
      messageId: 2,
      subscriptions: [{ topic: '$share/g/a', qos: 1, nl: true }],
    });

    expect(await client.rest()).toMatchObject([{ cmd: 'disconnect', reasonCode: 0x82 }]);
  });

  it('take no 101st group until one is empty', async () => {
    const { port } = await startBroker();
    const [first, second, third] = await Promise.all(names(3).map((name) => connected(port, name)));
    for (const [at, client] of [first, second].entries()) {
      for (let turn = 0; turn < 10; turn++) {
        await client?.subscribe(...names(5, `$share/g${at}-${turn}/`));
      }
    }

    expect(await third?.subscribe('$share/g/a')).toEqual([0x80]);
    await first?.leave();
    expect(await third?.subscribe('$share/g/a')).toEqual([1]);
  });

  it('take no 101st member', async () => {
    const { port } = await startBroker();
    const clients = await Promise.all(names(101).map((name) => connected(port, name)));
    const granted = [];
    for (const client of clients) granted.push(await client.subscribe('$share/g/a'));

    expect(granted.slice(-2)).toEqual([[1], [0x80]]);
  });
});
