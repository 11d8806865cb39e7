import { expect, it } from 'vitest';
import { Halt } from '../../../src/run/halt.ts';
import { decideVerdict, distrustReasons, type Ending } from '../../../src/run/verdict.ts';

const finished: Ending = { kind: 'finished' };
const limits = {
  scheduleDelayMsP99Max: 250,
  eventLoopDelayMsP99Max: 200,
  roundTripMsP99Max: 30_000,
};
const assertion = (result: 'passed' | 'failed' | 'error') => ({
  id: 'expect-1',
  expr: 'a == 1',
  expected: '== 1',
  actual: '1',
  file: 'x.yaml',
  line: 1,
  result,
});
const delays = (schedule: number, loop: number, emulator: number, roundTripMs: number) => ({
  emulatorLoopDelayMs: { medianP99: emulator, worstP99: 10 * emulator },
  roundTripMs,
  scheduleDelayMs: { p99: schedule, max: schedule },
  eventLoopDelayMs: { p99: loop, max: loop },
});

it.each([
  ['all held', finished, [assertion('passed')], true, 'passed', 0],
  ['nothing was expected', finished, [], true, 'passed', 0],
  ['one failed', finished, [assertion('passed'), assertion('failed')], true, 'failed', 99],
  ['one could not be judged', finished, [assertion('error')], true, 'failed', 99],
  [
    'all held, but the harness was late',
    finished,
    [assertion('passed')],
    false,
    'inconclusive',
    98,
  ],
  [
    'one failed, and the harness was late',
    finished,
    [assertion('failed')],
    false,
    'inconclusive',
    98,
  ],
  ['it was interrupted', { kind: 'interrupted', exitCode: 143 }, [], true, 'interrupted', 143],
  [
    'something crashed',
    { kind: 'error', exitCode: 1, message: 'x' },
    [assertion('passed')],
    true,
    'error',
    1,
  ],
] as const)('when %s', (_, ending, assertions, isTrusted, verdict, exitCode) => {
  expect(decideVerdict(ending, assertions, isTrusted)).toEqual({ verdict, exitCode });
});

it('trusts a harness at its limits, and names each that is passed', () => {
  const broken = { name: 'a = b', holds: false, checked: true, detail: '1 and 2' };

  const within = delays(250, 200, 200, 30_000);
  expect(distrustReasons(within, [{ ...broken, holds: true }], limits)).toEqual([]);
  expect(distrustReasons(delays(251, 201, 202, 30_001), [broken], limits)).toEqual([
    'schedule delay p99 251 ms is above the limit of 250 ms',
    'event loop delay p99 201 ms is above the limit of 200 ms',
    'event loop delay of the emulator, in its median second, p99 202 ms is above the limit of 200 ms',
    'round trip of an update, in simulated time, p99 30001 ms is above the limit of 30000 ms',
    'the figures do not add up: a = b (1 and 2)',
  ]);
});

it('ends once: the first ending counts', async () => {
  const halt = new Halt();

  halt.end({ kind: 'interrupted', exitCode: 130 });
  halt.end(finished);

  expect(await halt.ended).toEqual({ kind: 'interrupted', exitCode: 130 });
});

it('an error while winding up outranks a normal end, but no interruption', () => {
  const crash: Ending = { kind: 'error', exitCode: 1, message: 'the agents did not stop' };
  const normal = new Halt();
  normal.end(finished);
  const interrupted = new Halt();
  interrupted.end({ kind: 'interrupted', exitCode: 130 });

  normal.end(crash);
  interrupted.end(crash);

  expect(normal.ending).toEqual(crash);
  expect(interrupted.ending).toEqual({ kind: 'interrupted', exitCode: 130 });
});
