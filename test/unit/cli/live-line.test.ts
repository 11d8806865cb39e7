import { expect, it } from 'vitest';
import { LiveLine } from '../../../src/cli/live-line.ts';
import { memoryIo } from '../../support/memory-io.ts';

const progress = {
  elapsedMs: 90_000,
  things: 1500,
  connected: 1499,
  notified: 320,
  executions: { IN_PROGRESS: 12, SUCCEEDED: 280, FAILED: 20, REJECTED: 5, TIMED_OUT: 3 },
  jobs: [{ jobId: 'fw', status: 'IN_PROGRESS' }],
};
const text =
  '1m30s  1499/1500 connected  320 notified  12 running  280 succeeded  28 failed  0 canceled  fw IN_PROGRESS';

it('redraws one line on a terminal, cut to its width, and clears it for events', () => {
  const io = memoryIo({ isTerminal: true, columns: 40 });
  const line = new LiveLine(io);

  line.progress(progress);
  line.say('job fw is COMPLETED');

  expect(io.errors).toBe(`\r\x1b[2K${text.slice(0, 39)}\r\x1b[2Kjob fw is COMPLETED\n`);
});

it('writes every tenth look as a plain line elsewhere', () => {
  const io = memoryIo({ isTerminal: false });
  const line = new LiveLine(io);

  for (let look = 0; look < 11; look++) line.progress(progress);

  expect(io.errors).toBe(`${text}\n${text}\n`);
});
