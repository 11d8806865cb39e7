import type { BrokerLimits } from './broker-limits.ts';
import type { BrokerTally } from './broker-tally.ts';
import { type Message, sizeOf } from './message.ts';
import type { SessionStorage } from './session-storage.ts';

/** The last retained message of each topic, within bounds. */
export class RetainedMessages {
  readonly #messages = new Map<string, Message>();
  readonly #limits: BrokerLimits;
  readonly #tally: BrokerTally;
  readonly #storage: SessionStorage | undefined;
  #bytes = 0;

  constructor(limits: BrokerLimits, tally: BrokerTally, storage?: SessionStorage) {
    this.#limits = limits;
    this.#tally = tally;
    this.#storage = storage;
    for (const message of storage?.retained() ?? []) this.#add(message);
  }

  get size(): number {
    return this.#messages.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(topic: string): Message | undefined {
    return this.#messages.get(topic);
  }

  /** An empty payload removes the topic's message. */
  keep(message: Message): void {
    this.#remove(message.topic);
    if (message.payload.length === 0) return;
    const size = sizeOf(message);
    const { retainedMessagesMax, retainedBytesMax } = this.#limits;
    if (this.#messages.size >= retainedMessagesMax || this.#bytes + size > retainedBytesMax) {
      this.#tally.drop('retained-full');
      return;
    }
    this.#add(message);
    this.#storage?.saveRetained(message);
  }

  #add(message: Message): void {
    this.#messages.set(message.topic, message);
    this.#bytes += sizeOf(message);
  }

  #remove(topic: string): void {
    const message = this.#messages.get(topic);
    if (message === undefined) return;
    this.#messages.delete(topic);
    this.#storage?.dropRetained(topic);
    this.#bytes -= sizeOf(message);
  }
}
