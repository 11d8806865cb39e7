import { SteerableClock } from '../base/clock.ts';
import type { Plan } from '../scenario/plan.ts';
import type { Collector } from './collector.ts';
import type { Halt } from './halt.ts';

const everyMs = 250;

export interface LimitWatchOptions {
  readonly plan: Pick<Plan, 'limits'>;
  readonly collector: Pick<Collector, 'metrics'>;
  readonly halt: Halt;
}

/** Ends the run once it goes past a limit in minutes or messages, whatever it waits for. From now on. */
export function watchLimits({ plan, collector, halt }: LimitWatchOptions): { stop(): void } {
  const { minutes, messages } = plan.limits;
  const clock = new SteerableClock();
  const beganAt = clock.now();
  const look = () => {
    const passed = (clock.now() - beganAt) / 60_000;
    const { metrics } = collector;
    const exchanged = metrics.counter('messages/in') + metrics.counter('messages/out');
    if (minutes !== undefined && passed >= minutes) {
      halt.end({ kind: 'limit', message: `limits.minutes: ${minutes} have passed` });
    } else if (messages !== undefined && exchanged > messages) {
      halt.end({
        kind: 'limit',
        message: `limits.messages: ${exchanged} of ${messages} went over the wire`,
      });
    }
    if (halt.ending === undefined) clock.schedule(clock.now() + everyMs, look);
  };
  if (minutes !== undefined || messages !== undefined) clock.schedule(beganAt + everyMs, look);
  return clock;
}
