import type { Cancel } from '../base/clock.ts';
import type { Message, Qos } from './message.ts';
import {
  type Link,
  type MessageKeeper,
  OutboundQueue,
  type QueueContext,
} from './outbound-queue.ts';
import type { StoredMessage } from './session-storage.ts';
import type { Route } from './topic-tree.ts';

/** What a client asked for under one filter. */
export interface Subscription extends Route {
  /** The filter to match: without `$share/<group>/`. */
  readonly filter: string;
  readonly session: Session;
  readonly qos: Qos;
  /** MQTT 5: not the client's own messages. */
  readonly isNoLocal: boolean;
  /** MQTT 5: the RETAIN flag as it was published. */
  readonly keepsRetain: boolean;
}

/** MQTT 3.1 and 3.1.1 share their sessions; MQTT 5 has its own (reference §9.2). */
export type SessionFamily = 3 | 5;

export interface DelayedWill {
  readonly message: Message;
  readonly cancel: Cancel;
}

/** What outlives a connection: subscriptions and messages for the client. */
export class Session {
  readonly clientId: string;
  readonly family: SessionFamily;
  /** By the filter as the client wrote it. */
  readonly subscriptions = new Map<string, Subscription>();
  /** How long to keep it after a disconnect; 0 ends it with the connection. */
  expirySeconds: number;
  /** The client while it is connected. */
  link: Link | undefined;
  cancelExpiry: Cancel | undefined;
  delayedWill: DelayedWill | undefined;
  readonly #context: QueueContext;
  readonly #keeper: MessageKeeper | undefined;
  /** Made when the first QoS 1 message comes; most clients of a big fleet never need it. */
  #queue: OutboundQueue | undefined;

  constructor(
    clientId: string,
    family: SessionFamily,
    expirySeconds: number,
    context: QueueContext,
    keeper?: MessageKeeper,
  ) {
    this.clientId = clientId;
    this.family = family;
    this.expirySeconds = expirySeconds;
    this.#context = context;
    this.#keeper = keeper;
  }

  /** Whether it was to outlive its connection when it began, and so is stored. */
  get isKept(): boolean {
    return this.#keeper !== undefined;
  }

  /** Messages from before a restart. */
  restore(kept: Iterable<StoredMessage>): void {
    this.#queue = new OutboundQueue(this.#context, this.#keeper);
    this.#queue.restore(kept);
  }

  /** QoS 0 reaches a connected client or nobody. */
  deliver(message: Message, qos: Qos): void {
    if (qos === 0) {
      this.link?.sendPublish(message, 0, 0);
      return;
    }
    this.#queue ??= new OutboundQueue(this.#context, this.#keeper);
    this.#queue.offer(message, this.link);
  }

  /** After CONNACK: replays what was stored while the client was away. */
  resume(): void {
    if (this.link !== undefined) this.#queue?.resume(this.link);
  }

  detach(): void {
    this.link = undefined;
    this.#queue?.suspend();
  }

  acknowledge(messageId: number): void {
    if (this.link !== undefined) this.#queue?.acknowledge(messageId, this.link);
  }

  /** The client has read on: what waits may go. */
  drained(): void {
    if (this.link !== undefined) this.#queue?.pump(this.link);
  }

  discardMessages(): void {
    this.#queue?.clear();
  }
}
