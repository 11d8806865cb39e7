import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, FrameWriter, type FrontFrame } from '../../../src/emulator/front-frames.ts';

type Told = [FrontFrame, number, string];

const anyTold = fc.tuple(
  fc.constantFrom<FrontFrame>('open', 'data', 'end', 'close', 'credit'),
  fc.nat(2 ** 32 - 1),
  fc.oneof(
    fc.string(),
    fc.integer({ min: 0, max: 140_000 }).map((length) => 'x'.repeat(length)),
  ),
);

function read(chunks: Iterable<Buffer>): Told[] {
  const told: Told[] = [];
  const reader = new FrameReader((kind, connection, payload) =>
    told.push([kind, connection, payload.toString()]),
  );
  for (const chunk of chunks) reader.push(chunk);
  return told;
}

function written(frames: readonly Told[]): Buffer {
  const link = new PassThrough({ highWaterMark: 2 ** 30 });
  const writer = new FrameWriter(link);
  for (const [kind, connection, payload] of frames) {
    writer.send(kind, connection, Buffer.from(payload));
  }
  writer.flush();
  return (link.read() as Buffer | null) ?? Buffer.alloc(0);
}

describe('frames', () => {
  it('are the same after the link, however it cuts them', () => {
    fc.assert(
      fc.property(fc.array(anyTold, { maxLength: 20 }), fc.array(fc.nat()), (frames, cuts) => {
        const bytes = written(frames);
        const ends = cuts.map((cut) => cut % (bytes.length + 1)).sort((one, two) => one - two);
        const chunks = [...ends, bytes.length].map((end, at) =>
          bytes.subarray(ends[at - 1] ?? 0, end),
        );

        expect(read(chunks)).toEqual(frames);
      }),
    );
  });

  it('of one turn leave in one write', async () => {
    const link = new PassThrough();
    const writes: Buffer[] = [];
    link.on('data', (chunk: Buffer) => writes.push(chunk));
    const writer = new FrameWriter(link);

    for (let connection = 0; connection < 100; connection++) writer.send('end', connection);
    await new Promise((resolve) => setImmediate(resolve));

    expect(writes).toHaveLength(1);
    expect(read(writes)).toHaveLength(100);
  });

  it('of an unknown kind are no frames', () => {
    expect(() => read([Buffer.alloc(9, 9)])).not.toThrow();
    expect(() => read([Buffer.from([9, 0, 0, 0, 0, 0, 0, 0, 0])])).toThrow('kind 9');
  });
});
