const messageIdMax = 65_535;
const maskBits = 31;

/** MQTT packet identifiers in use on one connection: the lowest free one is next. */
export class MessageIds {
  /** Bit i tells whether id i + 1 is in use; a device seldom has more than these. */
  #low = 0;
  /** Ids past those. */
  #high: Set<number> | undefined;

  /** Undefined when all are in use. */
  take(): number | undefined {
    const free = 31 - Math.clz32(~this.#low & (this.#low + 1));
    const id = free < maskBits ? free + 1 : this.#lowestHigh();
    return id !== undefined && this.add(id) ? id : undefined;
  }

  /** False when it is in use already. */
  add(id: number): boolean {
    if (this.has(id)) return false;
    if (id > maskBits) this.#high = (this.#high ?? new Set()).add(id);
    else this.#low |= 1 << (id - 1);
    return true;
  }

  has(id: number): boolean {
    if (id > maskBits) return this.#high?.has(id) === true;
    return (this.#low & (1 << (id - 1))) !== 0;
  }

  /** False when it was not in use. */
  free(id: number): boolean {
    if (!this.has(id)) return false;
    if (id > maskBits) this.#high?.delete(id);
    else this.#low &= ~(1 << (id - 1));
    return true;
  }

  clear(): void {
    this.#low = 0;
    this.#high = undefined;
  }

  #lowestHigh(): number | undefined {
    for (let id = maskBits + 1; id <= messageIdMax; id++) {
      if (this.#high?.has(id) !== true) return id;
    }
    return undefined;
  }
}
