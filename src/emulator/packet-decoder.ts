import type { Packet } from 'mqtt-packet';
import { readPlainPuback, readPlainPublish } from '../protocol/frame-decoder.ts';
import { FrameParser, Malformed } from '../protocol/frame-parser.ts';

export type ProtocolVersion = 3 | 4 | 5;

/** Turns whole frames into packets for all connections; holds one mqtt-packet parser per version. */
export class PacketDecoder {
  readonly #opening = new FrameParser({});
  readonly #three = new FrameParser({ protocolVersion: 4 });
  readonly #five = new FrameParser({ protocolVersion: 5 });

  /** `version` is undefined for the CONNECT that tells it. */
  decode(frame: Buffer, version: ProtocolVersion | undefined): Packet | Malformed {
    const plain = version === undefined ? undefined : readPlain(frame, version);
    if (plain !== undefined) return plain;
    const parsing =
      version === undefined ? this.#opening : version === 5 ? this.#five : this.#three;
    const packet = parsing.parse(frame);
    if (packet instanceof Malformed) return packet;
    return flawOf(packet) ?? packet;
  }
}

/** What most frames are, without mqtt-packet. */
function readPlain(frame: Buffer, version: ProtocolVersion): Packet | undefined {
  const acknowledged = readPlainPuback(frame);
  if (acknowledged !== undefined) return { cmd: 'puback', messageId: acknowledged };
  const publish = readPlainPublish(frame, version);
  if (publish === undefined) return undefined;
  const { topic, payload, messageId } = publish;
  const header = frame[0] ?? 0;
  const flags = { dup: (header & 8) !== 0, retain: (header & 1) !== 0 };
  if ((header & 2) === 0) return { cmd: 'publish', topic, payload, qos: 0, ...flags };
  // Id 0 is a flaw, which is told below.
  if (messageId === 0) return undefined;
  return { cmd: 'publish', topic, payload, qos: 1, ...flags, messageId };
}

/** What mqtt-packet lets through although it is no packet. */
function flawOf(packet: Packet): Malformed | undefined {
  const needsId = packet.cmd !== 'publish' || packet.qos > 0;
  const { messageId } = packet;
  if (needsId && messageId !== undefined && messageId < 1) return new Malformed('no packet id');
  const properties = 'properties' in packet ? packet.properties : undefined;
  const willProperties = packet.cmd === 'connect' ? packet.will?.properties : undefined;
  return propertiesFlaw(properties) ?? propertiesFlaw(willProperties);
}

function propertiesFlaw(properties: object | undefined): Malformed | undefined {
  if (properties === undefined) return undefined;
  for (const [name, value] of Object.entries(properties)) {
    const isSound = name === 'userProperties' ? areUserProperties(value) : isScalar(value);
    if (!isSound) return new Malformed(`bad property ${name}`);
  }
  return undefined;
}

/** A repeated property comes as an array, a truncated one as -1, null, false or undefined. */
function isScalar(value: unknown): boolean {
  if (typeof value === 'number') return value >= 0;
  return typeof value === 'string' || typeof value === 'boolean' || Buffer.isBuffer(value);
}

function areUserProperties(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value)
    .flat()
    .every((text) => typeof text === 'string');
}
