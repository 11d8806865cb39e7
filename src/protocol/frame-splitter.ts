/** What stands where a whole MQTT packet was expected. */
export type FrameFlaw = 'incomplete' | 'oversize' | 'malformed';

const lengthBytesMax = 4;

/**
 * Cuts a byte stream into MQTT packets before anything is parsed, so that an oversize packet is
 * refused by its header and one parser can serve all connections. Push a chunk, then take frames
 * until `incomplete`. Frames are views; bytes once handed out are never overwritten. A chunk that its
 * owner will fill again, such as a shared read buffer, is let go by `takeRest`.
 */
export class FrameSplitter {
  #input: Buffer | undefined;
  #start = 0;
  #end = 0;

  push(chunk: Buffer): void {
    if (this.#input === undefined) {
      this.#input = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      return;
    }
    const input = this.#withRoomFor(this.#input, chunk.length);
    chunk.copy(input, this.#end);
    this.#input = input;
    this.#end += chunk.length;
  }

  /** The next whole packet of at most `bytesMax` bytes, fixed header included. */
  take(bytesMax: number): Buffer | FrameFlaw {
    const input = this.#input;
    if (input === undefined) return 'incomplete';
    const bodyAt = this.#start + 1;
    let bodyBytes = 0;
    for (let at = bodyAt; ; at++) {
      if (at - bodyAt === lengthBytesMax) return 'malformed';
      if (at >= this.#end) return 'incomplete';
      const byte = input[at] ?? 0;
      bodyBytes += (byte & 0x7f) << (7 * (at - bodyAt));
      if (byte >= 0x80) continue;
      return this.#cut(input, at + 1 + bodyBytes, bytesMax);
    }
  }

  get isEmpty(): boolean {
    return this.#input === undefined;
  }

  /**
   * What is left over, copied into a splitter of its own, if there is anything; this one is empty then
   * and may serve another stream.
   */
  takeRest(): FrameSplitter | undefined {
    if (this.#input === undefined) return undefined;
    const rest = new FrameSplitter();
    rest.push(Buffer.from(this.#input.subarray(this.#start, this.#end)));
    this.#input = undefined;
    return rest;
  }

  #cut(input: Buffer, frameEnd: number, bytesMax: number): Buffer | FrameFlaw {
    if (frameEnd - this.#start > bytesMax) return 'oversize';
    if (frameEnd > this.#end) return 'incomplete';
    const frame = input.subarray(this.#start, frameEnd);
    this.#start = frameEnd;
    if (frameEnd === this.#end) this.#input = undefined;
    return frame;
  }

  /** Doubles, so that a packet arriving byte by byte costs linear time. */
  #withRoomFor(input: Buffer, moreBytes: number): Buffer {
    if (this.#end + moreBytes <= input.length) return input;
    const heldBytes = this.#end - this.#start;
    const bigger = Buffer.allocUnsafeSlow(2 * (heldBytes + moreBytes));
    input.copy(bigger, 0, this.#start, this.#end);
    this.#start = 0;
    this.#end = heldBytes;
    return bigger;
  }
}
