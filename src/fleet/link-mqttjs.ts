import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { type IClientOptions, type IStore, MqttClient } from 'mqtt';
import type { LinkTraffic } from '../base/traffic.ts';
import {
  connectTimeoutMs,
  type DeviceLink,
  type LinkEvents,
  type LinkOptions,
  type OpenLink,
} from './link.ts';
import { MessageIds } from './message-ids.ts';
import { connectProperties } from './packet-encoder.ts';
import { openThinSocket } from './thin-socket.ts';

/**
 * MQTT.js in its lean configuration: what it keeps for reconnecting and resending is off, because a
 * device of ours does both itself. 8 KB of heap a connection, where the default takes 13.
 */
export const openMqttJsLink: OpenLink = (options, events) => new MqttJsLink(options, events);

/** A new client for every connect(): MQTT.js's own reconnect would keep state we mean to lose. */
class MqttJsLink implements DeviceLink {
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  #client: MqttClient | undefined;
  #socket: Socket | undefined;
  #traffic: LinkTraffic | undefined;

  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
  }

  connect(): void {
    assert.ok(this.#client === undefined, 'a link connects once it is closed');
    // MQTT.js tells the cause of an end in an error, or not at all, and the end itself in `close`.
    let reason = 'closed';
    const client = new MqttClient(() => this.#openSocket(), clientOptions(this.#options));
    this.#client = client;
    this.#countPackets(client);
    client.on('connect', ({ sessionPresent }) => this.#events.connected(sessionPresent));
    client.on('message', (topic, payload) => this.#events.message(topic, payload));
    client.on('error', (error) => {
      reason = reasonOf(error);
      // A broker that breaks the protocol must not be left half connected.
      this.#socket?.destroy();
    });
    client.on('disconnect', ({ reasonCode }) => {
      reason = `disconnect-${reasonCode ?? 0}`;
    });
    client.on('close', () => {
      this.#client = undefined;
      this.#socket = undefined;
      this.#traffic?.closed();
      this.#events.closed(reason);
    });
    client.connect();
  }

  subscribe(filters: readonly string[], done: (refusal?: string) => void): void {
    const client = this.#client;
    if (client?.connected !== true) return;
    client.subscribe([...filters], { qos: 1 }, (error) => {
      // After the end of the connection `closed` has said it all.
      if (this.#client === client) done(error ? `suback-${codeOf(error)}` : undefined);
    });
  }

  publish(topic: string, payload: string): void {
    const client = this.#client;
    // The callback keeps MQTT.js from raising an error event; the device waits for the answer anyway.
    if (client?.connected === true) client.publish(topic, payload, { qos: 1 }, () => undefined);
  }

  disconnect(graceful: boolean): void {
    const client = this.#client;
    const socket = this.#socket;
    if (client === undefined || socket === undefined) return;
    this.#traffic?.beginClosing();
    if (graceful && client.connected) {
      for (const id of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(id));
      client.end();
      // What was written still leaves, but no broker can keep us waiting for its side of the end.
      socket.destroySoon();
    } else {
      client.end(true);
    }
  }

  #countPackets(client: MqttClient): void {
    const traffic = this.#options.traffic?.open();
    this.#traffic = traffic;
    if (traffic === undefined) return;
    client.on('packetsend', () => traffic.countSent());
    client.on('packetreceive', () => traffic.countReceived());
  }

  #openSocket(): Socket {
    const socket = openThinSocket(this.#options);
    this.#socket = socket;
    return socket;
  }
}

/** `econnrefused`, `connack-5`, `connack-timeout`, `keepalive-timeout`, or `error` for what should not be. */
function reasonOf(error: Error & { code?: unknown }): string {
  if (typeof error.code === 'string') return error.code.toLowerCase();
  if (/^Connection refused/.test(error.message)) return `connack-${error.code}`;
  if (/timeout$/.test(error.message)) return error.message.toLowerCase().replace(' ', '-');
  return 'error';
}

/** The last code of at least 128 in the SUBACK that an error of MQTT.js brings along. */
function codeOf({ packet }: Error & { packet?: { granted?: readonly unknown[] } }): number {
  return (packet?.granted ?? []).map(Number).findLast((code) => code >= 0x80) ?? 0x80;
}

function clientOptions(options: LinkOptions): IClientOptions {
  const { clientId, protocolVersion, isCleanSession, keepAliveSeconds } = options;
  const properties = connectProperties(options);
  return {
    clientId,
    protocolVersion,
    clean: isCleanSession,
    keepalive: keepAliveSeconds,
    connectTimeout: connectTimeoutMs,
    reconnectPeriod: 0,
    // Nothing happens before we listen.
    manualConnect: true,
    resubscribe: false,
    queueQoSZero: false,
    reschedulePings: false,
    log: noLog,
    // MQTT.js's own cache of all two-byte numbers is 6.7 MB a thread and saves 0.2 µs a publish.
    writeCache: false,
    outgoingStore: nullStore,
    incomingStore: nullStore,
    messageIdProvider: new LowMessageIds(),
    ...(properties === undefined ? {} : { properties }),
  };
}

/** `debug()`, the default, makes a function object for every client. */
const noLog = (): void => undefined;

/** Nothing is resent by MQTT.js, so nothing needs to be kept. */
const nullStore: IStore = {
  put(_packet, done) {
    done();
    return nullStore;
  },
  del(packet, done) {
    done(undefined, packet as Parameters<typeof done>[1]);
    return nullStore;
  },
  get(_packet, done) {
    done(new Error('missing packet'));
    return nullStore;
  },
  createStream: () => Readable.from([]) as ReturnType<IStore['createStream']>,
  close: (done) => done(),
};

/**
 * The lowest free id. MQTT.js keys plain objects by it, and growing or random ids turn them into
 * sparse arrays: 0.9 KB a client.
 */
class LowMessageIds implements NonNullable<IClientOptions['messageIdProvider']> {
  readonly #ids = new MessageIds();
  #last: number | null = null;

  allocate(): number | null {
    const id = this.#ids.take() ?? null;
    this.#last = id ?? this.#last;
    return id;
  }

  getLastAllocated(): number | null {
    return this.#last;
  }

  register(id: number): boolean {
    return this.#ids.add(id);
  }

  deallocate(id: number): void {
    this.#ids.free(id);
  }

  clear(): void {
    this.#ids.clear();
  }
}
