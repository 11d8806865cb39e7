import type { IPublishPacket } from 'mqtt-packet';
import { encodePuback } from '../protocol/frame-encoder.ts';
import { limits } from '../protocol/limits.ts';
import { permitsPublish } from './authority.ts';
import type { Connection } from './connection.ts';
import { droppedPublish, explainRoute, ingested, throttledPublish } from './explain-publish.ts';
import type { HandlerContext } from './handler-context.ts';
import { inboundMessage } from './inbound-message.ts';
import { decidePublish } from './publish-rules.ts';
import { authError, clientError, reasonCode } from './reason-codes.ts';

/** PUBLISH: acknowledged first, then routed, handed to the Jobs service, or dropped. */
export function handlePublish(
  context: HandlerContext,
  connection: Connection,
  packet: IPublishPacket,
): void {
  const { clock, router } = context;
  if (!resolveAlias(connection, packet)) return;
  // AWS discards the excess without a PUBACK (reference §9.2).
  if (connection.isThrottled('in')) {
    context.diagnosis?.explain(throttledPublish(connection, packet));
    return;
  }
  const decision = decidePublish(packet);
  if (decision.type !== 'close' && isForbidden(connection, packet)) {
    // MQTT 3.1.1 has no PUBACK that says no.
    if (connection.version === 5) acknowledge(connection, packet, reasonCode.notAuthorized);
    connection.close(authError(`publish to ${packet.topic}`));
    return;
  }
  switch (decision.type) {
    case 'jobs':
      acknowledge(connection, packet, reasonCode.success);
      context.jobsRequest(connection, packet, decision.jobsTopic);
      return;
    case 'route':
      acknowledge(connection, packet, reasonCode.success);
      if (context.diagnosis !== undefined) explainRoute(context.diagnosis, connection, packet);
      router.publish(inboundMessage(packet, connection.clientId, clock.now()));
      return;
    case 'ingest':
      acknowledge(connection, packet, reasonCode.success);
      context.diagnosis?.explain(ingested(connection, packet));
      return;
    case 'drop':
      acknowledge(connection, packet, reasonCode.notAuthorized);
      drop(context, connection, packet.topic, decision.detail);
      context.diagnosis?.explain(droppedPublish(connection, packet, decision.detail));
      return;
    case 'close':
      connection.close(decision.closing);
      return;
  }
}

function isForbidden({ info, clientId }: Connection, packet: IPublishPacket): boolean {
  return !permitsPublish(info.authority, clientId, packet);
}

function drop(
  context: HandlerContext,
  { clientId }: Connection,
  topic: string,
  detail: string,
): void {
  context.tally.drop('reserved-topic');
  context.log.warn('publish dropped', { clientId, topic, detail });
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
