import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import {
  generate,
  type IConnectPacket,
  type IPublishPacket,
  type Packet,
  parser,
} from 'mqtt-packet';
import { onTestFinished } from 'vitest';
import { SteerableClock } from '../../src/base/clock.ts';
import { type Logger, silentLogger } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import { Broker, type BrokerOptions, type JobsRequest } from '../../src/emulator/broker.ts';
import type { LifecycleEvent } from '../../src/emulator/lifecycle.ts';
import { listenTcp } from '../../src/emulator/mqtt-listener.ts';
import { defaultDialect } from '../../src/protocol/dialect.ts';
import { listenThroughFront } from './front.ts';

export type Version = 3 | 4 | 5;

export interface BrokerUnderTest {
  readonly broker: Broker;
  readonly port: number;
  /** Frozen: time moves when the test says so. */
  readonly clock: SteerableClock;
  readonly wallClock: SteerableClock;
  readonly requests: JobsRequest[];
  readonly lifecycle: LifecycleEvent[];
}

let isFronted = false;

/** From now on, the brokers of this test file have their clients in a front. */
export function serveThroughFronts(): void {
  isFronted = true;
}

/** A broker on a free port whose two clocks stand still. Requests are kept, and answered by `answer`. */
export async function startBroker(
  overrides: Partial<BrokerOptions> & {
    readonly answer?: (broker: Broker, request: JobsRequest) => void;
  } = {},
): Promise<BrokerUnderTest> {
  const { answer, ...options } = overrides;
  const clock = frozenClock();
  const wallClock = frozenClock();
  const log: Logger = silentLogger;
  const requests: JobsRequest[] = [];
  const lifecycle: LifecycleEvent[] = [];
  const broker: Broker = new Broker({
    clock,
    wallClock,
    log,
    dialect: defaultDialect,
    random: seededRandom('broker'),
    onJobsRequest: (request) => {
      requests.push(request);
      answer?.(broker, request);
    },
    onLifecycle: (event) => lifecycle.push(event),
    ...options,
  });
  const address = { host: '127.0.0.1', port: 0 };
  const listener = isFronted
    ? await listenThroughFront(broker, address)
    : await listenTcp(broker, address, log);
  onTestFinished(async () => {
    listener.stop();
    await broker.close();
    await listener.close?.();
    clock.stop();
    wallClock.stop();
  });
  return { broker, port: listener.address.port, clock, wallClock, requests, lifecycle };
}

function frozenClock(): SteerableClock {
  const clock = new SteerableClock();
  clock.freeze();
  return clock;
}

/** Moves a frozen clock on by `seconds`. */
export function advance(clock: SteerableClock, seconds: number): void {
  clock.advanceTo(clock.now() + 1000 * seconds);
}

/** Lets the event loop turn until the claim holds; the test's time-out bounds it. */
export async function until(claim: () => boolean): Promise<void> {
  while (!claim()) await new Promise((resolve) => setImmediate(resolve));
}

/** A client that sends what it is told, right or wrong, and keeps what it gets. */
export class RawClient {
  readonly version: Version;
  readonly #socket: Socket;
  readonly #inbox: Packet[] = [];
  #wake: () => void = () => undefined;
  #isClosed = false;

  constructor(port: number, version: Version = 4) {
    this.version = version;
    this.#socket = connectSocket({ port, host: '127.0.0.1', noDelay: true });
    const parsing = parser({ protocolVersion: version });
    parsing.on('packet', (packet) => {
      this.#inbox.push(packet);
      this.#wake();
    });
    this.#socket.on('data', (chunk) => parsing.parse(chunk));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
    onTestFinished(() => {
      this.#socket.destroy();
    });
  }

  send(...packets: Packet[]): void {
    const options = { protocolVersion: this.version };
    this.sendBytes(Buffer.concat(packets.map((packet) => generate(packet, options))));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** The next packet from the broker; undefined when the connection has ended instead. */
  async next(): Promise<Packet | undefined> {
    while (this.#inbox.length === 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#inbox.shift();
  }

  /** Everything up to the end of the connection. */
  async rest(): Promise<Packet[]> {
    if (!this.#isClosed) await once(this.#socket, 'close');
    return this.#inbox.splice(0);
  }

  /** Everything the broker sent before it answered a ping sent now. */
  async settled(): Promise<Packet[]> {
    this.send({ cmd: 'pingreq' });
    const before: Packet[] = [];
    for (;;) {
      const packet = await this.next();
      if (packet === undefined) throw new Error('the connection ended before the PINGRESP');
      if (packet.cmd === 'pingresp') return before;
      before.push(packet);
    }
  }

  /** The publishes among what `settled` tells, acknowledged. */
  async messages(): Promise<IPublishPacket[]> {
    const publishes = (await this.settled()).filter((packet) => packet.cmd === 'publish');
    for (const { qos, messageId } of publishes) {
      if (qos === 1 && messageId !== undefined) this.send({ cmd: 'puback', messageId });
    }
    await this.settled();
    return publishes;
  }

  async subscribe(
    ...filters: (
      | string
      | { topic: string; qos: 0 | 1 | 2; nl?: boolean; rap?: boolean; rh?: number }
    )[]
  ): Promise<unknown[]> {
    const subscriptions = filters.map((filter) =>
      typeof filter === 'string' ? { topic: filter, qos: 1 as const } : filter,
    );
    this.send({ cmd: 'subscribe', messageId: 1, subscriptions });
    for (;;) {
      const packet = await this.next();
      if (packet === undefined) throw new Error('the connection ended before the SUBACK');
      if (packet.cmd === 'suback') return packet.granted;
    }
  }

  publish(
    topic: string,
    payload: string | Buffer = '{}',
    more: Partial<IPublishPacket> = {},
  ): void {
    const messageId = more.qos === 0 ? {} : { messageId: 7 };
    this.send({
      cmd: 'publish',
      topic,
      payload,
      qos: 1,
      dup: false,
      retain: false,
      ...messageId,
      ...more,
    });
  }

  /** Without DISCONNECT; resolves when the socket is closed here. */
  async drop(): Promise<void> {
    this.#socket.destroy();
    if (!this.#isClosed) await once(this.#socket, 'close');
  }

  /** Stops reading, so that the broker's output piles up. */
  pause(): void {
    this.#socket.pause();
  }

  /** With DISCONNECT; resolves when the broker has closed the connection. */
  async leave(): Promise<void> {
    this.send({ cmd: 'disconnect' });
    await this.rest();
  }
}

export type ConnectOptions = Partial<IConnectPacket> & { readonly version?: Version };

/** Connects and expects success. */
export async function connected(
  port: number,
  clientId: string,
  options: ConnectOptions = {},
): Promise<RawClient> {
  const { client, connack } = await connecting(port, clientId, options);
  if (connack?.cmd !== 'connack' || (connack.returnCode ?? connack.reasonCode) !== 0) {
    throw new Error(`refused: ${JSON.stringify(connack)}`);
  }
  return client;
}

/** Connects and tells the first answer. */
export async function connecting(
  port: number,
  clientId: string,
  { version = 4, ...packet }: ConnectOptions = {},
): Promise<{ client: RawClient; connack: Packet | undefined }> {
  const client = new RawClient(port, version);
  client.send({
    cmd: 'connect',
    clientId,
    protocolVersion: version,
    protocolId: version === 3 ? 'MQIsdp' : 'MQTT',
    clean: true,
    keepalive: 60,
    ...packet,
  });
  return { client, connack: await client.next() };
}
