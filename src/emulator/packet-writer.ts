import { generate, type IPublishPacket, type Packet } from 'mqtt-packet';
import type { Message, Qos } from './message.ts';
import type { ProtocolVersion } from './packet-decoder.ts';
import { reasonCode } from './reason-codes.ts';

export const pingresp: Buffer = Buffer.of(0xd0, 0);

/** Every packet but the frequent ones below. */
export function encode(packet: Packet, version: ProtocolVersion): Buffer {
  return generate(packet, { protocolVersion: version });
}

export function encodePuback(messageId: number, version: ProtocolVersion, code: number): Buffer {
  const hasCode = version === 5 && code !== reasonCode.success;
  const bytes = Buffer.allocUnsafe(hasCode ? 5 : 4);
  bytes[0] = 0x40;
  bytes[1] = hasCode ? 3 : 2;
  bytes.writeUInt16BE(messageId, 2);
  if (hasCode) bytes[4] = code;
  return bytes;
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
  const { topic, payload } = message;
  const topicBytes = Buffer.byteLength(topic);
  const payloadBytes = Buffer.byteLength(payload);
  const propertiesBytes = version === 5 ? 1 : 0;
  const bodyBytes = 2 + topicBytes + 2 * qos + propertiesBytes + payloadBytes;
  const bytes = Buffer.allocUnsafe(1 + lengthBytes(bodyBytes) + bodyBytes);
  bytes[0] = 0x30 | (qos << 1) | (message.retain ? 1 : 0);
  let at = writeLength(bytes, 1, bodyBytes);
  at = bytes.writeUInt16BE(topicBytes, at);
  at += bytes.write(topic, at);
  if (qos === 1) at = bytes.writeUInt16BE(messageId, at);
  if (version === 5) bytes[at++] = 0;
  if (typeof payload === 'string') bytes.write(payload, at);
  else payload.copy(bytes, at);
  return bytes;
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

function lengthBytes(length: number): number {
  if (length < 128) return 1;
  return length < 16_384 ? 2 : 3;
}

function writeLength(bytes: Buffer, at: number, length: number): number {
  let rest = length;
  let next = at;
  while (rest >= 128) {
    bytes[next++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[next++] = rest;
  return next;
}
