import type { BrokerLimits } from './broker-limits.ts';
import type { BrokerTally } from './broker-tally.ts';
import { type Message, sizeOf } from './message.ts';

/** The last retained message of each topic, within bounds. */
export class RetainedMessages {
  readonly #messages = new Map<string, Message>();
  readonly #limits: BrokerLimits;
  readonly #tally: BrokerTally;
  #bytes = 0;

  constructor(limits: BrokerLimits, tally: BrokerTally) {
    this.#limits = limits;
    this.#tally = tally;
  }

  get size(): number {
    return this.#messages.size;
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
    this.#messages.set(message.topic, message);
    this.#bytes += size;
  }

  #remove(topic: string): void {
    const message = this.#messages.get(topic);
    if (message === undefined) return;
    this.#messages.delete(topic);
    this.#bytes -= sizeOf(message);
  }
}
