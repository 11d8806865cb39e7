/** What a PUBLISH carries. */
export interface Publication {
  readonly topic: string;
  readonly payload: string | Buffer;
  readonly retain: boolean;
}

/** `code` other than success needs MQTT 5; before that there is no way to say it. */
export function encodePuback(messageId: number, version: number, code = 0): Buffer {
  const hasCode = version === 5 && code !== 0;
  const bytes = Buffer.allocUnsafe(hasCode ? 5 : 4);
  bytes[0] = 0x40;
  bytes[1] = hasCode ? 3 : 2;
  bytes.writeUInt16BE(messageId, 2);
  if (hasCode) bytes[4] = code;
  return bytes;
}

/** A PUBLISH without properties. `messageId` counts at QoS 1 only. */
export function encodePlainPublish(
  publication: Publication,
  qos: 0 | 1,
  messageId: number,
  version: number,
): Buffer {
  const { topic, payload } = publication;
  const topicBytes = Buffer.byteLength(topic);
  const payloadBytes = Buffer.byteLength(payload);
  const propertiesBytes = version === 5 ? 1 : 0;
  const bodyBytes = 2 + topicBytes + 2 * qos + propertiesBytes + payloadBytes;
  const bytes = Buffer.allocUnsafe(1 + lengthBytes(bodyBytes) + bodyBytes);
  bytes[0] = 0x30 | (qos << 1) | (publication.retain ? 1 : 0);
  let at = writeLength(bytes, 1, bodyBytes);
  at = bytes.writeUInt16BE(topicBytes, at);
  at += bytes.write(topic, at);
  if (qos === 1) at = bytes.writeUInt16BE(messageId, at);
  if (version === 5) bytes[at++] = 0;
  if (typeof payload === 'string') bytes.write(payload, at);
  else payload.copy(bytes, at);
  return bytes;
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
