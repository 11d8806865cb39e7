import type { ISubscribePacket, ISubscription, IUnsubscribePacket } from 'mqtt-packet';
import { limits } from '../protocol/limits.ts';
import { type Closing, clientError, reasonCode } from './reason-codes.ts';
import { isFilter, parseShared, sizeFlaw } from './topic-rules.ts';

/** Why a whole SUBSCRIBE is refused (reference §9.2), if it is. */
export function subscribeFlaw(packet: ISubscribePacket): Closing | undefined {
  if (packet.properties?.subscriptionIdentifier !== undefined) {
    const code = reasonCode.subscriptionIdentifiersNotSupported;
    return clientError(code, 'subscription identifier');
  }
  if (packet.subscriptions.some(({ topic, nl }) => nl && parseShared(topic) !== undefined)) {
    return clientError(reasonCode.protocolError, 'No Local on a shared subscription');
  }
  return filtersFlaw(packet.subscriptions.map(({ topic }) => topic));
}

export function unsubscribeFlaw({ unsubscriptions }: IUnsubscribePacket): Closing | undefined {
  return filtersFlaw(unsubscriptions);
}

/** Granted QoS, or why this one filter is refused. `held` counts the session's subscriptions. */
export function grant({ topic, qos }: ISubscription, held: number): number {
  if (!isFilter(topic)) return reasonCode.topicFilterInvalid;
  if (held >= limits.subscriptionsPerConnectionMax) return reasonCode.quotaExceeded;
  return Math.min(qos, 1);
}

function filtersFlaw(filters: readonly string[]): Closing | undefined {
  if (filters.length === 0) return clientError(reasonCode.protocolError, 'no filter');
  if (filters.length > limits.filtersPerSubscribeMax) {
    const detail = `more than ${limits.filtersPerSubscribeMax} filters in a packet`;
    return clientError(reasonCode.quotaExceeded, detail);
  }
  const flaw = filters.map(sizeFlaw).find((found) => found !== undefined);
  return flaw === undefined ? undefined : clientError(reasonCode.topicFilterInvalid, flaw);
}
