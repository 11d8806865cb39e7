import type { Duplex } from 'node:stream';
import type { IPublishPacket, PacketCmd } from 'mqtt-packet';
import type { Cancel, Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { Traffic } from '../base/traffic.ts';
import type { Dialect } from '../protocol/dialect.ts';
import { FrameSplitter } from '../protocol/frame-splitter.ts';
import { permitsPublish } from './authority.ts';
import { type BrokerLimits, defaultBrokerLimits } from './broker-limits.ts';
import { BrokerTally, type DropReason } from './broker-tally.ts';
import { BrokerThrottle } from './broker-throttle.ts';
import { Connection, type ConnectionHost, type ConnectionInfo } from './connection.ts';
import type { Diagnosis } from './diagnosis.ts';
import { explainClosing, explainUnheardReply } from './explain-connection.ts';
import { handlePacket } from './handle-packet.ts';
import type { HandlerContext } from './handler-context.ts';
import type { LifecycleEvent } from './lifecycle.ts';
import type { Message, Qos } from './message.ts';
import { PacketDecoder } from './packet-decoder.ts';
import type { ClientJobsTopic } from './publish-rules.ts';
import { type Closing, reasonCode } from './reason-codes.ts';
import { RetainedMessages } from './retained.ts';
import { Router } from './router.ts';
import type { Session } from './session.ts';
import type { SessionStorage } from './session-storage.ts';
import { SessionStore } from './session-store.ts';
import { type Hold, noHold } from './store.ts';
import { matches } from './topic-tree.ts';

/** The connection a request came by; answers go back to it and nowhere else. */
export interface BrokerClient {
  readonly clientId: string;
}

/** A publish below `$aws/things/<thing>/jobs/` that the Jobs service must answer. */
export interface JobsRequest {
  readonly client: BrokerClient;
  readonly topic: string;
  readonly jobsTopic: ClientJobsTopic;
  /** A view of the read buffer: copy what outlives the call. */
  readonly payload: Uint8Array;
}

export interface BrokerOptions {
  /** Simulated time, for what the service promises: session and message expiry, will delay, replay rate, publish quota. */
  readonly clock: Clock;
  /** Wall time, for patience with sockets: keep-alive and time-outs, because client libraries ping in wall time. */
  readonly wallClock: Clock;
  readonly log: Logger;
  readonly dialect: Pick<Dialect, 'replyQos' | 'unauthorizedSubscribe'>;
  /** Assigned client ids, and who of a shared group gets a message. */
  readonly random: Random;
  readonly limits?: Partial<BrokerLimits>;
  /** Told of requests that get no answer, and of connections that the broker ends. */
  readonly diagnosis?: Diagnosis | undefined;
  /** Persistent sessions and retained messages begin with what is in it, and are kept there. */
  readonly storage?: SessionStorage;
  /** Output waits until what it tells is committed. */
  readonly hold?: Hold;
  /** Called after the request's PUBACK was queued; a `reply` during the call shares its socket write. */
  onJobsRequest(request: JobsRequest): void;
  /** What AWS announces as lifecycle events (reference §9.4). */
  onLifecycle?(event: LifecycleEvent): void;
}

export interface PublishOptions {
  readonly qos: Qos;
  readonly retain?: boolean;
}

/** Counts since the start, and sizes now; `connections` counts streams, in whatever state. */
export interface BrokerStats {
  readonly connections: number;
  readonly sessions: number;
  readonly subscriptions: number;
  readonly retained: number;
  readonly retainedBytes: number;
  readonly queuedMessages: number;
  readonly queuedBytes: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly packetsIn: Partial<Record<PacketCmd, number>>;
  readonly packetsOut: Partial<Record<PacketCmd, number>>;
  readonly dropped: Partial<Record<DropReason, number>>;
}

const tickMs = 1000;

const keepAliveTimeout: Closing = {
  reason: 'MQTT_KEEP_ALIVE_TIMEOUT',
  code: reasonCode.keepAliveTimeout,
  detail: 'silent for 1.5 times its keep-alive',
};
const connectTimeout: Closing = { reason: 'CLIENT_ERROR', detail: 'no CONNECT in time' };
const disconnected: Closing = {
  reason: 'SERVER_INITIATED_DISCONNECT',
  code: reasonCode.administrativeAction,
  detail: 'disconnected by the operator',
};
const shuttingDown: Closing = {
  reason: 'SERVER_INITIATED_DISCONNECT',
  code: reasonCode.serverShuttingDown,
  detail: 'broker stops',
};

/** An MQTT 3.1, 3.1.1 and 5 broker with AWS IoT Core's rules (reference §9). */
export class Broker {
  /** Over all connections that are open. */
  readonly traffic = new Traffic();
  readonly #options: BrokerOptions;
  readonly #limits: BrokerLimits;
  readonly #tally = new BrokerTally();
  readonly #retained: RetainedMessages;
  readonly #router: Router;
  readonly #sessions: SessionStore;
  readonly #connections = new Set<Connection>();
  readonly #unflushed: Connection[] = [];
  #cancelTick: Cancel | undefined;
  #isClosed = false;

  readonly #host: ConnectionHost;

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#limits = { ...defaultBrokerLimits, ...options.limits };
    const { clock, log, random, diagnosis } = options;
    const { storage, hold = noHold } = options;
    const throttle = new BrokerThrottle(this.#limits, clock);
    const shared = { clock, log, limits: this.#limits, tally: this.#tally, throttle };
    this.#retained = new RetainedMessages(this.#limits, this.#tally, storage);
    this.#router = new Router(this.#retained, random.fork('shared-groups'), this.#tally);
    this.#sessions = new SessionStore({
      ...shared,
      forget: (session) => this.#router.forget(session),
      publish: (will) => this.#publishWill(will),
      storage,
    });
    this.#sessions.restore((written, subscription) =>
      this.#router.subscribe(written, subscription),
    );
    const ids = random.fork('client-ids');
    const context: HandlerContext = {
      ...shared,
      diagnosis,
      sessions: this.#sessions,
      router: this.#router,
      retained: this.#retained,
      closesOnForbiddenSubscribe: options.dialect.unauthorizedSubscribe === 'disconnect',
      newClientId: () => this.#newClientId(ids),
      jobsRequest: (connection, packet, jobsTopic) =>
        this.#requestJobs(connection, packet, jobsTopic),
      lifecycle: (event) => options.onLifecycle?.(event),
    };
    this.#host = {
      ...shared,
      traffic: this.traffic,
      decoder: new PacketDecoder(),
      wholeFrames: new FrameSplitter(),
      received: (connection, packet) => handlePacket(context, connection, packet),
      ended: (connection, closing) => this.#ended(connection, closing),
      closed: (connection) => this.#connections.delete(connection),
      flushSoon: (connection) => {
        if (this.#unflushed.push(connection) === 1) {
          queueMicrotask(() => hold(this.#flushAll));
        }
      },
      hold,
    };
  }

  /** Serves one client connection until it ends. */
  attach(stream: Duplex, info: ConnectionInfo): void {
    if (this.#isClosed) {
      stream.destroy();
      return;
    }
    this.#connections.add(new Connection(stream, info, this.#host));
    this.#cancelTick ??= this.#scheduleTick();
  }

  /**
   * To the requester only, subscribed or not (reference §6.2); dropped when that connection is gone.
   * At the QoS of its own subscription to the topic if the dialect says so, else 0.
   */
  reply(client: BrokerClient, topic: string, payload: string | Uint8Array): void {
    const session = client instanceof Connection && client.isOpen ? client.session : undefined;
    if (session === undefined) {
      this.#tally.drop('reply-offline');
      this.#options.diagnosis?.explain(explainUnheardReply(client.clientId, topic, 'gone'));
      return;
    }
    const { diagnosis } = this.#options;
    if (diagnosis !== undefined && !isSubscribed(session, topic)) {
      diagnosis.explain(explainUnheardReply(client.clientId, topic, 'unsubscribed'));
    }
    const qos = this.#options.dialect.replyQos === 'granted' ? grantedQos(session, topic) : 0;
    const text = typeof payload === 'string' ? payload : Buffer.from(payload);
    session.deliver({ topic, payload: text, qos, retain: false }, qos);
  }

  /** An ordinary publish by the service: subscriptions, stored sessions and shared groups apply. */
  publish(topic: string, payload: string | Uint8Array, options: PublishOptions): void {
    const { qos, retain = false } = options;
    const text = typeof payload === 'string' ? payload : Buffer.from(payload);
    this.#router.publish({ topic, payload: text, qos, retain });
  }

  /** Whether a publish would reach anyone: what nobody hears need not be written. */
  isHeard(topic: string): boolean {
    return this.#router.hasReceivers(topic);
  }

  /** Ends every connection as an operator would; sessions and wills follow their rules. */
  disconnectAll(): void {
    for (const connection of this.#connections) connection.close(disconnected);
  }

  /** Ends everything, and resolves when all streams are closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTick?.();
    const streams = [...this.#connections].map((connection) => connection.abort(shuttingDown));
    this.#sessions.clear();
    await Promise.all(streams);
  }

  stats(): BrokerStats {
    const { subscriptions, queuedMessages, queuedBytes, bytesIn, bytesOut } = this.#tally;
    const { packetsIn, packetsOut, dropped } = this.#tally;
    return {
      connections: this.#connections.size,
      sessions: this.#sessions.size,
      subscriptions,
      retained: this.#retained.size,
      retainedBytes: this.#retained.bytes,
      queuedMessages,
      queuedBytes,
      bytesIn,
      bytesOut,
      packetsIn,
      packetsOut,
      dropped,
    };
  }

  #requestJobs(client: Connection, packet: IPublishPacket, jobsTopic: ClientJobsTopic): void {
    const { topic, payload } = packet;
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    this.#options.onJobsRequest({ client, topic, jobsTopic, payload: bytes });
  }

  #ended(connection: Connection, { reason, detail }: Closing): void {
    const { clientId, session, will, info } = connection;
    const level = reason === 'CLIENT_ERROR' ? 'warn' : 'debug';
    this.#options.log[level]('disconnected', {
      clientId,
      remoteAddress: info.remoteAddress,
      reason,
      detail,
    });
    const finding = this.#options.diagnosis && explainClosing(connection, reason, detail);
    if (finding !== undefined) this.#options.diagnosis?.explain(finding);
    if (session === undefined) return;
    const isWelcome = will !== undefined && permitsPublish(info.authority, clientId, will.message);
    this.#sessions.release(session, isWelcome ? will : undefined);
    this.#options.onLifecycle?.({ type: 'disconnected', clientId, reason });
  }

  /** A will is an ordinary client publish: reserved topics are closed to it. */
  #publishWill(will: Message): void {
    if (!will.topic.startsWith('$')) {
      this.#router.publish(will);
      return;
    }
    this.#tally.drop('reserved-topic');
    this.#options.log.warn('will dropped', { clientId: will.publisherId, topic: will.topic });
  }

  #newClientId(ids: Random): string {
    for (;;) {
      const clientId = `auto-${ids.int(2 ** 32).toString(16)}${ids.int(2 ** 32).toString(16)}`;
      if (this.#sessions.get(clientId) === undefined) return clientId;
    }
  }

  readonly #flushAll = (): void => {
    // Grows while it is walked, when a flush ends a connection whose will has receivers.
    for (const connection of this.#unflushed) connection.flush();
    this.#unflushed.length = 0;
  };

  /** One timer for the patience of all connections; it rests while there are none. */
  #scheduleTick(): Cancel {
    const { wallClock } = this.#options;
    return wallClock.schedule(wallClock.now() + tickMs, () => {
      for (const connection of this.#connections) {
        if (connection.tick()) continue;
        connection.close(connection.session === undefined ? connectTimeout : keepAliveTimeout);
      }
      this.#cancelTick = this.#connections.size > 0 ? this.#scheduleTick() : undefined;
    });
  }
}

function isSubscribed({ subscriptions }: Session, topic: string): boolean {
  return [...subscriptions.values()].some(({ filter }) => matches(filter, topic));
}

/** The highest QoS the session holds for the topic. */
function grantedQos({ subscriptions }: Session, topic: string): Qos {
  for (const { filter, qos } of subscriptions.values()) {
    if (qos === 1 && matches(filter, topic)) return 1;
  }
  return 0;
}
