import assert from 'node:assert/strict';
import { encodePlainPublish } from '../protocol/frame-encoder.ts';
import type { LinkOptions } from './link.ts';
import { MessageIds } from './message-ids.ts';
import { type SentPublish, type Unacknowledged, withoutSent, withSent } from './unacknowledged.ts';

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
  /** Of one that was sent on the connection before. */
  readonly messageId?: number;
}

/** Of the link whose window it is. */
export type WindowOptions = Pick<LinkOptions, 'protocolVersion' | 'isCleanSession'>;

const dupFlag = 0x08;
const nothing: readonly Buffer[] = [];

/**
 * The QoS 1 publishes of one link: their ids, those that have to wait for others, and, where sessions
 * outlive connections, those that have to be sent again.
 */
export class PublishWindow {
  /** Of subscribes too. */
  readonly ids = new MessageIds();
  #inFlightMax = receiveMaximum;
  #packetBytesMax = maximumPacketSize;
  #inFlight = 0;
  /** In order; a device has a few requests on their way at most. */
  #heldBack: Publication[] | undefined;
  /** Of a link with a clean session none are kept. */
  #unacknowledged: Unacknowledged;

  /**
   * A connection begins. The frames to send before any other: what was not acknowledged on the one
   * before, if the broker still has the session (MQTT 3.1.1 and 5, 4.4). What was held back then was
   * never sent, and is lost.
   */
  open(
    options: WindowOptions,
    sessionPresent: boolean,
    terms: PublishTerms = noTerms,
  ): readonly Buffer[] {
    const unacknowledged = this.#unacknowledged;
    this.ids.clear();
    this.#inFlight = 0;
    this.#heldBack = undefined;
    this.#unacknowledged = undefined;
    this.#inFlightMax = terms.receiveMaximum ?? receiveMaximum;
    this.#packetBytesMax = terms.maximumPacketSize ?? maximumPacketSize;
    if (unacknowledged === undefined || !sessionPresent) return nothing;
    return this.#resend(unacknowledged, options);
  }

  /** The frame to send now, if there is one. */
  publish(topic: string, payload: string, options: WindowOptions): Buffer | undefined {
    return this.#sendOrHold({ topic, payload, retain: false }, options);
  }

  /** The frame that may be sent for it, if one waits. */
  acknowledged(messageId: number, options: WindowOptions): Buffer | undefined {
    if (!this.#settle(messageId)) return undefined;
    this.#inFlight--;
    return this.#nextOf(this.#heldBack, options);
  }

  /** One that the broker takes in no case leaves its place to the next. */
  #nextOf(heldBack: Publication[] | undefined, options: WindowOptions): Buffer | undefined {
    for (let next = heldBack?.shift(); next !== undefined; next = heldBack?.shift()) {
      const frame = this.#encode(next, options);
      if (frame !== undefined) return frame;
    }
    return undefined;
  }

  /** Each under the id it had; past the window they wait, and still come before what is new. */
  #resend(unacknowledged: readonly SentPublish[], options: WindowOptions): readonly Buffer[] {
    this.#unacknowledged = unacknowledged;
    for (const { messageId } of unacknowledged) this.ids.add(messageId);
    return unacknowledged.flatMap(
      (sent) => this.#sendOrHold({ ...sent, retain: false }, options) ?? [],
    );
  }

  #sendOrHold(publication: Publication, options: WindowOptions): Buffer | undefined {
    if (this.#inFlight < this.#inFlightMax) return this.#encode(publication, options);
    this.#heldBack = [...(this.#heldBack ?? []), publication];
    return undefined;
  }

  /** Undefined for what the broker takes in no case: the device gets no answer, and knows what to do. */
  #encode(publication: Publication, options: WindowOptions): Buffer | undefined {
    const { topic, payload } = publication;
    const messageId = publication.messageId ?? this.ids.take();
    assert.ok(messageId !== undefined, 'a device has a few requests on their way');
    const frame = encodePlainPublish(publication, 1, messageId, options.protocolVersion);
    if (frame.length > this.#packetBytesMax) {
      this.#settle(messageId);
      return undefined;
    }
    this.#inFlight++;
    if (publication.messageId !== undefined) frame[0] = (frame[0] ?? 0) | dupFlag;
    else if (!options.isCleanSession) {
      this.#unacknowledged = withSent(this.#unacknowledged, { messageId, topic, payload });
    }
    return frame;
  }

  /** False when nothing was sent under that id. */
  #settle(messageId: number): boolean {
    if (this.#unacknowledged !== undefined) {
      this.#unacknowledged = withoutSent(this.#unacknowledged, messageId);
    }
    return this.ids.free(messageId);
  }
}
