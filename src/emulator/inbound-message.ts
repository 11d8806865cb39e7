import type { IPublishPacket } from 'mqtt-packet';
import type { Millis } from '../base/clock.ts';
import { limits } from '../protocol/limits.ts';
import { type Message, type PassedProperties, userPropertiesBytes } from './message.ts';
import { topicFlaw } from './topic-rules.ts';

/** What PUBLISH and a will have in common. */
type Published = Pick<IPublishPacket, 'topic' | 'payload'> & {
  readonly qos?: number;
  readonly retain?: boolean;
  readonly properties?: IPublishPacket['properties'];
};

/** A client's message, cut loose from the read buffer. `now` is simulated. */
export function inboundMessage(published: Published, publisherId: string, now: Millis): Message {
  const { topic, payload, qos, retain, properties } = published;
  const passed = passedProperties(properties);
  const expirySeconds = properties?.messageExpiryInterval;
  return {
    topic,
    payload: Buffer.from(payload),
    qos: qos === 0 || qos === undefined ? 0 : 1,
    retain: retain ?? false,
    publisherId,
    ...(passed === undefined ? {} : { properties: passed }),
    ...(expirySeconds === undefined
      ? {}
      : { expiresAt: now + 1000 * Math.min(expirySeconds, limits.messageExpirySecondsMax) }),
  };
}

/** Which MQTT 5 property is past AWS's limits (reference §9.2), if any. */
export function propertiesFlaw(properties: IPublishPacket['properties']): string | undefined {
  if (properties === undefined) return undefined;
  const { contentType = '', correlationData, responseTopic, userProperties } = properties;
  if (Buffer.byteLength(contentType) > limits.contentTypeBytesMax) return 'content type too long';
  if ((correlationData?.length ?? 0) > limits.correlationDataBytesMax) {
    return 'correlation data too long';
  }
  if (userPropertiesBytes(userProperties) > limits.userPropertiesBytesMax) {
    return 'user properties too long';
  }
  return responseTopic === undefined ? undefined : topicFlaw(responseTopic);
}

const passedNames = [
  'payloadFormatIndicator',
  'contentType',
  'responseTopic',
  'correlationData',
  'userProperties',
] as const satisfies readonly (keyof PassedProperties)[];

function passedProperties(properties: IPublishPacket['properties']): PassedProperties | undefined {
  if (properties === undefined) return undefined;
  const passed = passedNames.flatMap((name) => {
    const value = properties[name];
    if (value === undefined) return [];
    return [[name, Buffer.isBuffer(value) ? Buffer.from(value) : value]];
  });
  return passed.length === 0 ? undefined : Object.fromEntries(passed);
}
