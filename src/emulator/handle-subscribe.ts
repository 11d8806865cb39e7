import type { ISubscribePacket, ISubscription, IUnsubscribePacket } from 'mqtt-packet';
import type { Connection } from './connection.ts';
import { explainRefusals } from './explain-subscribe.ts';
import type { HandlerContext } from './handler-context.ts';
import { encode } from './packet-writer.ts';
import { authError, reasonCode } from './reason-codes.ts';
import type { Session } from './session.ts';
import { grant, subscribeFlaw, unsubscribeFlaw } from './subscribe-rules.ts';
import { parseShared } from './topic-rules.ts';

const noTopics: ReadonlySet<string> = new Set();

/** SUBSCRIBE: all filters granted or refused one by one, then what is retained for them. */
export function handleSubscribe(
  context: HandlerContext,
  connection: Connection,
  session: Session,
  packet: ISubscribePacket,
): void {
  const flaw = subscribeFlaw(packet);
  if (flaw !== undefined) {
    connection.close(flaw);
    return;
  }
  const forbidden = findForbidden(connection, packet.subscriptions);
  if (forbidden.size > 0 && context.closesOnForbiddenSubscribe) {
    connection.close(authError(`subscribe to ${[...forbidden].join(' ')}`));
    return;
  }
  const isAdmitted = context.throttle.admitsSubscribe();
  const outcomes = packet.subscriptions.map((asked) => ({
    asked,
    isNew: !session.subscriptions.has(asked.topic),
    granted: refusalOf(asked, isAdmitted, forbidden) ?? subscribe(context, session, asked),
  }));
  const version = connection.version ?? 4;
  // Before MQTT 5 there is one way to say no.
  const granted = outcomes.map((outcome) =>
    version === 5 ? outcome.granted : Math.min(outcome.granted, reasonCode.unspecified),
  );
  context.sessions.save(session);
  connection.write(encode({ cmd: 'suback', messageId: packet.messageId ?? 0, granted }, version));
  if (context.diagnosis !== undefined) {
    explainRefusals(context.diagnosis, session, outcomes, isAdmitted);
  }
  const accepted = outcomes.filter((outcome) => outcome.granted < reasonCode.unspecified);
  if (accepted.length === 0) return;
  context.lifecycle({
    type: 'subscribed',
    clientId: session.clientId,
    topics: accepted.map(({ asked }) => asked.topic),
  });
  for (const { asked, isNew } of accepted) sendRetained(context, session, asked, isNew);
}

export function handleUnsubscribe(
  context: HandlerContext,
  connection: Connection,
  session: Session,
  packet: IUnsubscribePacket,
): void {
  const flaw = unsubscribeFlaw(packet);
  if (flaw !== undefined) {
    connection.close(flaw);
    return;
  }
  const { unsubscriptions: topics, messageId = 0 } = packet;
  for (const topic of topics) context.router.unsubscribe(session, topic);
  context.sessions.save(session);
  const granted = topics.map(() => reasonCode.success);
  connection.write(encode({ cmd: 'unsuback', messageId, granted }, connection.version ?? 4));
  context.lifecycle({ type: 'unsubscribed', clientId: session.clientId, topics });
}

function findForbidden(
  { info, clientId }: Connection,
  asked: readonly ISubscription[],
): ReadonlySet<string> {
  const { authority } = info;
  if (authority === undefined) return noTopics;
  const topics = asked.map(({ topic }) => topic);
  return new Set(topics.filter((topic) => !authority.permits('Subscribe', clientId, topic)));
}

/** What refuses a filter before it is looked at. */
function refusalOf(
  { topic }: ISubscription,
  isAdmitted: boolean,
  forbidden: ReadonlySet<string>,
): number | undefined {
  if (forbidden.has(topic)) return reasonCode.notAuthorized;
  return isAdmitted ? undefined : reasonCode.quotaExceeded;
}

/** Granted QoS, or why not. */
function subscribe(context: HandlerContext, session: Session, asked: ISubscription): number {
  const { topic, nl = false, rap = false } = asked;
  const { subscriptions } = session;
  const held = subscriptions.has(topic) ? subscriptions.size - 1 : subscriptions.size;
  const granted = grant(asked, held);
  if (granted >= reasonCode.unspecified) return granted;
  const isSubscribed = context.router.subscribe(topic, {
    filter: parseShared(topic)?.filter ?? topic,
    session,
    qos: granted === 0 ? 0 : 1,
    isNoLocal: nl,
    keepsRetain: rap,
  });
  return isSubscribed ? granted : reasonCode.quotaExceeded;
}

/** Never for wildcard and shared filters (reference §9.2): they are no topic's name. */
function sendRetained(
  context: HandlerContext,
  session: Session,
  { topic, qos, rh = 0 }: ISubscription,
  isNew: boolean,
): void {
  if (rh === 2 || (rh === 1 && !isNew)) return;
  const message = context.retained.get(topic);
  if (message !== undefined) session.deliver(message, qos === 0 || message.qos === 0 ? 0 : 1);
}
