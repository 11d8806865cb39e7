import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import type { LinkTraffic } from '../base/traffic.ts';
import { FrameSplitter } from '../protocol/frame-splitter.ts';
import { limits } from '../protocol/limits.ts';
import { openDeviceSocket, type Receiver } from './device-socket.ts';
import type { LinkOptions } from './link.ts';

/** What is written in one go, some time soon. */
export interface Flushable {
  flush(): void;
}

/** The sockets' listeners are shared by all; this leads from a socket to whom it belongs. */
const owner = Symbol('owner');
type OwnedSocket = Socket & { [owner]?: FrameSocket };

/** For the sockets of a thread that have no frame begun. */
const wholeFrames = new FrameSplitter();

/**
 * A socket that speaks in whole MQTT frames, opened again and again. A link extends it instead of
 * holding one: there are tens of thousands, and this is one object less of each.
 */
export abstract class FrameSocket implements Flushable, Receiver {
  protected readonly options: LinkOptions;
  /** Holds the beginning of a frame whose end has not come yet, which is seldom. */
  #begun: FrameSplitter | undefined;
  #socket: Socket | undefined;
  #traffic: LinkTraffic | undefined;
  /** Since the last flush: nothing, one frame, or some. */
  #outbox: Buffer | Buffer[] | undefined;
  #isClosing = false;
  #reason = '';

  constructor(options: LinkOptions) {
    this.options = options;
  }

  /** A whole frame came; a view that holds until this returns. */
  protected abstract take(frame: Buffer): void;
  /** Once for each open(), when nothing of the connection is left. */
  protected abstract ended(reason: string): void;
  /** There is something to flush, for the first time since the last flush. */
  protected abstract flushSoon(): void;

  /** Whether frames come and go. */
  protected get isOpen(): boolean {
    return this.#socket !== undefined && !this.#isClosing;
  }

  protected open(): void {
    assert.ok(this.#socket === undefined, 'a link connects once it is closed');
    this.#isClosing = false;
    this.#reason = 'closed';
    this.#traffic = this.options.traffic?.open();
    const socket: OwnedSocket = openDeviceSocket(this.options, this);
    socket[owner] = this;
    socket.on('error', onError);
    socket.on('close', onClose);
    this.#socket = socket;
  }

  protected send(frame: Buffer): void {
    this.#traffic?.countSent();
    const outbox = this.#outbox;
    if (outbox === undefined) {
      this.#outbox = frame;
      this.flushSoon();
    } else if (Array.isArray(outbox)) {
      outbox.push(frame);
    } else {
      this.#outbox = [outbox, frame];
    }
  }

  flush(): void {
    const outbox = this.#outbox;
    this.#outbox = undefined;
    if (outbox === undefined || !this.isOpen) return;
    this.#socket?.write(Array.isArray(outbox) ? Buffer.concat(outbox) : outbox);
  }

  /** Nothing comes or goes any more; what was sent before may be lost. */
  protected abort(reason: string): void {
    this.#letGo(reason);
    this.#socket?.destroy();
  }

  /** Lets what was sent leave, but no broker can keep us waiting for its side of the end. */
  protected close(): void {
    this.flush();
    this.#letGo('closed');
    this.#socket?.destroySoon();
  }

  #letGo(reason: string): void {
    this.#reason = reason;
    this.#isClosing = true;
    this.#traffic?.beginClosing();
  }

  /** For the socket. */
  received(bytes: Buffer): void {
    if (!this.isOpen) return;
    const begun = this.#begun;
    const frames = begun ?? wholeFrames;
    frames.push(bytes);
    this.#takeAll(frames);
    if (begun === undefined) this.#begun = frames.takeRest();
    else if (begun.isEmpty) this.#begun = undefined;
  }

  #takeAll(frames: FrameSplitter): void {
    while (this.isOpen) {
      const frame = frames.take(limits.packetBytesMax);
      if (frame === 'incomplete') return;
      if (typeof frame === 'string') {
        this.abort('error');
        return;
      }
      this.#traffic?.countReceived();
      this.take(frame);
    }
  }

  /** For the socket's listeners. */
  failed(code: unknown): void {
    if (!this.#isClosing && typeof code === 'string') this.#reason = code.toLowerCase();
  }

  /** For the socket's listeners. */
  closed(): void {
    this.#socket = undefined;
    this.#outbox = undefined;
    this.#begun = undefined;
    this.#traffic?.closed();
    this.ended(this.#reason);
  }
}

function onError(this: OwnedSocket, error: Error & { code?: unknown }): void {
  this[owner]?.failed(error.code);
}

function onClose(this: OwnedSocket): void {
  this[owner]?.closed();
}
