import { parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { PublishWindow } from '../../../src/fleet/publish-window.ts';

const clean = { protocolVersion: 5, isCleanSession: true } as const;
const persistent = { protocolVersion: 5, isCleanSession: false } as const;

/** The payload and the packet id that a frame carries. */
function read(frame: Buffer | undefined): unknown {
  if (frame === undefined) return undefined;
  let told: unknown;
  const parsing = parser({ protocolVersion: 5 });
  parsing.on('packet', (packet) => {
    if (packet.cmd !== 'publish') return;
    told = `${packet.payload} as ${packet.messageId}${packet.dup ? ' again' : ''}`;
  });
  parsing.parse(frame);
  return told;
}

it('keeps to the receive maximum of the broker, in order', () => {
  const window = new PublishWindow();
  window.open(clean, false, { receiveMaximum: 2 });

  expect(['a', 'b', 'c', 'd'].map((text) => read(window.publish('t', text, clean)))).toEqual([
    'a as 1',
    'b as 2',
    undefined,
    undefined,
  ]);
  expect(read(window.acknowledged(2, clean))).toBe('c as 2');
  expect(read(window.acknowledged(1, clean))).toBe('d as 1');
  expect(read(window.acknowledged(1, clean))).toBeUndefined();
});

it('ignores an acknowledgement that it does not wait for', () => {
  const window = new PublishWindow();
  window.open(clean, false, { receiveMaximum: 1 });
  window.publish('t', 'a', clean);
  window.publish('t', 'b', clean);

  expect(window.acknowledged(9, clean)).toBeUndefined();
  expect(read(window.acknowledged(1, clean))).toBe('b as 1');
});

it('sends nothing that is too long for the broker, and goes on', () => {
  const window = new PublishWindow();
  window.open(clean, false, { maximumPacketSize: 20 });

  expect(window.publish('t', 'x'.repeat(20), clean)).toBeUndefined();
  expect(read(window.publish('t', 'short', clean))).toBe('short as 1');
});

it('holds nothing back behind one that is too long for the broker', () => {
  const window = new PublishWindow();
  window.open(clean, false, { receiveMaximum: 1, maximumPacketSize: 20 });
  for (const text of ['a', 'x'.repeat(20), 'b', 'c']) window.publish('t', text, clean);

  expect(read(window.acknowledged(1, clean))).toBe('b as 1');
  expect(read(window.acknowledged(1, clean))).toBe('c as 1');
});

it('begins anew with every connection of a clean session', () => {
  const window = new PublishWindow();
  window.open(clean, false, { receiveMaximum: 1 });
  window.publish('t', 'a', clean);
  window.publish('t', 'b', clean);

  window.open(clean, false);

  expect(['c', 'd'].map((text) => read(window.publish('t', text, clean)))).toEqual([
    'c as 1',
    'd as 2',
  ]);
  expect(window.acknowledged(1, clean)).toBeUndefined();
});

describe('a connection that finds the session of the one before', () => {
  /** After a connection on which `b` was acknowledged, and `a`, `c` and `d` were not. */
  function cutOff(): PublishWindow {
    const window = new PublishWindow();
    window.open(persistent, false);
    for (const text of ['a', 'b', 'c', 'd']) window.publish('t', text, persistent);
    window.acknowledged(2, persistent);
    return window;
  }

  it('begins with what was not acknowledged, under the ids it had, until it is', () => {
    const window = cutOff();

    expect(window.open(persistent, true).map(read)).toEqual([
      'a as 1 again',
      'c as 3 again',
      'd as 4 again',
    ]);
    expect(read(window.publish('t', 'e', persistent))).toBe('e as 2');
    window.acknowledged(3, persistent);
    window.acknowledged(2, persistent);

    expect(window.open(persistent, true).map(read)).toEqual(['a as 1 again', 'd as 4 again']);
    for (const messageId of [1, 4]) window.acknowledged(messageId, persistent);
    expect(window.open(persistent, true)).toEqual([]);
  });

  it('keeps to the receive maximum, and to the order', () => {
    const window = cutOff();

    expect(window.open(persistent, true, { receiveMaximum: 2 }).map(read)).toEqual([
      'a as 1 again',
      'c as 3 again',
    ]);
    expect(window.publish('t', 'e', persistent)).toBeUndefined();
    expect(read(window.acknowledged(1, persistent))).toBe('d as 4 again');
    expect(read(window.acknowledged(3, persistent))).toBe('e as 1');
  });

  it('sends none that has become too long for the broker, nor keeps it', () => {
    const window = new PublishWindow();
    window.open(persistent, false);
    for (const text of ['x'.repeat(20), 'short']) window.publish('t', text, persistent);

    expect(window.open(persistent, true, { maximumPacketSize: 20 }).map(read)).toEqual([
      'short as 2 again',
    ]);
    expect(window.open(persistent, true).map(read)).toEqual(['short as 2 again']);
  });

  it('loses all when the broker has lost the session', () => {
    const window = cutOff();

    expect(window.open(persistent, false)).toEqual([]);
    expect(window.open(persistent, true)).toEqual([]);
  });

  it('keeps nothing for a clean session', () => {
    const window = new PublishWindow();
    window.open(clean, false);
    window.publish('t', 'a', clean);

    expect(window.open(clean, true)).toEqual([]);
  });
});
