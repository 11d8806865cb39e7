import type { TraceSource } from '../../src/report/trace/read-trace.ts';
import type {
  JobLine,
  MessageLine,
  TraceHeader,
  TraceLine,
} from '../../src/report/trace/trace-line.ts';

export const traceHeader: TraceHeader = {
  type: 'run',
  traceVersion: 1,
  runId: 'run',
  version: '0.0.0',
  scenario: 'small',
  seed: '1',
  target: 'emulator',
  clockScale: 'max',
  things: 2,
};

/** A recording in memory, that has heard everything up to `endAt`. */
export function traceOf(
  lines: readonly TraceLine[],
  { endAt = 1_000_000, header = {} }: { endAt?: number; header?: Partial<TraceHeader> } = {},
): TraceSource {
  const all: TraceLine[] = [
    { ...traceHeader, ...header },
    { type: 'zero', rampMs: 500 },
    ...lines,
    { type: 'end', t: endAt, messages: lines.length },
  ];
  return {
    path: 'memory',
    async *lines() {
      yield* all;
    },
  };
}

export function message(
  direction: MessageLine['direction'],
  topic: string,
  payload: unknown,
  rest: Partial<MessageLine> = {},
): MessageLine {
  return { type: 'message', t: 0, thing: 0, name: 'pump-0', direction, topic, payload, ...rest };
}

export function jobState(status: string, t = 0, rest: Partial<JobLine> = {}): JobLine {
  return { type: 'job', t, job: 'fw', what: 'state', status, ...rest };
}
