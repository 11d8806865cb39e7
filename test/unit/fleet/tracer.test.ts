import { expect, it } from 'vitest';
import { TraceBuffer, type TracedMessage } from '../../../src/fleet/tracer.ts';

const thing = { index: 3, name: 'pump-3' };

function bufferOf(namePrefix = '') {
  const batches: (readonly TracedMessage[])[] = [];
  let now = 0;
  const clock = { now: () => ++now };
  const buffer = new TraceBuffer(clock, namePrefix, (messages) => batches.push(messages));
  return { buffer, batches };
}

it('hands on what was said and heard, with its time, in order', () => {
  const { buffer, batches } = bufferOf();

  buffer.note(thing, 'out', 'fw/update', '{"status":"FAILED"}');
  buffer.note(thing, 'in', 'notify', '{"torn":');
  expect(batches).toEqual([]);
  buffer.flush();
  buffer.flush();

  const from = { thing: 3, name: 'pump-3' };
  expect(batches).toEqual([
    [
      { at: 1, ...from, direction: 'out', topic: 'fw/update', payload: { status: 'FAILED' } },
      { at: 2, ...from, direction: 'in', topic: 'notify', text: '{"torn":' },
    ],
  ]);
});

it('holds no more than a batch', () => {
  const { buffer, batches } = bufferOf();

  for (let index = 0; index < 1200; index++) buffer.note(thing, 'in', 'notify', '{}');
  expect(batches.map(({ length }) => length)).toEqual([500, 500]);
  buffer.flush();
  buffer.note(thing, 'in', 'notify', JSON.stringify('x'.repeat(1_000_000)));

  expect(batches.map(({ length }) => length)).toEqual([500, 500, 200, 1]);
});

it('takes the prefix of the run out of names, wherever they stand', () => {
  const { buffer, batches } = bufferOf('fr-1a2b3c4d-');

  const payload = { execution: { jobId: 'fr-1a2b3c4d-fw', thingName: 'fr-1a2b3c4d-pump-3' } };
  const onWire = { index: 3, name: 'fr-1a2b3c4d-pump-3' };
  buffer.note(onWire, 'in', 'fr-1a2b3c4d-fw/get/accepted', JSON.stringify(payload));
  buffer.flush();

  expect(batches[0]).toMatchObject([
    {
      name: 'pump-3',
      topic: 'fw/get/accepted',
      payload: { execution: { jobId: 'fw', thingName: 'pump-3' } },
    },
  ]);
});

it('keeps no credentials of presigned URLs', () => {
  const { buffer, batches } = bufferOf();
  const url =
    'https://b.s3.amazonaws.com/k?X-Amz-Date=1&X-Amz-Credential=AKIA%2Fx&X-Amz-Security-Token=tok&X-Amz-Signature=5ec';

  buffer.note(thing, 'in', 'notify-next', JSON.stringify({ url, and: url }));
  buffer.flush();

  const text = JSON.stringify(batches);
  expect(text).toContain('X-Amz-Date=1&');
  expect(text).not.toMatch(/AKIA|tok|5ec/);
});
