import type { PacketCmd } from 'mqtt-packet';

/** Why the broker let a message fall. */
export const dropReasons = [
  'broker-queue-full',
  'expired',
  'not-authorized',
  'packet-too-large',
  'reply-offline',
  'reserved-topic',
  'retained-full',
  'session-queue-full',
  'slow-reader',
  'throttled',
] as const;
export type DropReason = (typeof dropReasons)[number];

/** By the type number in the fixed header. */
const packetNames: readonly (PacketCmd | undefined)[] = [
  undefined,
  'connect',
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'suback',
  'unsubscribe',
  'unsuback',
  'pingreq',
  'pingresp',
  'disconnect',
  'auth',
];

/** The broker's running counts; every part adds to the one tally. */
export class BrokerTally {
  bytesIn = 0;
  bytesOut = 0;
  /** QoS 1 messages not yet acknowledged by their receivers, and what they hold. */
  queuedMessages = 0;
  queuedBytes = 0;
  subscriptions = 0;
  readonly #in = new Array<number>(packetNames.length).fill(0);
  readonly #out = new Array<number>(packetNames.length).fill(0);
  readonly #dropped = new Map<DropReason, number>();

  received(frame: Buffer): void {
    count(this.#in, frame);
  }

  sent(frame: Buffer): void {
    count(this.#out, frame);
    this.bytesOut += frame.length;
  }

  drop(reason: DropReason): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1);
  }

  get packetsIn(): Partial<Record<PacketCmd, number>> {
    return byName(this.#in);
  }

  get packetsOut(): Partial<Record<PacketCmd, number>> {
    return byName(this.#out);
  }

  get dropped(): Partial<Record<DropReason, number>> {
    return Object.fromEntries(this.#dropped);
  }
}

function count(counts: number[], frame: Buffer): void {
  const type = (frame[0] ?? 0) >> 4;
  counts[type] = (counts[type] ?? 0) + 1;
}

function byName(counts: readonly number[]): Partial<Record<PacketCmd, number>> {
  return Object.fromEntries(
    packetNames.flatMap((name, type) =>
      name === undefined || counts[type] === 0 ? [] : [[name, counts[type]]],
    ),
  );
}
