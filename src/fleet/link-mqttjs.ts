import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import type { IClientOptions, IStore, MqttClient } from 'mqtt';
import type { LinkTraffic } from '../base/traffic.ts';
import { type DeviceStream, openDeviceWebSocket } from './device-websocket.ts';
import { type ClientEvent, type ClientOwner, LeanMqttClient } from './lean-mqtt-client.ts';
import {
  connectTimeoutMs,
  type DeviceLink,
  type LinkEvents,
  type LinkOptions,
  type OpenLink,
} from './link.ts';
import { MessageIds } from './message-ids.ts';
import { connectProperties, loginOf } from './packet-encoder.ts';
import { openThinSocket } from './thin-socket.ts';
import { type Unacknowledged, withoutSent, withSent } from './unacknowledged.ts';

/**
 * MQTT.js in its lean configuration: what it keeps for reconnecting and resending is off, because a
 * device of ours does the one itself and its link the other. 7 KB of heap a connection, where the default takes 13.
 */
export const openMqttJsLink: OpenLink = (options, events) => new MqttJsLink(options, events);

/** A new client for every connect(): MQTT.js's own reconnect would keep state we mean to lose. */
class MqttJsLink implements DeviceLink, ClientOwner {
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  #client: MqttClient | undefined;
  #socket: DeviceStream | undefined;
  #traffic: LinkTraffic | undefined;
  /** MQTT.js tells the cause of an end in an error, or not at all, and the end itself in `close`. */
  #reason = 'closed';
  /** Of a clean session none are kept. */
  #unacknowledged: Unacknowledged;

  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
  }

  connect(): void {
    assert.ok(this.#client === undefined, 'a link connects once it is closed');
    this.#reason = 'closed';
    this.#traffic = this.#options.traffic?.open();
    this.#client = new LeanMqttClient(this, clientOptions(this.#options));
    this.#client.connect();
  }

  openStream(): DeviceStream {
    const isSigned = this.#options.endpoint.access?.kind === 'sigv4';
    const socket = (isSigned ? openDeviceWebSocket : openThinSocket)(this.#options);
    this.#socket = socket;
    return socket;
  }

  told(client: MqttClient, [event, first, second]: ClientEvent): void {
    if (client !== this.#client) return;
    switch (event) {
      case 'packetsend':
        this.#traffic?.countSent();
        break;
      case 'packetreceive':
        this.#traffic?.countReceived();
        break;
      case 'connect':
        this.#resend(client, first.sessionPresent);
        this.#events.connected(first.sessionPresent);
        break;
      case 'message':
        this.#events.message(first, second);
        break;
      case 'error':
        this.#reason = reasonOf(first);
        // A broker that breaks the protocol must not be left half connected.
        this.#socket?.destroy();
        break;
      case 'disconnect':
        this.#reason = `disconnect-${first.reasonCode ?? 0}`;
        break;
      case 'close':
        this.#client = undefined;
        this.#socket = undefined;
        this.#traffic?.closed();
        this.#events.closed(this.#reason);
    }
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
    if (client?.connected === true) this.#publish(client, topic, payload, false);
  }

  #publish(client: MqttClient, topic: string, payload: string, dup: boolean): void {
    if (this.#options.isCleanSession) {
      client.publish(topic, payload, { qos: 1 }, ignore);
      return;
    }
    client.publish(topic, payload, { qos: 1, dup }, (_error, packet) => {
      // Without a packet the connection has ended, and that of another is not ours to tell of.
      if (packet?.messageId === undefined || this.#client !== client) return;
      this.#unacknowledged = withoutSent(this.#unacknowledged, packet.messageId);
    });
    const messageId = client.getLastMessageId();
    this.#unacknowledged = withSent(this.#unacknowledged, { messageId, topic, payload });
  }

  /** What was not acknowledged on the connection before, if the broker still has the session. */
  #resend(client: MqttClient, sessionPresent: boolean): void {
    const unacknowledged = this.#unacknowledged ?? [];
    this.#unacknowledged = undefined;
    if (!sessionPresent) return;
    for (const { messageId, topic, payload } of unacknowledged) {
      (client.messageIdProvider as LowMessageIds).wants(messageId);
      this.#publish(client, topic, payload, true);
    }
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
    ...loginOf(options.endpoint),
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

/** Keeps MQTT.js from raising an error event; the device waits for the answer anyway. */
const ignore = (): void => undefined;

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
  #wanted: number | undefined;

  /** The next is to be this one, which is free. */
  wants(id: number): void {
    this.#wanted = id;
  }

  allocate(): number | null {
    const id = this.#takeWanted() ?? this.#ids.take() ?? null;
    this.#last = id ?? this.#last;
    return id;
  }

  #takeWanted(): number | undefined {
    const id = this.#wanted;
    this.#wanted = undefined;
    return id !== undefined && this.#ids.add(id) ? id : undefined;
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
