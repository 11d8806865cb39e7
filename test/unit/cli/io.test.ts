import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { writerTo } from '../../../src/cli/io.ts';

const stream = () => {
  const chunks: string[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(String(chunk));
      done();
    },
  });
  return { chunks, sink, write: writerTo(sink) };
};

it('says nothing more once its reader has gone', () => {
  const { chunks, sink, write } = stream();

  write('heard');
  sink.emit('error', Object.assign(new Error('gone'), { code: 'EPIPE' }));
  write('not heard');

  expect(chunks).toEqual(['heard']);
});

it('any other trouble is not hidden', () => {
  const { sink } = stream();

  expect(() => sink.emit('error', Object.assign(new Error('full'), { code: 'ENOSPC' }))).toThrow(
    'full',
  );
});
