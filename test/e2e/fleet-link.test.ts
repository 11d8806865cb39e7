import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import {
  generate,
  type IConnectPacket,
  type IPublishPacket,
  type Packet,
  parser,
} from 'mqtt-packet';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Traffic } from '../../src/base/traffic.ts';
import type { DeviceLink, Endpoint, LinkOptions } from '../../src/fleet/link.ts';
import { type ClientKind, openerOf } from '../../src/fleet/link-kinds.ts';
import { limits } from '../../src/protocol/limits.ts';
import { acceptedTopic, notifyNextTopic, requestTopic } from '../../src/protocol/topics.ts';
import { startBroker } from '../support/broker.ts';
import { createDevice, ownJobsPolicy, startSecureEmulator } from '../support/identity.ts';
import { ManualClock } from '../support/manual-clock.ts';

const clients = ['mqttjs', 'packet'] as const;
const versions = [4, 5] as const;
const variants = clients.flatMap((client) => versions.map((version) => [client, version] as const));
const thingName = 'pump-1';
const describeNext = requestTopic({ operation: 'describe', thingName, jobId: '$next' });

const accepting = { returnCode: 0, reasonCode: 0 };

interface Opened {
  readonly link: DeviceLink;
  /** The next thing the link tells, in words. */
  next(): Promise<string>;
}

/** What the tests below open; each group of them runs with both. */
let client: ClientKind = 'mqttjs';
/** The packet links' seconds. */
let wall = new ManualClock();

/** Lets a while go by for either client: for MQTT.js by fake timers. */
function wait(seconds: number): void {
  if (vi.isFakeTimers()) vi.advanceTimersByTime(1000 * seconds);
  wall.advanceTo(wall.now() + 1000 * seconds);
}

function useFakeTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

function openLink(port: number, options: Partial<LinkOptions> = {}): Opened {
  const told: string[] = [];
  let wake = (): void => undefined;
  const tell = (text: string) => {
    told.push(text);
    wake();
  };
  const link = openerOf(client, wall)(
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

function subscribe(link: DeviceLink, filters: readonly string[]): Promise<string | undefined> {
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

/** A broker that lets everyone in, unless `letsIn` says no, with a session if `greet` says so, and does with every other packet what the test says. */
function startScripted(
  protocolVersion: 4 | 5,
  handle: (packet: Packet, answer: (packet: Packet) => void, end: () => void) => void,
  greet: (packet: IConnectPacket) => boolean = () => false,
  letsIn: () => boolean = () => true,
): Promise<number> {
  return startServer((socket) => {
    const parsing = parser({ protocolVersion });
    const answer = (packet: Packet) => void socket.write(generate(packet, { protocolVersion }));
    socket.on('data', (bytes) => parsing.parse(bytes));
    parsing.on('packet', (packet) => {
      if (packet.cmd === 'connect') {
        const sessionPresent = greet(packet);
        if (letsIn()) answer({ ...accepting, cmd: 'connack', sessionPresent });
        else answer({ cmd: 'connack', sessionPresent: false, returnCode: 3, reasonCode: 136 });
      } else handle(packet, answer, () => socket.end());
    });
  });
}

beforeEach(() => {
  wall = new ManualClock();
});

const message = {
  cmd: 'publish',
  topic: 't',
  payload: 'hello',
  qos: 0,
  dup: false,
  retain: false,
} as const;

function describePublish({ payload, messageId, qos, dup }: IPublishPacket): string {
  return `${payload} as ${messageId}, QoS ${qos}${dup ? ', DUP' : ''}`;
}

const topicOf = (payload: string) => (payload.length > 100 ? 'big' : 'small');

function secure(port: number | undefined, caPem: string, servername = 'localhost'): Endpoint {
  const access = { kind: 'certificate', alpn: 'x-amzn-mqtt-ca' } as const;
  return { host: '127.0.0.1', port: port ?? 0, tls: { caPem, servername }, access };
}

describe.each(variants)('%s link, protocol level %d', (kind, protocolVersion) => {
  beforeEach(() => {
    client = kind;
  });

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

    expect(await subscribe(link, [notifyNextTopic(thingName)])).toBe('suback-128');
  });

  it('acknowledges what comes at QoS 1, once the device has it', async () => {
    const acknowledged: number[] = [];
    const port = await startScripted(protocolVersion, (packet, answer) => {
      if (packet.cmd === 'puback') acknowledged.push(packet.messageId ?? 0);
      if (packet.cmd !== 'subscribe') return;
      answer({ cmd: 'suback', messageId: packet.messageId ?? 0, granted: [1] });
      for (const messageId of [7, 8]) answer({ ...message, qos: 1, messageId });
      answer({ ...message, qos: 0 });
      answer({ ...message, qos: 1, messageId: 9, properties: { contentType: 'text/plain' } });
    });
    const { link, next } = await connected(port, { protocolVersion });

    await subscribe(link, ['t']);

    for (let n = 0; n < 4; n++) expect(await next()).toBe('t hello');
    await vi.waitFor(() => expect(acknowledged).toEqual([7, 8, 9]));
  });

  it('gets what waited for it in its persistent session', async () => {
    const { broker, port, clock } = await startBroker();
    const options = { protocolVersion, isCleanSession: false };
    const { link, next } = await connected(port, options);
    await subscribe(link, [notifyNextTopic(thingName)]);
    link.disconnect(false);
    expect(await next()).toBe('closed: closed');
    await vi.waitFor(() => expect(broker.stats().connections).toBe(0));
    for (const n of [1, 2]) broker.publish(notifyNextTopic(thingName), `{"n":${n}}`, { qos: 1 });

    link.connect();

    expect(await next()).toBe('connected, session true');
    clock.advanceTo(clock.now() + 10_000);
    for (const n of [1, 2]) expect(await next()).toBe(`${notifyNextTopic(thingName)} {"n":${n}}`);
  });

  describe('cut off before all it published is acknowledged', () => {
    /**
     * A broker that has `c` be the end of the first connection, on which it acknowledges `b` alone, and
     * never acknowledges `c` before the third. It echoes the rest. Told is every PUBLISH.
     */
    async function startForgetful(sessionPresent: boolean) {
      const published: string[] = [];
      let connection = 0;
      const acknowledges = (text: string) =>
        connection === 1 ? text === 'b' : text !== 'c' || connection > 2;
      const port = await startScripted(
        protocolVersion,
        (packet, answer, end) => {
          if (packet.cmd !== 'publish') return;
          const { messageId = 0, payload } = packet;
          const text = payload.toString();
          published.push(`${connection}: ${describePublish(packet)}`);
          if (acknowledges(text)) answer({ cmd: 'puback', messageId });
          if (connection === 1 && text === 'c') end();
          else answer({ ...message, payload: text });
        },
        () => ++connection > 1 && sessionPresent,
      );
      return { port, published };
    }

    /** What it publishes on its second, third and fourth connection; on each it has one thing to say. */
    async function publishedAfterCut(isCleanSession: boolean, sessionPresent: boolean) {
      const { port, published } = await startForgetful(sessionPresent);
      const { link, next } = await connected(port, { protocolVersion, isCleanSession });
      for (const text of ['a', 'b', 'c']) link.publish('t', text);
      while ((await next()) !== 'closed: closed');
      expect(published.splice(0)).toEqual([
        '1: a as 1, QoS 1',
        '1: b as 2, QoS 1',
        '1: c as 3, QoS 1',
      ]);
      for (const text of ['second', 'third', 'fourth']) {
        link.connect();
        expect(await next()).toBe(`connected, session ${sessionPresent}`);
        link.publish('t', text);
        while ((await next()) !== `t ${text}`);
        link.disconnect(false);
        expect(await next()).toBe('closed: closed');
      }
      return published;
    }

    it('sends that again once, before what is new, and until it is acknowledged', async () => {
      expect(await publishedAfterCut(false, true)).toEqual([
        '2: a as 1, QoS 1, DUP',
        '2: c as 3, QoS 1, DUP',
        '2: second as 2, QoS 1',
        '3: c as 3, QoS 1, DUP',
        '3: third as 1, QoS 1',
        '4: fourth as 1, QoS 1',
      ]);
    });

    it.each([
      ['the broker has lost the session', false, false],
      ['its session is clean', true, false],
      ['its session is clean, whatever the broker says', true, true],
    ])('sends nothing again when %s', async (_, isCleanSession, sessionPresent) => {
      expect(await publishedAfterCut(isCleanSession, sessionPresent)).toEqual([
        '2: second as 1, QoS 1',
        '3: third as 1, QoS 1',
        '4: fourth as 1, QoS 1',
      ]);
    });

    it('keeps what it has to send again until the broker lets it in', async () => {
      const published: string[] = [];
      let connection = 0;
      const port = await startScripted(
        protocolVersion,
        (packet, _answer, end) => {
          if (packet.cmd === 'publish') published.push(`${connection}: ${describePublish(packet)}`);
          end();
        },
        () => ++connection > 1,
        () => connection !== 2,
      );
      const { link, next } = await connected(port, { protocolVersion, isCleanSession: false });

      link.publish('t', 'a');
      expect(await next()).toBe('closed: closed');
      link.connect();
      expect(await next()).toMatch(/^closed: connack/);
      link.connect();

      expect(await next()).toBe('connected, session true');
      await vi.waitFor(() =>
        expect(published).toEqual(['1: a as 1, QoS 1', '3: a as 1, QoS 1, DUP']),
      );
    });
  });

  it('pings when its keep-alive is due, and gives up when no answer comes', async () => {
    useFakeTimers();
    let pings = 0;
    const port = await startScripted(protocolVersion, (packet, answer) => {
      if (packet.cmd === 'pingreq' && ++pings < 3) answer({ cmd: 'pingresp' });
      if (packet.cmd === 'publish') answer({ ...message, topic: 'pong' });
    });
    const { link, next } = await connected(port, { protocolVersion, keepAliveSeconds: 60 });

    for (const expected of [1, 2]) {
      wait(59);
      link.publish('t', 'ping');
      expect(await next()).toBe('pong hello');
      expect(pings).toBe(expected - 1);
      wait(1);
      // The answer to this follows the answer to the ping.
      link.publish('t', 'ping');
      expect(await next()).toBe('pong hello');
      expect(pings).toBe(expected);
    }
    wait(90);

    expect(await next()).toBe('closed: keepalive-timeout');
  });

  it('hears why it is sent away', async () => {
    const reasonCode = protocolVersion === 5 ? { reasonCode: 0x97 } : {};
    const port = await startScripted(protocolVersion, (_, answer, end) => {
      answer({ cmd: 'disconnect', ...reasonCode });
      end();
    });
    const { link, next } = await connected(port, { protocolVersion });

    link.publish('t', 'x');

    expect(await next()).toBe(`closed: disconnect-${protocolVersion === 5 ? 151 : 0}`);
  });

  it('ends what is no MQTT', async () => {
    const port = await startScripted(protocolVersion, (_, answer) =>
      answer({ cmd: 'suback', messageId: 1, granted: [0x7f] }),
    );
    const { link, next } = await connected(port, { protocolVersion });

    link.subscribe(['t'], () => undefined);

    expect(await next()).toBe('closed: error');
  });

  it('ends when more filters are granted than it asked for', async () => {
    const port = await startScripted(protocolVersion, ({ messageId = 0 }, answer) =>
      answer({ cmd: 'suback', messageId, granted: [1, 1] }),
    );
    const { link, next } = await connected(port, { protocolVersion });

    link.subscribe(['t'], () => undefined);

    expect(await next()).toMatch(/^closed: (error|closed)$/);
  });

  it.each(protocolVersion === 5 ? [limits.packetBytesMax] : [])(
    'announces that %d bytes are the most it takes, and ends when more come',
    async (bytesMax) => {
      let announced: number | undefined;
      const port = await startScripted(
        protocolVersion,
        (_, answer) => answer({ ...message, payload: Buffer.alloc(bytesMax) }),
        (packet) => {
          announced = packet.properties?.maximumPacketSize;
          return false;
        },
      );
      const { link, next } = await connected(port, { protocolVersion });

      link.publish('t', 'x');

      expect(await next()).toBe('closed: error');
      expect(announced).toBe(bytesMax);
    },
  );

  it('takes no second CONNACK', async () => {
    const port = await startScripted(protocolVersion, (_, answer) =>
      answer({ ...accepting, cmd: 'connack', sessionPresent: false }),
    );
    const { link, next } = await connected(port, { protocolVersion });

    link.publish('t', 'x');

    expect(await next()).toBe('closed: error');
  });

  it('counts each packet, and forgets those of a connection that ended', async () => {
    const { port } = await startBroker({
      answer: (broker, { client, topic, payload }) =>
        broker.reply(client, acceptedTopic(topic), payload),
    });
    const traffic = new Traffic();
    const { link, next } = await connected(port, { protocolVersion, traffic });
    await subscribe(link, ['t']);
    link.publish(describeNext, '{}');
    await next();
    await vi.waitFor(() =>
      expect(traffic.read()).toMatchObject({ links: 1, closing: 0, sent: 3, received: 4 }),
    );

    link.disconnect(true);
    expect(traffic.read()).toMatchObject({ links: 1, closing: 1, sent: 4 });
    await next();

    expect(traffic.read()).toMatchObject({ links: 0, closing: 0, sent: 0, received: 0 });
  });
});

describe.each(clients)('%s link', (kind) => {
  beforeEach(() => {
    client = kind;
  });

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
    useFakeTimers();
    let greet = (): void => undefined;
    const greeted = new Promise<void>((resolve) => {
      greet = resolve;
    });
    const port = await startServer((socket) => socket.once('data', () => greet()));
    const { link, next } = openLink(port);

    link.connect();
    await greeted;
    wait(10);

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

  it('shows its certificate over TLS, and takes whom its authority vouches for', async () => {
    const { emulator, control, ca } = await startSecureEmulator();
    const { certificatePem, privateKey } = await createDevice(control, thingName, ownJobsPolicy);
    const { link, next } = await connected(emulator.mqtts?.port ?? 0, {
      endpoint: secure(emulator.mqtts?.port, ca),
      identity: { certificatePem, privateKeyPem: privateKey },
    });

    expect(await subscribe(link, [notifyNextTopic(thingName)])).toBeUndefined();
    link.publish(describeNext, '{"clientToken":"1"}');

    expect(await next()).toMatch(/\/get\/accepted .*"clientToken":"1"/);
  });

  it('keeps away from a server that its authority does not vouch for', async () => {
    const { emulator } = await startSecureEmulator();
    const other = await startSecureEmulator();
    const { link, next } = openLink(0, { endpoint: secure(emulator.mqtts?.port, other.ca) });

    link.connect();

    expect(await next()).toMatch(
      /^closed: (unable_to_verify_leaf_signature|cert_signature_failure)$/,
    );
  });

  it('keeps away from a server of another name', async () => {
    const { emulator, ca } = await startSecureEmulator();
    const { link, next } = openLink(0, {
      endpoint: secure(emulator.mqtts?.port, ca, 'elsewhere.example'),
    });

    link.connect();

    expect(await next()).toBe('closed: err_tls_cert_altname_invalid');
  });

  it('is sent away over TLS when it shows no certificate', async () => {
    const { emulator, ca } = await startSecureEmulator();
    const { link, next } = openLink(0, { endpoint: secure(emulator.mqtts?.port, ca) });

    link.connect();

    expect(await next()).toMatch(/^closed: (closed|econnreset)$/);
  });
});
