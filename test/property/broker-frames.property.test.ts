import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { PacketDecoder } from '../../src/emulator/packet-decoder.ts';
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
