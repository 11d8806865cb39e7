import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { readPlainPuback, readPlainPublish } from '../../src/protocol/frame-decoder.ts';
import { encodePlainPublish, encodePuback } from '../../src/protocol/frame-encoder.ts';
import { FrameParser, Malformed } from '../../src/protocol/frame-parser.ts';
import { FrameSplitter } from '../../src/protocol/frame-splitter.ts';

const version = fc.constantFrom(4, 5);
const topic = fc.string({ minLength: 1, maxLength: 300, unit: 'binary' });
const messageId = fc.integer({ min: 1, max: 65_535 });
const publication = fc.record({
  topic,
  payload: fc.uint8Array({ maxLength: 20_000 }).map((bytes) => Buffer.from(bytes)),
  retain: fc.boolean(),
});

/** What one chunk after another leaves of a stream when all are read into the same buffer. */
function cutShared(stream: Buffer, sizes: readonly number[]): Buffer[] {
  const shared = Buffer.alloc(Math.max(...sizes));
  const whole = new FrameSplitter();
  let begun: FrameSplitter | undefined;
  const frames: Buffer[] = [];
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const read = stream.copy(shared, 0, at, at + (sizes[turn % sizes.length] ?? 1));
    at += read;
    const splitter = begun ?? whole;
    splitter.push(shared.subarray(0, read));
    for (let frame = splitter.take(150_000); typeof frame !== 'string'; ) {
      frames.push(Buffer.from(frame));
      frame = splitter.take(150_000);
    }
    begun = begun === undefined ? whole.takeRest() : begun.isEmpty ? undefined : begun;
    shared.fill(0xff);
  }
  return frames;
}

it('cuts the same frames out of a buffer that is used again for every chunk', () => {
  fc.assert(
    fc.property(
      fc.array(publication, { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 20 }),
      (publications, sizes) => {
        const frames = publications.map((each) => encodePlainPublish(each, 1, 7, 4));

        const cut = cutShared(Buffer.concat(frames), sizes);

        expect(cut.map((frame) => frame.toString('hex'))).toEqual(
          frames.map((frame) => frame.toString('hex')),
        );
      },
    ),
    { numRuns: 200 },
  );
});

it('cuts two packets wherever the stream between them is broken', () => {
  const frames = [
    encodePlainPublish({ topic: 'a', payload: 'x'.repeat(200), retain: false }, 1, 1, 4),
    encodePuback(2, 4),
  ];
  const stream = Buffer.concat(frames);

  for (let size = 1; size <= stream.length; size++) {
    expect(cutShared(stream, [size, stream.length])).toEqual(frames);
  }
});

it('writes and reads a publish as mqtt-packet does', () => {
  fc.assert(
    fc.property(publication, fc.constantFrom(0, 1), messageId, version, (sent, qos, id, level) => {
      const frame = encodePlainPublish(sent, qos, id, level);
      const packet = { cmd: 'publish', ...sent, qos, dup: false, messageId: id } as const;

      expect(frame).toEqual(generate(packet, { protocolVersion: level }));
      expect(readPlainPublish(frame, level)).toEqual({
        topic: Buffer.from(sent.topic).toString(),
        payload: sent.payload,
        messageId: qos === 0 ? 0 : id,
      });
    }),
  );
});

it('leaves a publish with properties to mqtt-packet', () => {
  const packet = {
    cmd: 'publish',
    topic: 't',
    payload: 'hello',
    qos: 1,
    dup: false,
    retain: false,
    messageId: 3,
    properties: { contentType: 'text/plain' },
  } as const;
  const frame = generate(packet, { protocolVersion: 5 });

  expect(readPlainPublish(frame, 5)).toBeUndefined();
  expect(new FrameParser({ protocolVersion: 5 }).parse(frame)).toMatchObject({
    topic: 't',
    payload: Buffer.from('hello'),
    messageId: 3,
  });
});

it('writes and reads a PUBACK as mqtt-packet does', () => {
  fc.assert(
    fc.property(messageId, version, (id, level) => {
      const frame = encodePuback(id, level);

      expect(frame).toEqual(generate({ cmd: 'puback', messageId: id }, { protocolVersion: 4 }));
      expect(readPlainPuback(frame)).toBe(id);
    }),
  );
});

/** Bytes that may well be a PUBLISH: a length that fits, some of the time. */
const almostPublish = fc
  .tuple(fc.integer({ min: 0, max: 12 }), fc.uint8Array({ maxLength: 40 }))
  .map(([topicBytes, rest]) => Uint8Array.from([0, topicBytes, ...rest]));

it('reads of any bytes what mqtt-packet reads, or leaves them to it', () => {
  fc.assert(
    fc.property(
      fc.oneof(almostPublish, fc.uint8Array({ maxLength: 60 })),
      fc.constantFrom(0x30, 0x31, 0x32, 0x3a, 0x34, 0x40, 0x42, 0x20, 0xe0),
      version,
      (body, header, level) => {
        const frame = Buffer.from([header, body.length, ...body]);
        const plain = readPlainPublish(frame, level);
        const acknowledged = readPlainPuback(frame);
        const packet = new FrameParser({ protocolVersion: level }).parse(frame);

        if (plain !== undefined) {
          expect(packet).toMatchObject({ cmd: 'publish', topic: plain.topic });
          expect(packet).toMatchObject({ payload: plain.payload });
        }
        if (acknowledged !== undefined) {
          expect(packet).toMatchObject({ cmd: 'puback', messageId: acknowledged });
        }
        if (packet instanceof Malformed) {
          expect([plain, acknowledged]).toEqual([undefined, undefined]);
        }
      },
    ),
    { numRuns: 5000 },
  );
});
