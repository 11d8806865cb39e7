import type { Cancel, Clock } from '../base/clock.ts';
import type { BrokerLimits } from './broker-limits.ts';
import type { BrokerTally } from './broker-tally.ts';
import { type Message, type Qos, sizeOf } from './message.ts';
import type { Closing } from './reason-codes.ts';

/** A message of one session, numbered in the order it came. */
interface Queued {
  readonly message: Message;
  readonly number: number;
}

/** Where the messages of a persistent session are kept, from their arrival to their PUBACK. */
export interface MessageKeeper {
  save(queued: Queued): void;
  drop(number: number): void;
}

/** A connected client, as far as sending to it goes. */
export interface Link {
  /** QoS 1 messages it takes before it acknowledges one. */
  readonly inFlightMax: number;
  /** False while too much of our output waits unread. */
  readonly hasRoom: boolean;
  /** False when the message was dropped, for a reason the tally knows. */
  sendPublish(message: Message, qos: Qos, messageId: number): boolean;
  close(closing: Closing): void;
}

export interface QueueContext {
  /** Simulated. */
  readonly clock: Clock;
  readonly limits: BrokerLimits;
  readonly tally: BrokerTally;
}

const messageIdMax = 0xffff;

/**
 * The QoS 1 messages of one session until their PUBACK. While connected they are in flight or wait
 * for the window; what is left at a disconnect is stored and, after a resume, replayed at its own
 * rate beside new messages, which do not queue behind it (AWS promises no order, reference §9.2).
 * Redelivery uses a new packet id and no DUP flag.
 *
 * Past the session's bounds the oldest waiting message is dropped, past the broker's the new one.
 */
export class OutboundQueue {
  readonly #context: QueueContext;
  readonly #keeper: MessageKeeper | undefined;
  readonly #inFlight = new Map<number, Queued>();
  #waiting: Queued[] = [];
  #stored: Queued[] = [];
  #count = 0;
  #bytes = 0;
  #lastId = 0;
  #cancelReplay: Cancel | undefined;

  constructor(context: QueueContext, keeper: MessageKeeper | undefined) {
    this.#context = context;
    this.#keeper = keeper;
  }

  /** Takes back what was kept, oldest first, before anything else happens. */
  restore(kept: Iterable<Queued>): void {
    for (const queued of kept) {
      this.#stored.push(queued);
      this.#count = queued.number;
      this.#account(queued.message);
    }
  }

  /** `link` is undefined while the client is away. */
  offer(message: Message, link: Link | undefined): void {
    if (!this.#admit(message)) return;
    const queued = { message, number: ++this.#count };
    this.#keeper?.save(queued);
    (link === undefined ? this.#stored : this.#waiting).push(queued);
    if (link !== undefined) this.pump(link);
  }

  /** An unknown id is a late PUBACK and means nothing. */
  acknowledge(messageId: number, link: Link): void {
    const queued = this.#inFlight.get(messageId);
    if (queued === undefined) return;
    this.#inFlight.delete(messageId);
    this.#release(queued);
    this.pump(link);
  }

  /** Sends what waits, as far as the client takes it. */
  pump(link: Link): void {
    while (this.#waiting.length > 0 && this.#maySend(link)) this.#send(this.#waiting.shift(), link);
  }

  /** The client is back: replays what was stored. */
  resume(link: Link): void {
    if (this.#stored.length === 0) return;
    if (this.#maySend(link)) this.#send(this.#stored.shift(), link);
    const { clock, limits } = this.#context;
    this.#cancelReplay = clock.schedule(clock.now() + 1000 / limits.replaysPerSecond, () =>
      this.resume(link),
    );
  }

  /** The client is gone: everything unacknowledged is stored, oldest first. */
  suspend(): void {
    this.#cancelReplay?.();
    this.#stored = [...this.#inFlight.values(), ...this.#stored, ...this.#waiting];
    this.#waiting = [];
    this.#inFlight.clear();
  }

  clear(): void {
    this.suspend();
    for (const queued of this.#stored) this.#release(queued);
    this.#stored = [];
  }

  #send(queued: Queued | undefined, link: Link): void {
    if (queued === undefined) return;
    const messageId = this.#nextId();
    if (link.sendPublish(queued.message, 1, messageId)) this.#inFlight.set(messageId, queued);
    else this.#release(queued);
  }

  #maySend(link: Link): boolean {
    return this.#inFlight.size < link.inFlightMax && link.hasRoom;
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId % messageIdMax) + 1;
    while (this.#inFlight.has(this.#lastId));
    return this.#lastId;
  }

  #admit(message: Message): boolean {
    const { limits, tally } = this.#context;
    const size = sizeOf(message);
    if (tally.queuedBytes + size > limits.queuedBytesMax) {
      tally.drop('broker-queue-full');
      return false;
    }
    while (this.#isFullFor(size)) {
      const oldest = this.#stored.shift() ?? this.#waiting.shift();
      tally.drop('session-queue-full');
      // All of it is in flight: only a PUBACK makes room.
      if (oldest === undefined) return false;
      this.#release(oldest);
    }
    this.#account(message);
    return true;
  }

  #account(message: Message): void {
    const { tally } = this.#context;
    const size = sizeOf(message);
    this.#bytes += size;
    tally.queuedBytes += size;
    tally.queuedMessages++;
  }

  #isFullFor(size: number): boolean {
    const { queuedBytesPerSessionMax, queuedMessagesPerSessionMax } = this.#context.limits;
    return (
      this.#bytes + size > queuedBytesPerSessionMax ||
      this.#stored.length + this.#waiting.length >= queuedMessagesPerSessionMax
    );
  }

  #release({ message, number }: Queued): void {
    this.#keeper?.drop(number);
    const size = sizeOf(message);
    this.#bytes -= size;
    this.#context.tally.queuedBytes -= size;
    this.#context.tally.queuedMessages--;
  }
}
