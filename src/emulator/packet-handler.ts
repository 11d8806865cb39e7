import type {
  IConnackPacket,
  IConnectPacket,
  IDisconnectPacket,
  IPublishPacket,
  ISubscribePacket,
  ISubscription,
  IUnsubscribePacket,
  Packet,
} from 'mqtt-packet';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { limits } from '../protocol/limits.ts';
import type { BrokerLimits } from './broker-limits.ts';
import type { BrokerTally } from './broker-tally.ts';
import {
  type ConnectRefusal,
  type ConnectTerms,
  clampSessionExpiry,
  decideConnect,
  serverFull,
} from './connect-rules.ts';
import type { Connection } from './connection.ts';
import { inboundMessage } from './inbound-message.ts';
import type { LifecycleEvent } from './lifecycle.ts';
import { encode, encodePuback, pingresp } from './packet-writer.ts';
import { type ClientJobsTopic, decidePublish } from './publish-rules.ts';
import { type Closing, clientError, reasonCode } from './reason-codes.ts';
import type { RetainedMessages } from './retained.ts';
import type { Router } from './router.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';
import { grant, subscribeFlaw, unsubscribeFlaw } from './subscribe-rules.ts';
import { parseShared } from './topic-rules.ts';

export interface HandlerContext {
  /** Simulated. */
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: BrokerLimits;
  readonly tally: BrokerTally;
  readonly sessions: SessionStore;
  readonly router: Router;
  readonly retained: RetainedMessages;
  newClientId(): string;
  jobsRequest(connection: Connection, packet: IPublishPacket, jobsTopic: ClientJobsTopic): void;
  lifecycle(event: LifecycleEvent): void;
}

const takenOver: Closing = {
  reason: 'DUPLICATE_CLIENTID',
  code: reasonCode.sessionTakenOver,
  detail: 'another connection uses the client id',
};
const clientLeft: Closing = { reason: 'CLIENT_INITIATED_DISCONNECT', detail: 'DISCONNECT' };

/** What the broker does with each packet of a client. */
export class PacketHandler {
  readonly #context: HandlerContext;

  constructor(context: HandlerContext) {
    this.#context = context;
  }

  handle(connection: Connection, packet: Packet): void {
    if (packet.cmd === 'connect') {
      this.#connect(connection, packet);
      return;
    }
    const { session } = connection;
    if (session === undefined) return;
    switch (packet.cmd) {
      case 'publish':
        this.#publish(connection, packet);
        return;
      case 'puback':
        session.acknowledge(packet.messageId ?? 0);
        return;
      case 'subscribe':
        this.#subscribe(connection, session, packet);
        return;
      case 'unsubscribe':
        this.#unsubscribe(connection, session, packet);
        return;
      case 'pingreq':
        connection.write(pingresp);
        return;
      case 'disconnect':
        this.#disconnect(connection, session, packet);
        return;
      default:
        connection.close(clientError(reasonCode.protocolError, `${packet.cmd} from a client`));
    }
  }

  #connect(connection: Connection, packet: IConnectPacket): void {
    const { clock, sessions, limits: bounds, newClientId } = this.#context;
    connection.version = packet.protocolVersion ?? 4;
    const decision = decideConnect(packet, clock.now());
    if (!decision.ok) {
      refuse(connection, decision.refusal);
      return;
    }
    const { terms } = decision;
    const clientId = terms.clientId ?? newClientId();
    const known = sessions.get(clientId);
    if (known === undefined && sessions.size >= bounds.sessionsMax) {
      refuse(connection, serverFull);
      return;
    }
    known?.link?.close(takenOver);
    const { session, isPresent } = sessions.open({ ...terms, clientId });
    session.attach(connection);
    connection.open(session, clientId, terms);
    connection.write(encode(connack(packet, clientId, terms, isPresent), connection.version));
    const { remoteAddress } = connection.info;
    this.#context.lifecycle({
      type: 'connected',
      clientId,
      ...(remoteAddress === undefined ? {} : { remoteAddress }),
    });
    session.resume();
  }

  #publish(connection: Connection, packet: IPublishPacket): void {
    const { clock, router } = this.#context;
    if (!resolveAlias(connection, packet)) return;
    // AWS discards the excess without a PUBACK (reference §9.2).
    if (connection.isThrottled()) return;
    const decision = decidePublish(packet);
    switch (decision.type) {
      case 'jobs':
        acknowledge(connection, packet, reasonCode.success);
        this.#context.jobsRequest(connection, packet, decision.jobsTopic);
        return;
      case 'route':
        acknowledge(connection, packet, reasonCode.success);
        router.publish(inboundMessage(packet, connection.clientId, clock.now()));
        return;
      case 'ingest':
        acknowledge(connection, packet, reasonCode.success);
        return;
      case 'drop':
        acknowledge(connection, packet, reasonCode.notAuthorized);
        this.#drop(connection, packet.topic, decision.detail);
        return;
      case 'close':
        connection.close(decision.closing);
        return;
    }
  }

  #drop({ clientId }: Connection, topic: string, detail: string): void {
    this.#context.tally.drop('reserved-topic');
    this.#context.log.warn('publish dropped', { clientId, topic, detail });
  }

  #subscribe(connection: Connection, session: Session, packet: ISubscribePacket): void {
    const flaw = subscribeFlaw(packet);
    if (flaw !== undefined) {
      connection.close(flaw);
      return;
    }
    const outcomes = packet.subscriptions.map((asked) => ({
      asked,
      isNew: !session.subscriptions.has(asked.topic),
      granted: this.#grant(session, asked),
    }));
    const version = connection.version ?? 4;
    // Before MQTT 5 there is one way to say no.
    const granted = outcomes.map((outcome) =>
      version === 5 ? outcome.granted : Math.min(outcome.granted, reasonCode.unspecified),
    );
    connection.write(encode({ cmd: 'suback', messageId: packet.messageId ?? 0, granted }, version));
    const accepted = outcomes.filter((outcome) => outcome.granted < reasonCode.unspecified);
    if (accepted.length === 0) return;
    this.#context.lifecycle({
      type: 'subscribed',
      clientId: session.clientId,
      topics: accepted.map(({ asked }) => asked.topic),
    });
    for (const { asked, isNew } of accepted) this.#sendRetained(session, asked, isNew);
  }

  #grant(session: Session, asked: ISubscription): number {
    const { topic, nl = false, rap = false } = asked;
    const { subscriptions } = session;
    const held = subscriptions.has(topic) ? subscriptions.size - 1 : subscriptions.size;
    const granted = grant(asked, held);
    if (granted >= reasonCode.unspecified) return granted;
    const isSubscribed = this.#context.router.subscribe(topic, {
      filter: parseShared(topic)?.filter ?? topic,
      session,
      qos: granted === 0 ? 0 : 1,
      isNoLocal: nl,
      keepsRetain: rap,
    });
    return isSubscribed ? granted : reasonCode.quotaExceeded;
  }

  /** Never for wildcard and shared filters (reference §9.2): they are no topic's name. */
  #sendRetained(session: Session, { topic, qos, rh = 0 }: ISubscription, isNew: boolean): void {
    if (rh === 2 || (rh === 1 && !isNew)) return;
    const message = this.#context.retained.get(topic);
    if (message !== undefined) session.deliver(message, qos === 0 || message.qos === 0 ? 0 : 1);
  }

  #unsubscribe(connection: Connection, session: Session, packet: IUnsubscribePacket): void {
    const flaw = unsubscribeFlaw(packet);
    if (flaw !== undefined) {
      connection.close(flaw);
      return;
    }
    const { unsubscriptions: topics, messageId = 0 } = packet;
    for (const topic of topics) this.#context.router.unsubscribe(session, topic);
    const granted = topics.map(() => reasonCode.success);
    connection.write(encode({ cmd: 'unsuback', messageId, granted }, connection.version ?? 4));
    this.#context.lifecycle({ type: 'unsubscribed', clientId: session.clientId, topics });
  }

  #disconnect(connection: Connection, session: Session, packet: IDisconnectPacket): void {
    const expiry = packet.properties?.sessionExpiryInterval;
    if (expiry !== undefined) {
      if (session.expirySeconds === 0 && expiry > 0) {
        connection.close(clientError(reasonCode.protocolError, 'session expiry was 0'));
        return;
      }
      session.expirySeconds = clampSessionExpiry(expiry);
    }
    // Reason code 0 is the only one that forgets the will; 0x04 asks for it.
    if ((packet.reasonCode ?? reasonCode.success) === reasonCode.success) {
      connection.will = undefined;
    }
    connection.close(clientLeft);
  }
}

function refuse(connection: Connection, refusal: ConnectRefusal): void {
  if (connection.version === 5) {
    connection.write(
      encode({ cmd: 'connack', reasonCode: refusal.reasonCode, sessionPresent: false }, 5),
    );
  } else if (refusal.returnCode !== undefined) {
    connection.write(
      encode({ cmd: 'connack', returnCode: refusal.returnCode, sessionPresent: false }, 4),
    );
  }
  connection.close({ reason: 'CLIENT_ERROR', detail: refusal.detail });
}

function connack(
  packet: IConnectPacket,
  clientId: string,
  terms: ConnectTerms,
  sessionPresent: boolean,
): IConnackPacket {
  const isLevel3 = packet.protocolVersion === 3;
  if (terms.family === 3) {
    // MQTT 3.1 has no session present flag.
    return { cmd: 'connack', returnCode: 0, sessionPresent: sessionPresent && !isLevel3 };
  }
  const { keepAliveSeconds, expirySeconds } = terms;
  return {
    cmd: 'connack',
    reasonCode: reasonCode.success,
    sessionPresent,
    properties: {
      sessionExpiryInterval: expirySeconds,
      receiveMaximum: limits.inFlightMax,
      maximumQoS: 1,
      retainAvailable: true,
      maximumPacketSize: limits.packetBytesMax,
      topicAliasMaximum: limits.topicAliasMax,
      wildcardSubscriptionAvailable: true,
      subscriptionIdentifiersAvailable: false,
      sharedSubscriptionAvailable: true,
      ...(terms.clientId === undefined ? { assignedClientIdentifier: clientId } : {}),
      ...(keepAliveSeconds === packet.keepalive ? {} : { serverKeepAlive: keepAliveSeconds }),
    },
  };
}

/** Puts the topic in place of its alias; false when the connection was closed over it. */
function resolveAlias(connection: Connection, packet: IPublishPacket): boolean {
  const alias = packet.properties?.topicAlias;
  if (alias === undefined) return true;
  if (alias < 1 || alias > limits.topicAliasMax) {
    connection.close(clientError(reasonCode.topicAliasInvalid, `topic alias ${alias}`));
    return false;
  }
  if (packet.topic !== '') {
    connection.topicAliases ??= new Map();
    connection.topicAliases.set(alias, packet.topic);
    return true;
  }
  const topic = connection.topicAliases?.get(alias);
  if (topic === undefined) {
    connection.close(clientError(reasonCode.protocolError, `unknown topic alias ${alias}`));
    return false;
  }
  packet.topic = topic;
  return true;
}

function acknowledge(connection: Connection, packet: IPublishPacket, code: number): void {
  if (packet.qos !== 1) return;
  connection.write(encodePuback(packet.messageId ?? 0, connection.version ?? 4, code));
}
