import type { Clock } from '../base/clock.ts';
import { FrameParser } from '../protocol/frame-parser.ts';
import type { Flushable } from './frame-socket.ts';
import { LinkSweep } from './link-sweep.ts';

/** What all packet links of a worker share. */
export class PacketHub {
  readonly sweep: LinkSweep;
  readonly #four = new FrameParser({ protocolVersion: 4 });
  readonly #five = new FrameParser({ protocolVersion: 5 });
  #unflushed: Flushable[] = [];

  constructor(wall: Clock) {
    this.sweep = new LinkSweep(wall);
  }

  /** For whole frames only, so one serves all. */
  parserOf(protocolVersion: 4 | 5): FrameParser {
    return protocolVersion === 5 ? this.#five : this.#four;
  }

  /** All that one read or one turn of the devices has for a broker leaves in one write. */
  flushSoon(link: Flushable): void {
    if (this.#unflushed.push(link) === 1) process.nextTick(this.#flushAll);
  }

  readonly #flushAll = (): void => {
    const links = this.#unflushed;
    this.#unflushed = [];
    for (const link of links) link.flush();
  };
}
