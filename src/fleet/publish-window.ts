import assert from 'node:assert/strict';
import { encodePlainPublish } from '../protocol/frame-encoder.ts';
import { MessageIds } from './message-ids.ts';

/** What an MQTT 5 broker asks of its clients. */
export interface PublishTerms {
  readonly receiveMaximum?: number;
  readonly maximumPacketSize?: number;
}

const noTerms: PublishTerms = {};
/** What MQTT itself allows. */
const receiveMaximum = 65_535;
const maximumPacketSize = 268_435_460;

interface Publication {
  readonly topic: string;
  readonly payload: string;
  readonly retain: false;
}

/** The QoS 1 publishes of one connection: their ids, and those that have to wait for others. */
export class PublishWindow {
  /** Of subscribes too. */
  readonly ids = new MessageIds();
  #inFlightMax = receiveMaximum;
  #packetBytesMax = maximumPacketSize;
  #inFlight = 0;
  /** In order; a device has a few requests on their way at most. */
  #heldBack: Publication[] | undefined;

  /** A connection begins; of the one before nothing is resent. */
  open(terms: PublishTerms = noTerms): void {
    this.ids.clear();
    this.#inFlight = 0;
    this.#heldBack = undefined;
    this.#inFlightMax = terms.receiveMaximum ?? receiveMaximum;
    this.#packetBytesMax = terms.maximumPacketSize ?? maximumPacketSize;
  }

  /** The frame to send now, if there is one. */
  publish(topic: string, payload: string, protocolVersion: 4 | 5): Buffer | undefined {
    const publication = { topic, payload, retain: false } as const;
    if (this.#inFlight < this.#inFlightMax) return this.#encode(publication, protocolVersion);
    this.#heldBack = [...(this.#heldBack ?? []), publication];
    return undefined;
  }

  /** The frame that may be sent for it, if one waits. */
  acknowledged(messageId: number, protocolVersion: 4 | 5): Buffer | undefined {
    if (!this.ids.free(messageId)) return undefined;
    this.#inFlight--;
    const next = this.#heldBack?.shift();
    return next === undefined ? undefined : this.#encode(next, protocolVersion);
  }

  /** Undefined for what the broker takes in no case: the device gets no answer, and knows what to do. */
  #encode(publication: Publication, protocolVersion: 4 | 5): Buffer | undefined {
    const messageId = this.ids.take();
    assert.ok(messageId !== undefined, 'a device has a few requests on their way');
    const frame = encodePlainPublish(publication, 1, messageId, protocolVersion);
    if (frame.length > this.#packetBytesMax) {
      this.ids.free(messageId);
      return undefined;
    }
    this.#inFlight++;
    return frame;
  }
}
