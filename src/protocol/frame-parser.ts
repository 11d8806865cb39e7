import { type Packet, type Parser, parser } from 'mqtt-packet';
import { messageOf } from '../base/errors.ts';

/** Bytes that are no MQTT packet, or not one the other end may send. */
export class Malformed {
  readonly detail: string;

  constructor(detail: string) {
    this.detail = detail;
  }
}

/** Turns whole frames into packets: one mqtt-packet parser for any number of connections. */
export class FrameParser {
  readonly #settings: object;
  #parser: Parser;
  #packet: Packet | undefined;
  #flaw: string | undefined;

  constructor(settings: object) {
    this.#settings = settings;
    this.#parser = this.#create();
  }

  parse(frame: Buffer): Packet | Malformed {
    this.#packet = undefined;
    this.#flaw = undefined;
    try {
      this.#parser.parse(frame);
    } catch (error) {
      // mqtt-packet reads past the end of some truncated packets.
      this.#flaw = messageOf(error);
    }
    const packet = this.#packet as Packet | undefined;
    if (this.#flaw === undefined && packet !== undefined) return packet;
    // Its position survives an error, so a parser that met one cannot be used again.
    this.#parser = this.#create();
    return new Malformed(this.#flaw ?? 'truncated packet');
  }

  #create(): Parser {
    return parser(this.#settings)
      .on('packet', (packet) => {
        this.#packet = packet;
      })
      .on('error', (error) => {
        this.#flaw ??= messageOf(error);
      });
  }
}
