import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { PacketDecoder } from '../../src/emulator/packet-decoder.ts';
import { FrameParser, Malformed } from '../../src/protocol/frame-parser.ts';
import { FrameSplitter } from '../../src/protocol/frame-splitter.ts';

const publish = fc
  .tuple(fc.constantFrom('a', 'a/b'), fc.integer({ min: 0, max: 20_000 }))
  .map(([topic, size]) =>
    generate({
      cmd: 'publish',
      topic,
      payload: Buffer.alloc(size, topic),
      qos: 0,
      dup: false,
      retain: false,
    }),
  );

it('cuts the same frames however the stream was chopped', () => {
  fc.assert(
    fc.property(
      fc.array(publish, { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1 }),
      (frames, sizes) => {
        const stream = Buffer.concat(frames);
        const splitter = new FrameSplitter();
        const taken: Buffer[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          splitter.push(stream.subarray(at, at + size));
          at += size;
          for (let frame = splitter.take(150_000); typeof frame !== 'string'; ) {
            taken.push(frame);
            frame = splitter.take(150_000);
          }
        }

        expect(taken.map((frame) => frame.toString('hex'))).toEqual(
          frames.map((frame) => frame.toString('hex')),
        );
      },
    ),
    { numRuns: 300 },
  );
});

it.each([undefined, 4, 5] as const)(
  'no bytes make the decoder throw or remember (version %s)',
  (version) => {
    const decoder = new PacketDecoder();
    const good =
      version === undefined
        ? generate({ cmd: 'connect', clientId: 'c', protocolVersion: 5, clean: true, keepalive: 9 })
        : generate(
            { cmd: 'subscribe', messageId: 3, subscriptions: [{ topic: 'a', qos: 1 }] },
            { protocolVersion: version },
          );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 60 }), fc.nat(15), (body, type) => {
        decoder.decode(Buffer.from([type << 4, body.length, ...body]), version);

        expect(decoder.decode(good, version)).toMatchObject({
          cmd: version ? 'subscribe' : 'connect',
        });
      }),
      { numRuns: 2000 },
    );
  },
);

/** What the broker heeds of a packet. */
function heeded(packet: Packet | Malformed): unknown {
  if (packet instanceof Malformed) return 'malformed';
  if (packet.cmd === 'puback') return { cmd: packet.cmd, messageId: packet.messageId };
  if (packet.cmd !== 'publish') return packet.cmd;
  const { cmd, topic, payload, qos, dup, retain, messageId, properties } = packet;
  const text = Buffer.from(payload).toString('hex');
  return { cmd, topic, text, qos, dup, retain, messageId, properties: properties ?? {} };
}

/** A body whose lengths fit, most of the time, with or without room for a packet id and properties. */
const publishBody = fc
  .record({
    topic: fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.string().map((text) => Buffer.from(text)),
    ),
    topicBytes: fc.option(fc.nat(9)),
    rest: fc.oneof(
      fc.uint8Array({ maxLength: 8 }),
      // Packet id 1, a topic alias, and a payload.
      fc.constant(Uint8Array.of(0, 1, 3, 0x23, 0, 5, 7)),
      fc.constant(Uint8Array.of(0, 0, 0, 7)),
    ),
  })
  .map(({ topic, topicBytes, rest }) =>
    Uint8Array.from([0, topicBytes ?? topic.length, ...topic, ...rest]),
  );
const pubackBody = fc.uint8Array({ maxLength: 4 });

it.each([3, 4, 5] as const)(
  'a publish or PUBACK is read as mqtt-packet does (version %d)',
  (version) => {
    const decoder = new PacketDecoder();
    const reference = new FrameParser({ protocolVersion: version === 5 ? 5 : 4 });
    const frame = fc.oneof(
      fc.tuple(fc.integer({ min: 0x30, max: 0x3f }), publishBody),
      fc.tuple(fc.integer({ min: 0x40, max: 0x4f }), pubackBody),
    );
    fc.assert(
      fc.property(frame, ([header, body]) => {
        const bytes = Buffer.from([header, body.length, ...body]);
        const decoded = decoder.decode(bytes, version);
        const read = reference.parse(bytes);

        // Beyond that it only refuses what mqtt-packet lets through.
        if (!(decoded instanceof Malformed)) expect(heeded(decoded)).toEqual(heeded(read));
        if (read instanceof Malformed || read.messageId === 0) {
          expect(decoded).toBeInstanceOf(Malformed);
        }
      }),
      { numRuns: 3000 },
    );
  },
);
