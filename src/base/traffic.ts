/** Packets over the links that are open, as one end of them has counted. */
export interface TrafficCount {
  readonly links: number;
  /** Links that this end has let go and that are not closed yet. */
  readonly closing: number;
  readonly sent: number;
  readonly received: number;
  /** Grows with whatever happens on any link, and never shrinks. */
  readonly activity: number;
}

/**
 * Counts at one end of many links. What a closed link carried is taken off again, so that both ends
 * come to the same numbers once nothing is in between, whatever was lost with links that broke.
 */
export class Traffic {
  links = 0;
  closing = 0;
  sent = 0;
  received = 0;
  activity = 0;

  /** A link comes into being; it is `closed` once. */
  open(): LinkTraffic {
    this.links++;
    this.activity++;
    return new LinkTraffic(this);
  }

  read(): TrafficCount {
    const { links, closing, sent, received, activity } = this;
    return { links, closing, sent, received, activity };
  }
}

/** One link's part of it. */
export class LinkTraffic {
  readonly #all: Traffic;
  #sent = 0;
  #received = 0;
  #isClosing = false;

  constructor(all: Traffic) {
    this.#all = all;
  }

  /** One packet. */
  countSent(): void {
    this.#sent++;
    this.#all.sent++;
    this.#all.activity++;
  }

  /** One packet, as soon as it is dealt with. */
  countReceived(): void {
    this.#received++;
    this.#all.received++;
    this.#all.activity++;
  }

  /** This end ends the link; `closed` follows. */
  beginClosing(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#all.closing++;
    this.#all.activity++;
  }

  closed(): void {
    const all = this.#all;
    all.links--;
    all.sent -= this.#sent;
    all.received -= this.#received;
    all.activity++;
    if (this.#isClosing) all.closing--;
  }
}
