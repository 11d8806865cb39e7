import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { LiveScreen } from '../../../src/cli/live-screen.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { memoryIo } from '../../support/memory-io.ts';
import { Terminal } from '../../support/terminal.ts';

/** A screen of 20 columns and a terminal that shows what it draws. */
function openScreen(lines: () => readonly string[]) {
  const terminal = new Terminal(20);
  let writes = 0;
  const stream = Object.assign(new PassThrough(), { columns: 20, rows: 10, isTTY: true });
  const write = (text: string) => {
    writes++;
    terminal.write(text);
    return true;
  };
  const screen = Object.assign(stream, { write });
  const clock = new ManualClock();
  const io = memoryIo({ isTerminal: true, screen, stderr: write });
  return { terminal, clock, live: new LiveScreen(io, clock, lines), writes: () => writes };
}

it('draws at most five frames a second, and none that is the same', () => {
  let now = 0;
  const { clock, live, terminal } = openScreen(() => [`look ${now}`]);

  live.open();
  live.open();
  for (now = 1; now <= 100; now++) {
    live.refresh();
    clock.advanceTo(now * 10);
  }
  expect(terminal.frames).toBe(1 + 5);
  clock.advanceTo(5000);

  expect(terminal.text.trim()).toBe('look 101');
  expect(terminal.frames).toBe(1 + 5 + 1);
});

it('draws now and then while there is nothing new, because time goes on', () => {
  const { clock, live, terminal } = openScreen(() => [`at ${clock.now()}`]);

  live.open();
  clock.advanceTo(2000);

  expect(terminal.text.trim()).toBe('at 2000');
  expect(terminal.frames).toBe(1 + 4);
});

it('says lines above the frame, and leaves only them when it is closed', () => {
  const { clock, live, terminal } = openScreen(() => ['frame', `at ${clock.now()}`]);

  live.say('before');
  live.open();
  clock.advanceTo(500);
  live.say('meanwhile');
  expect(terminal.text.trimEnd()).toBe('before\nmeanwhile\nframe\nat 500');
  live.close();
  live.say('after');

  expect(terminal.text.trimEnd()).toBe('before\nmeanwhile\nafter');
  expect(clock.nextAt).toBeUndefined();
});

it('a frame that grows and shrinks leaves nothing of the one before', () => {
  let lines: string[] = [];
  const { clock, live, terminal } = openScreen(() => lines);
  live.open();
  for (const [index, next] of [
    ['a', 'b', 'c', 'd'],
    ['a', 'd'],
    ['a', 'b', 'd'],
    ['x'],
  ].entries()) {
    lines = next;
    clock.advanceTo((index + 1) * 500);

    expect(terminal.text.trimEnd()).toBe(next.join('\n'));
  }
});

it('tells the frame how much room there is', () => {
  let room: unknown;
  const stream = Object.assign(new PassThrough(), { columns: 57, rows: 12 });
  const live = new LiveScreen(memoryIo({ screen: stream }), new ManualClock(), (options) => {
    room = options;
    return [];
  });

  live.open();
  live.close();

  expect(room).toMatchObject({ columns: 56, rows: 10 });
});
