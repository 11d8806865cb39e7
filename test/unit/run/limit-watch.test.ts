import { expect, it, onTestFinished } from 'vitest';
import { Halt } from '../../../src/run/halt.ts';
import { watchLimits } from '../../../src/run/limit-watch.ts';
import { decideVerdict } from '../../../src/run/verdict.ts';

function watch(limits: { minutes?: number; messages?: number }, counters: Record<string, number>) {
  const halt = new Halt();
  const metrics = { counter: (name: string) => counters[name] ?? 0 };
  const watching = watchLimits({ plan: { limits }, collector: { metrics } as never, halt });
  onTestFinished(() => watching.stop());
  return halt;
}

it('ends a run whose minutes have passed', async () => {
  const ending = await watch({ minutes: 0.001 }, {}).ended;

  expect(ending).toEqual({ kind: 'limit', message: 'limits.minutes: 0.001 have passed' });
});

it('ends a run with more messages, both ways counted, than it may have', async () => {
  const ending = await watch({ messages: 10 }, { 'messages/in': 6, 'messages/out': 5 }).ended;

  expect(ending).toEqual({
    kind: 'limit',
    message: 'limits.messages: 11 of 10 went over the wire',
  });
});

it('lets a run go on that has what it may have', async () => {
  const counters = { 'messages/in': 5, 'messages/out': 5 };
  const halt = watch({ messages: 10, minutes: 60 }, counters);
  const looked = new Promise((resolve) => setTimeout(resolve, 600));

  await looked;

  expect(halt.ending).toBeUndefined();
});

it('is no verdict on the scenario: whatever held, nothing is known of the rest', () => {
  const held = { result: 'passed' } as never;
  const failed = { result: 'failed' } as never;
  const inconclusive = { verdict: 'inconclusive', exitCode: 98 };
  const ending = { kind: 'limit', message: '' } as const;

  expect(decideVerdict(ending, [held], true)).toEqual(inconclusive);
  expect(decideVerdict(ending, [failed], true)).toEqual(inconclusive);
});
