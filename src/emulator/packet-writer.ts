import { generate, type IPublishPacket, type Packet, writeToStream } from 'mqtt-packet';
import { encodePlainPublish } from '../protocol/frame-encoder.ts';
import type { Message, Qos } from './message.ts';
import type { ProtocolVersion } from './packet-decoder.ts';

/** Its 65,536 buffers of two bytes weigh 6 MB, and here it writes nothing often. */
writeToStream.cacheNumbers = false;

export const pingresp: Buffer = Buffer.of(0xd0, 0);

/** Every packet but the frequent ones below. */
export function encode(packet: Packet, version: ProtocolVersion): Buffer {
  return generate(packet, { protocolVersion: version });
}

/** A PUBLISH to a client. `expirySeconds` is what is left of the message's life, if it is limited. */
export function encodePublish(
  message: Message,
  qos: Qos,
  messageId: number,
  version: ProtocolVersion,
  expirySeconds: number | undefined,
): Buffer {
  if (version === 5 && (message.properties !== undefined || expirySeconds !== undefined)) {
    return encodeWithProperties(message, qos, messageId, expirySeconds);
  }
  return encodePlainPublish(message, qos, messageId, version);
}

function encodeWithProperties(
  { topic, payload, retain, properties }: Message,
  qos: Qos,
  messageId: number,
  expirySeconds: number | undefined,
): Buffer {
  const packet: IPublishPacket = {
    cmd: 'publish',
    topic,
    payload,
    qos,
    retain,
    dup: false,
    messageId,
    properties: {
      ...properties,
      ...(expirySeconds === undefined ? {} : { messageExpiryInterval: expirySeconds }),
    },
  };
  return encode(packet, 5);
}
