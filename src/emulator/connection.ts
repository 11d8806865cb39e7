import type { Duplex } from 'node:stream';
import type { Packet } from 'mqtt-packet';
import type { Clock, Millis } from '../base/clock.ts';
import type { LinkTraffic, Traffic } from '../base/traffic.ts';
import { Malformed } from '../protocol/frame-parser.ts';
import { type FrameFlaw, FrameSplitter } from '../protocol/frame-splitter.ts';
import { limits } from '../protocol/limits.ts';
import type { Authority } from './authority.ts';
import type { BrokerLimits } from './broker-limits.ts';
import type { BrokerTally } from './broker-tally.ts';
import type { BrokerThrottle } from './broker-throttle.ts';
import type { ConnectTerms } from './connect-rules.ts';
import type { Message, Qos } from './message.ts';
import type { Link } from './outbound-queue.ts';
import type { PacketDecoder, ProtocolVersion } from './packet-decoder.ts';
import { encode, encodePublish } from './packet-writer.ts';
import { type Closing, clientError, reasonCode } from './reason-codes.ts';
import type { Session } from './session.ts';
import type { Will } from './session-store.ts';
import type { Hold } from './store.ts';

export interface ConnectionInfo {
  readonly remoteAddress?: string;
  readonly transport: 'tcp' | 'tls' | 'ws';
  /** Id of the certificate, or of the access key, that the client came with. */
  readonly principalId?: string;
  /** What the client may do; everything when there is none. */
  readonly authority?: Authority;
}

/** What all connections of a broker share. */
export interface ConnectionHost {
  /** Simulated. */
  readonly clock: Clock;
  readonly limits: BrokerLimits;
  readonly tally: BrokerTally;
  readonly traffic: Traffic;
  readonly throttle: BrokerThrottle;
  readonly decoder: PacketDecoder;
  /** For those that have no frame begun. */
  readonly wholeFrames: FrameSplitter;
  received(connection: Connection, packet: Packet): void;
  /** Once per connection, when it stops being served; its stream may live on for a moment. */
  ended(connection: Connection, closing: Closing): void;
  /** The stream is gone. */
  closed(connection: Connection): void;
  /** Asks for one `flush` before the event loop goes on. */
  flushSoon(connection: Connection): void;
  /** Nothing reaches a stream but through it. */
  readonly hold: Hold;
}

const connectType = 1;
const throttleWindowMs = 1000;

const frameFlaws: Readonly<Record<Exclude<FrameFlaw, 'incomplete'>, Closing>> = {
  oversize: clientError(
    reasonCode.quotaExceeded,
    `packet longer than ${limits.packetBytesMax} bytes`,
  ),
  malformed: clientError(reasonCode.malformedPacket, 'malformed packet length'),
};
const connectionLost: Closing = { reason: 'CONNECTION_LOST', detail: 'stream ended' };
const slowReader = clientError(reasonCode.quotaExceeded, 'client does not read');

/** One client's byte stream as packets, both ways, with bounds on what either side may pile up. */
export class Connection implements Link {
  readonly info: ConnectionInfo;
  clientId = '';
  /** Undefined until a CONNECT was accepted or refused. */
  version: ProtocolVersion | undefined;
  /** Undefined until a CONNECT was accepted. */
  session: Session | undefined;
  will: Will | undefined;
  inFlightMax: number = limits.inFlightMax;
  /** MQTT 5, from the client; made when it uses the first. */
  topicAliases: Map<number, string> | undefined;
  readonly #stream: Duplex;
  readonly #host: ConnectionHost;
  readonly #traffic: LinkTraffic;
  /** Holds the beginning of a frame whose end has not come yet, which is seldom. */
  #begun: FrameSplitter | undefined;
  readonly #outbox: Buffer[] = [];
  #outboxBytes = 0;
  #packetBytesMax = Number.POSITIVE_INFINITY;
  #phase: 'open' | 'closing' | 'closed' = 'open';
  #silentSeconds = 0;
  #silentSecondsMax: number;
  #windowStartAt: Millis = 0;
  #windowPublishes = 0;

  constructor(stream: Duplex, info: ConnectionInfo, host: ConnectionHost) {
    this.info = info;
    this.#stream = stream;
    this.#host = host;
    this.#traffic = host.traffic.open();
    this.#silentSecondsMax = host.limits.connectSeconds;
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('drain', () => this.session?.drained());
    stream.on('end', () => stream.destroy());
    // The stream closes after an error; what kind of error makes no difference to MQTT.
    stream.on('error', () => stream.destroy());
    stream.on('close', () => {
      this.#finish(connectionLost);
      this.#phase = 'closed';
      this.#traffic.closed();
      host.closed(this);
    });
  }

  get isOpen(): boolean {
    return this.#phase === 'open';
  }

  get hasRoom(): boolean {
    return this.#unreadBytes < this.#host.limits.unreadBytesBeforeDrop;
  }

  /** The client's CONNECT was accepted. */
  open(session: Session, clientId: string, terms: ConnectTerms): void {
    this.session = session;
    this.clientId = clientId;
    this.will = terms.will;
    this.inFlightMax = terms.inFlightMax;
    this.#packetBytesMax = terms.packetBytesMax;
    this.#silentSecondsMax = terms.keepAliveSeconds * limits.keepAliveGraceRatio;
  }

  sendPublish(message: Message, qos: Qos, messageId: number): boolean {
    const { tally } = this.#host;
    if (qos === 0 && !this.hasRoom) {
      tally.drop('slow-reader');
      return false;
    }
    const expirySeconds = this.#secondsLeft(message);
    if (expirySeconds !== undefined && expirySeconds <= 0) {
      tally.drop('expired');
      return false;
    }
    if (this.info.authority?.permits('Receive', this.clientId, message.topic) === false) {
      tally.drop('not-authorized');
      return false;
    }
    if (this.isThrottled('out')) return false;
    const bytes = encodePublish(message, qos, messageId, this.version ?? 4, expirySeconds);
    if (bytes.length > this.#packetBytesMax) {
      tally.drop('packet-too-large');
      return false;
    }
    this.write(bytes);
    return true;
  }

  /** Counts one publish against AWS's quotas per connection (reference §9.2) and per account (§9.5). */
  isThrottled(direction: 'in' | 'out'): boolean {
    const { throttle, tally } = this.#host;
    if (!this.#isPastOwnQuota() && throttle.admitsPublish(direction)) return false;
    tally.drop('throttled');
    return true;
  }

  /** In and out together. */
  #isPastOwnQuota(): boolean {
    const { clock, limits: bounds } = this.#host;
    if (!Number.isFinite(bounds.publishesPerSecondMax)) return false;
    const now = clock.now();
    if (now - this.#windowStartAt >= throttleWindowMs) {
      this.#windowStartAt = now;
      this.#windowPublishes = 0;
    }
    this.#windowPublishes++;
    return this.#windowPublishes > bounds.publishesPerSecondMax;
  }

  /** Gathers all that one chunk of input, or one turn of the service, has for this client. */
  write(frame: Buffer): void {
    if (this.#phase !== 'open') return;
    this.#host.tally.sent(frame);
    this.#traffic.countSent();
    this.#outboxBytes += frame.length;
    if (this.#outbox.push(frame) === 1) this.#host.flushSoon(this);
  }

  flush(): void {
    const [first] = this.#outbox;
    if (first === undefined || this.#phase === 'closed') return;
    const bytes = this.#outbox.length === 1 ? first : Buffer.concat(this.#outbox);
    this.#outbox.length = 0;
    this.#outboxBytes = 0;
    if (!this.#stream.writable) return;
    this.#stream.write(bytes);
    if (this.#stream.writableLength > this.#host.limits.unreadBytesMax) {
      this.#finish(slowReader);
      this.#stream.destroy();
    } else {
      this.session?.drained();
    }
  }

  /** Says goodbye, lets the client read what was written, and reads nothing more from it. */
  close(closing: Closing): void {
    if (this.#phase !== 'open') return;
    this.#sayGoodbye(closing);
    this.#finish(closing);
    this.#host.hold(() => {
      this.flush();
      this.#stream.end();
    });
  }

  /** As `close`, without waiting for the client to read. Resolves when the stream is closed. */
  abort(closing: Closing): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#stream.once('close', resolve);
    });
    if (this.#phase === 'open') this.#sayGoodbye(closing);
    this.#finish(closing);
    this.#host.hold(() => {
      this.flush();
      this.#stream.destroy();
    });
    return closed;
  }

  /** One wall second went by without a packet. False when the client's time is up. */
  tick(): boolean {
    this.#silentSeconds++;
    if (this.#silentSeconds <= this.#silentSecondsMax) return true;
    if (this.#phase !== 'open') this.#stream.destroy();
    return false;
  }

  get #unreadBytes(): number {
    return this.#stream.writableLength + this.#outboxBytes;
  }

  #receive(chunk: Buffer): void {
    if (this.#phase !== 'open') return;
    this.#host.tally.bytesIn += chunk.length;
    const { wholeFrames } = this.#host;
    // A chunk may be a view of a shared read buffer: what is left of it is copied. In tests one client's
    // answer can bring the next client's bytes at once, while the shared splitter is in use.
    const frames = this.#begun ?? (wholeFrames.isEmpty ? wholeFrames : new FrameSplitter());
    frames.push(chunk);
    this.#acceptAll(frames);
    if (frames !== this.#begun) this.#begun = frames.takeRest();
    else if (frames.isEmpty) this.#begun = undefined;
  }

  #acceptAll(frames: FrameSplitter): void {
    while (this.#phase === 'open') {
      const frame = frames.take(limits.packetBytesMax);
      if (frame === 'incomplete') return;
      if (typeof frame === 'string') this.close(frameFlaws[frame]);
      else this.#accept(frame);
    }
  }

  #accept(frame: Buffer): void {
    const { tally, decoder } = this.#host;
    this.#silentSeconds = 0;
    tally.received(frame);
    this.#traffic.countReceived();
    const isConnect = (frame[0] ?? 0) >> 4 === connectType;
    if (isConnect !== (this.version === undefined)) {
      const detail = isConnect ? 'second CONNECT' : 'no CONNECT first';
      this.close(clientError(reasonCode.protocolError, detail));
      return;
    }
    const packet = decoder.decode(frame, this.version);
    if (packet instanceof Malformed) {
      this.close(clientError(reasonCode.malformedPacket, packet.detail));
    } else {
      this.#host.received(this, packet);
    }
  }

  #sayGoodbye({ code }: Closing): void {
    if (this.version !== 5 || this.session === undefined || code === undefined) return;
    this.write(encode({ cmd: 'disconnect', reasonCode: code }, 5));
  }

  /** Whatever comes first ends the service; later reasons do not count. */
  #finish(closing: Closing): void {
    if (this.#phase !== 'open') return;
    this.#phase = 'closing';
    this.#traffic.beginClosing();
    this.#silentSeconds = 0;
    this.#silentSecondsMax = this.#host.limits.closeSeconds;
    this.#host.ended(this, closing);
  }

  #secondsLeft({ expiresAt }: Message): number | undefined {
    if (expiresAt === undefined) return undefined;
    return Math.ceil((expiresAt - this.#host.clock.now()) / 1000);
  }
}
