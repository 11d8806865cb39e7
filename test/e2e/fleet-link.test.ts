import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { generate, type Packet, parser } from 'mqtt-packet';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { DeviceLink, LinkOptions } from '../../src/fleet/link.ts';
import { openMqttJsLink } from '../../src/fleet/link-mqttjs.ts';
import { acceptedTopic, notifyNextTopic, requestTopic } from '../../src/protocol/topics.ts';
import { startBroker } from '../support/broker.ts';

const versions = [4, 5] as const;
const thingName = 'pump-1';
const describeNext = requestTopic({ operation: 'describe', thingName, jobId: '$next' });

const accepting = { returnCode: 0, reasonCode: 0 };

interface Opened {
  readonly link: DeviceLink;
  /** The next thing the link tells, in words. */
  next(): Promise<string>;
}

function openLink(port: number, options: Partial<LinkOptions> = {}): Opened {
  const told: string[] = [];
  let wake = (): void => undefined;
  const tell = (text: string) => {
    told.push(text);
    wake();
  };
  const link = openMqttJsLink(
    {
      endpoint: { host: '127.0.0.1', port },
      clientId: thingName,
      protocolVersion: 4,
      isCleanSession: true,
      keepAliveSeconds: 60,
      ...options,
    },
    {
      connected: (sessionPresent) => tell(`connected, session ${sessionPresent}`),
      closed: (reason) => tell(`closed: ${reason}`),
      message: (topic, payload) => tell(`${topic} ${new TextDecoder().decode(payload)}`),
    },
  );
  onTestFinished(() => link.disconnect(false));
  const next = async (): Promise<string> => {
    while (told.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return told.shift() ?? '';
  };
  return { link, next };
}

async function connected(port: number, options: Partial<LinkOptions> = {}): Promise<Opened> {
  const opened = openLink(port, options);
  opened.link.connect();
  expect(await opened.next()).toBe('connected, session false');
  return opened;
}

function subscribe(link: DeviceLink, filters: readonly string[]): Promise<Error | undefined> {
  return new Promise((resolve) => link.subscribe(filters, resolve));
}

/** A server that does with a connection whatever the test says. */
async function startServer(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A broker that lets everyone in, and does with every other packet what the test says. */
function startScripted(
  protocolVersion: 4 | 5,
  handle: (packet: Packet, answer: (packet: Packet) => void) => void,
): Promise<number> {
  return startServer((socket) => {
    const parsing = parser({ protocolVersion });
    const answer = (packet: Packet) => void socket.write(generate(packet, { protocolVersion }));
    socket.on('data', (bytes) => parsing.parse(bytes));
    parsing.on('packet', (packet) => {
      if (packet.cmd === 'connect') answer({ ...accepting, cmd: 'connack', sessionPresent: false });
      else handle(packet, answer);
    });
  });
}

const topicOf = (payload: string) => (payload.length > 100 ? 'big' : 'small');

describe.each(versions)('MQTT.js link, protocol level %d', (protocolVersion) => {
  it('gets the answers it never subscribed to, and the notices it did', async () => {
    const { broker, port } = await startBroker({
      answer: (broker, { client, topic, payload }) =>
        broker.reply(client, acceptedTopic(topic), payload),
    });
    const { link, next } = await connected(port, { protocolVersion });

    expect(await subscribe(link, [notifyNextTopic(thingName)])).toBeUndefined();
    link.publish(describeNext, '{"clientToken":"1"}');
    expect(await next()).toBe(`${describeNext}/accepted {"clientToken":"1"}`);

    broker.publish(notifyNextTopic(thingName), '{"timestamp":1}', { qos: 1 });
    expect(await next()).toBe(`${notifyNextTopic(thingName)} {"timestamp":1}`);
  });

  it('puts together what comes in many pieces, and takes apart what comes in one', async () => {
    const { broker, port } = await startBroker();
    const { link, next } = await connected(port, { protocolVersion });
    await subscribe(link, ['big', 'small']);
    const payloads = Array.from({ length: 40 }, (_, n) => String(n).repeat(n % 2 ? 5 : 60_000));

    for (const payload of payloads) broker.publish(topicOf(payload), payload, { qos: 1 });

    for (const payload of payloads) expect(await next()).toBe(`${topicOf(payload)} ${payload}`);
  });

  it('takes the lowest message id that is free', async () => {
    const ids: number[] = [];
    const port = await startScripted(protocolVersion, (packet, answer) => {
      if (packet.cmd !== 'publish') return;
      const { messageId = 0, topic, payload } = packet;
      ids.push(messageId);
      answer({ cmd: 'puback', messageId });
      answer({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });
    });
    const { link, next } = await connected(port, { protocolVersion });

    for (let round = 0; round < 20; round++) {
      for (const n of [0, 1, 2]) link.publish('t', `${round}/${n}`);
      for (const n of [0, 1, 2]) expect(await next()).toBe(`t ${round}/${n}`);
    }

    expect(ids).toHaveLength(60);
    expect(Math.max(...ids)).toBe(3);
  });

  it.each([
    ['says goodbye', true, 'CLIENT_INITIATED_DISCONNECT'],
    ['just goes', false, 'CONNECTION_LOST'],
  ])('%s, even with a request on its way, and can come back', async (_, graceful, reason) => {
    const { port, lifecycle } = await startBroker();
    const { link, next } = await connected(port, { protocolVersion });

    link.publish(describeNext, '{}');
    link.disconnect(graceful);
    expect(await next()).toBe('closed: closed');
    await vi.waitFor(() =>
      expect(lifecycle.at(-1)).toMatchObject({ type: 'disconnected', reason }),
    );

    link.connect();
    expect(await next()).toBe('connected, session false');
  });

  it('finds its persistent session again', async () => {
    const { port } = await startBroker();
    const { link, next } = await connected(port, { protocolVersion, isCleanSession: false });

    link.disconnect(true);
    await next();
    link.connect();

    expect(await next()).toBe('connected, session true');
  });

  it('hears of a takeover', async () => {
    const { port } = await startBroker();
    const first = await connected(port, { protocolVersion });

    await connected(port, { protocolVersion });

    expect(await first.next()).toBe(
      protocolVersion === 5 ? 'closed: disconnect-142' : 'closed: closed',
    );
  });

  it('hears of a refused connection', async () => {
    const refusal: Packet = {
      cmd: 'connack',
      sessionPresent: false,
      returnCode: 5,
      reasonCode: 135,
    };
    const port = await startServer((socket) =>
      socket.once('data', () => socket.end(generate(refusal, { protocolVersion }))),
    );
    const { link, next } = openLink(port, { protocolVersion });

    link.connect();

    expect(await next()).toBe(`closed: connack-${protocolVersion === 5 ? 135 : 5}`);
  });

  it('hears of a refused filter', async () => {
    const port = await startScripted(protocolVersion, ({ messageId = 0 }, answer) =>
      answer({ cmd: 'suback', messageId, granted: [0x80] }),
    );
    const { link } = await connected(port, { protocolVersion });

    const error = await subscribe(link, [notifyNextTopic(thingName)]);

    expect(error?.message).toBe('Subscribe error: Unspecified error');
  });
});

describe('MQTT.js link', () => {
  it('hears of a port that nobody listens on', async () => {
    const port = await startServer(() => undefined);
    const { link, next } = openLink(port === 1 ? 2 : 1);

    link.connect();

    expect(await next()).toBe('closed: econnrefused');
  });

  it('survives bytes that are no MQTT', async () => {
    const port = await startServer((socket) => socket.end(Buffer.alloc(64, 0xff)));
    const { link, next } = openLink(port);

    link.connect();

    expect(await next()).toBe('closed: error');
  });

  it('gives up on a broker that never answers', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    let greet = (): void => undefined;
    const greeted = new Promise<void>((resolve) => {
      greet = resolve;
    });
    const port = await startServer((socket) => socket.once('data', () => greet()));
    const { link, next } = openLink(port);

    link.connect();
    await greeted;
    vi.advanceTimersByTime(10_000);

    expect(await next()).toBe('closed: connack-timeout');
  });

  it('comes from the source address it was given', async () => {
    let source: string | undefined;
    const port = await startServer((socket) => {
      source = socket.remoteAddress;
      socket.end();
    });
    const { link, next } = openLink(port, { localAddress: '127.0.0.5' });

    link.connect();
    await next();

    expect(source).toBe('127.0.0.5');
  });

  it('says nothing while it is closed, and takes orders in silence', async () => {
    const { port } = await startBroker();
    const { link, next } = openLink(port);

    link.publish(describeNext, '{}');
    link.subscribe(['a'], () => expect.fail('answered'));
    link.disconnect(true);
    link.connect();

    expect(await next()).toBe('connected, session false');
  });
});
