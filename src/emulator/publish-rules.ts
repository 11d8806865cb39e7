import type { IPublishPacket } from 'mqtt-packet';
import { limits } from '../protocol/limits.ts';
import { type JobsTopic, parseJobsTopic } from '../protocol/topics.ts';
import { propertiesFlaw } from './inbound-message.ts';
import { type Closing, clientError, reasonCode } from './reason-codes.ts';
import { rulesPrefix, topicFlaw } from './topic-rules.ts';

/** A jobs topic that clients may publish to, rightly or not. */
export type ClientJobsTopic = Exclude<JobsTopic, { kind: 'reserved' }>;

export type PublishDecision =
  | { readonly type: 'route' }
  | { readonly type: 'jobs'; readonly jobsTopic: ClientJobsTopic }
  /** Basic Ingest: acknowledged, and nobody gets it because rules are not modelled. */
  | { readonly type: 'ingest' }
  /** The message goes, the connection stays; MQTT 5 hears `notAuthorized` in PUBACK. */
  | { readonly type: 'drop'; readonly detail: string }
  | { readonly type: 'close'; readonly closing: Closing };

const route: PublishDecision = { type: 'route' };
const ingest: PublishDecision = { type: 'ingest' };

/** Judges a client's PUBLISH, its topic alias resolved, by reference §6.1 and §9.2. */
export function decidePublish(packet: IPublishPacket): PublishDecision {
  const { topic, qos, payload, properties, retain } = packet;
  if (qos === 2) return close(reasonCode.qosNotSupported, 'publish at QoS 2');
  const badTopic = topicFlaw(topic);
  if (badTopic !== undefined) return close(reasonCode.topicNameInvalid, badTopic);
  if (payload.length > limits.payloadBytesMax) {
    return close(reasonCode.quotaExceeded, `payload longer than ${limits.payloadBytesMax} bytes`);
  }
  if (properties !== undefined) {
    const flaw = propertiesFlaw(properties);
    if (flaw !== undefined) return close(reasonCode.quotaExceeded, flaw);
  }
  if (!topic.startsWith('$')) return route;
  if (retain) return { type: 'drop', detail: 'retained publish to a reserved topic' };
  return decideReserved(topic);
}

function decideReserved(topic: string): PublishDecision {
  const jobsTopic = parseJobsTopic(topic);
  if (jobsTopic !== undefined && jobsTopic.kind !== 'reserved') return { type: 'jobs', jobsTopic };
  if (topic.startsWith(rulesPrefix)) return ingest;
  return { type: 'drop', detail: 'publish to a reserved topic' };
}

function close(code: number, detail: string): PublishDecision {
  return { type: 'close', closing: clientError(code, detail) };
}
