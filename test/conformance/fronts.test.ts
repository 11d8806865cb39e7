import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { windowBytes } from '../../src/emulator/front.ts';
import { type Fronts, listenThroughFronts } from '../../src/emulator/fronts.ts';
import { attachTcp, listenTcp } from '../../src/emulator/mqtt-listener.ts';
import { connected, RawClient, startBroker, until } from '../support/broker.ts';
import { type FrontListener, listenThroughFront } from '../support/front.ts';

const anyPort = { host: '127.0.0.1', port: 0 };

/** A broker whose clients are in two processes of their own. */
async function startFronts(options: { count?: number; connectionsMax?: number } = {}) {
  const { broker, lifecycle } = await startBroker();
  const onFailed = vi.fn();
  const fronts: Fronts = await listenThroughFronts(anyPort, {
    count: 2,
    ...options,
    log: silentLogger,
    onClient: attachTcp(broker),
    onFailed,
  });
  onTestFinished(() => fronts.close());
  return { broker, lifecycle, fronts, onFailed, port: fronts.address.port };
}

describe('two fronts', () => {
  it('serve one broker: messages and takeovers cross over', async () => {
    // One place each, so that three clients are in three processes.
    const { broker, lifecycle, port } = await startFronts({ connectionsMax: 1 });
    const clients = [
      await connected(port, 'a'),
      await connected(port, 'b'),
      await connected(port, 'c'),
    ];
    for (const client of clients) await client.subscribe('news');

    clients[0]?.publish('news');

    await clients[0]?.settled().then((packets) => expect(packets).toHaveLength(2));
    for (const client of clients.slice(1))
      expect(await client.next()).toMatchObject({ topic: 'news' });
    const heir = await connected(port, 'a');
    await clients[0]?.rest();
    expect(await heir.settled()).toEqual([]);
    await until(() => broker.stats().connections === 3);
    expect(lifecycle.at(-2)).toMatchObject({ clientId: 'a', reason: 'DUPLICATE_CLIENTID' });
  });

  it('have nobody turned away when both are full', async () => {
    const { broker, port } = await startFronts({ connectionsMax: 2 });

    const clients = await Promise.all(
      Array.from({ length: 12 }, (_, index) => connected(port, `c${index}`)),
    );

    for (const client of clients) expect(await client.settled()).toEqual([]);
    expect(broker.stats().connections).toBe(12);
  });

  it('tell of clients that go, politely or not', async () => {
    const { broker, lifecycle, port } = await startFronts();
    const polite = await connected(port, 'polite');
    const abrupt = await connected(port, 'abrupt');
    const socket = connect({ port, host: '127.0.0.1' });
    onTestFinished(() => {
      socket.destroy();
    });
    await until(() => broker.stats().connections === 3);

    await polite.leave();
    await abrupt.drop();
    socket.resetAndDestroy();

    await until(() => broker.stats().connections === 0);
    const ends = lifecycle.filter(({ type }) => type === 'disconnected');
    expect(ends).toMatchObject([
      { clientId: 'polite', reason: 'CLIENT_INITIATED_DISCONNECT' },
      { clientId: 'abrupt', reason: 'CONNECTION_LOST' },
    ]);
  });

  it('pass on where a client comes from', async () => {
    const { broker } = await startBroker();
    const seen: (string | undefined)[] = [];
    const attach = attachTcp(broker);
    const fronts = await listenThroughFronts(anyPort, {
      count: 1,
      log: silentLogger,
      onClient: (stream, remoteAddress) => {
        seen.push(remoteAddress);
        attach(stream, remoteAddress);
      },
      onFailed: () => undefined,
    });
    onTestFinished(() => fronts.close());

    const { port } = fronts.address;
    const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1' });
    onTestFinished(() => {
      socket.destroy();
    });

    await until(() => seen.length === 1);
    expect(seen).toEqual(['127.0.0.1']);
  });

  it('keep no output for a client that does not read', async () => {
    const { broker, lifecycle, port, fronts } = await startFronts();
    const slow = await connected(port, 'slow');
    await slow.subscribe({ topic: 'a', qos: 0 });
    const other = await connected(port, 'other');
    slow.pause();

    for (let round = 0; round < 300; round++) {
      broker.publish('a', Buffer.alloc(100_000), { qos: 0 });
      if (round % 10 === 0) await other.settled();
    }

    expect(broker.stats().dropped['slow-reader']).toBeGreaterThan(100);
    expect(broker.stats().connections).toBe(2);
    expect(lifecycle.filter(({ type }) => type === 'disconnected')).toEqual([]);
    expect(fronts.pids).toHaveLength(2);
  });

  it('are an error when one ends by itself, which only its clients suffer from', async () => {
    const { broker, lifecycle, port, fronts, onFailed } = await startFronts({
      count: 1,
      connectionsMax: 1,
    });
    await connected(port, 'fronted');
    const surplus = await connected(port, 'surplus');

    for (const pid of fronts.pids) process.kill(pid, 'SIGKILL');

    await until(() => onFailed.mock.calls.length === 1);
    await until(() => broker.stats().connections === 1);
    expect(lifecycle.at(-1)).toMatchObject({ clientId: 'fronted', reason: 'CONNECTION_LOST' });
    expect(onFailed.mock.calls[0]?.[0]).toMatchObject({
      message: 'a front of the emulator ended unexpectedly (SIGKILL)',
    });
    expect(await surplus.settled()).toEqual([]);
  });

  it('end with the listener, and nothing listens any more', async () => {
    const { fronts, port, onFailed } = await startFronts();
    const client = new RawClient(port);

    fronts.stop();
    await fronts.close();

    expect(await client.rest()).toEqual([]);
    for (const pid of fronts.pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await expect(connected(port, 'late')).rejects.toThrow('refused');
    expect(onFailed).not.toHaveBeenCalled();
  });

  it('cannot have a port that is taken', async () => {
    const { broker } = await startBroker();
    const taken = await listenTcp(broker, anyPort, silentLogger);
    onTestFinished(() => taken.stop());

    const starting = listenThroughFronts(taken.address, {
      count: 2,
      log: silentLogger,
      onClient: attachTcp(broker),
      onFailed: () => undefined,
    });

    await expect(starting).rejects.toThrow(AppError);
    await expect(starting).rejects.toThrow('already in use');
  });
});

describe('a front', () => {
  it('keeps a window of output for a client that does not read, and the broker the rest', async () => {
    const { broker } = await startBroker({
      limits: { unreadBytesBeforeDrop: Number.POSITIVE_INFINITY },
    });
    const front = await listenThroughFront(broker, anyPort);
    onTestFinished(() => front.close());
    const client = await connected(front.address.port, 'slow');
    await client.subscribe({ topic: 'a', qos: 0 });
    const other = await connected(front.address.port, 'other');
    client.pause();

    // More than the kernel's buffers hold, less than the broker puts up with.
    for (let round = 0; round < 150 && broker.stats().connections === 2; round++) {
      broker.publish('a', Buffer.alloc(100_000), { qos: 0 });
      await other.settled();
      for (const { writableLength } of front.sockets) {
        expect(writableLength).toBeLessThanOrEqual(windowBytes);
      }
    }

    expect(broker.stats().connections).toBe(1);
  });

  it('stops reading clients while the engine does not read it, and loses nothing', async () => {
    const { broker } = await startBroker();
    const front: FrontListener = await listenThroughFront(broker, anyPort);
    onTestFinished(() => front.close());
    const client = await connected(front.address.port, 'c');
    front.engineEnd.pause();

    const count = 400;
    for (let index = 0; index < count; index++) client.publish('a', 'x'.repeat(100_000));
    await until(() => [...front.sockets].some((socket) => socket.isPaused()));
    expect(front.link.writableLength).toBeLessThan(2 * 1024 * 1024);
    front.engineEnd.resume();

    await until(() => broker.stats().packetsIn.publish === count);
    expect(broker.stats().connections).toBe(1);
  });
});
