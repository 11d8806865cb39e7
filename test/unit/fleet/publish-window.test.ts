import { parser } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { PublishWindow } from '../../../src/fleet/publish-window.ts';

/** The payload and the packet id that a frame carries. */
function read(frame: Buffer | undefined): unknown {
  if (frame === undefined) return undefined;
  let told: unknown;
  const parsing = parser({ protocolVersion: 5 });
  parsing.on('packet', (packet) => {
    if (packet.cmd === 'publish') told = `${packet.payload} as ${packet.messageId}`;
  });
  parsing.parse(frame);
  return told;
}

it('keeps to the receive maximum of the broker, in order', () => {
  const window = new PublishWindow();
  window.open({ receiveMaximum: 2 });

  expect(['a', 'b', 'c', 'd'].map((text) => read(window.publish('t', text, 5)))).toEqual([
    'a as 1',
    'b as 2',
    undefined,
    undefined,
  ]);
  expect(read(window.acknowledged(2, 5))).toBe('c as 2');
  expect(read(window.acknowledged(1, 5))).toBe('d as 1');
  expect(read(window.acknowledged(1, 5))).toBeUndefined();
});

it('ignores an acknowledgement that it does not wait for', () => {
  const window = new PublishWindow();
  window.open({ receiveMaximum: 1 });
  window.publish('t', 'a', 5);
  window.publish('t', 'b', 5);

  expect(window.acknowledged(9, 5)).toBeUndefined();
  expect(read(window.acknowledged(1, 5))).toBe('b as 1');
});

it('sends nothing that is too long for the broker, and goes on', () => {
  const window = new PublishWindow();
  window.open({ maximumPacketSize: 20 });

  expect(window.publish('t', 'x'.repeat(20), 5)).toBeUndefined();
  expect(read(window.publish('t', 'short', 5))).toBe('short as 1');
});

it('begins anew with every connection', () => {
  const window = new PublishWindow();
  window.open({ receiveMaximum: 1 });
  window.publish('t', 'a', 5);
  window.publish('t', 'b', 5);

  window.open();

  expect(['c', 'd'].map((text) => read(window.publish('t', text, 5)))).toEqual([
    'c as 1',
    'd as 2',
  ]);
  expect(window.acknowledged(1, 5)).toBeUndefined();
});
