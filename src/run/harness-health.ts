import type { Summary } from '../report/summary.ts';
import type { Plan } from '../scenario/plan.ts';
import type { Collector } from './collector.ts';
import { distrustReasons } from './verdict.ts';

type Delays = Pick<
  Summary['harness'],
  'scheduleDelayMs' | 'eventLoopDelayMs' | 'emulatorLoopDelayMs'
>;

/** How late the harness has been so far. */
export function harnessDelays({ metrics, emulatorLoopDelaysMs }: Collector): Delays {
  const seconds = emulatorLoopDelaysMs.toSorted((a, b) => a - b);
  const medianP99 = seconds[Math.floor(seconds.length / 2)];
  return {
    ...(medianP99 === undefined
      ? {}
      : { emulatorLoopDelayMs: { medianP99, worstP99: seconds.at(-1) ?? medianP99 } }),
    scheduleDelayMs: {
      p99: metrics.gauge('schedule.delayP99Ms'),
      max: metrics.gauge('schedule.delayMaxMs'),
    },
    eventLoopDelayMs: {
      p99: metrics.gauge('loop.delayP99Ms'),
      max: metrics.gauge('loop.delayMaxMs'),
    },
  };
}

/** Why figures measured so far are not to be trusted; empty when they are. */
export function reasonsForDoubt(
  plan: Plan,
  collector: Collector,
  invariants: readonly Summary['invariants'][number][],
): string[] {
  // Where time jumps it waits for messages, however long they take.
  const roundTripMs = plan.isJumping
    ? 0
    : (collector.metrics.percentile('update', 'corrected', 99) / 1000) * plan.clockScale;
  return [
    ...distrustReasons({ ...harnessDelays(collector), roundTripMs }, invariants, plan.harness),
    ...collector.doubts,
  ];
}
