import { type Clock, type Millis, wallNow } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Plan } from '../scenario/plan.ts';
import type { Collector } from './collector.ts';
import { connectHint, tellConnectFailures } from './connect-hint.ts';
import type { Halt } from './halt.ts';
import { errorsOf } from './invariants.ts';

/** Beyond the time the ramp should take, this much wall time is allowed before the run begins anyway. */
const graceMs = 30_000;
const pollMs = 100;
/** As often as the workers report. */
const pollsPerLook = 10;
/** Between the order to start and the first connect, so that every worker has its order in time. */
export const leadMs = 250;

/**
 * Waits until the first batch has been brought up: its ramp is over and nobody is connecting any more.
 * Things that stay away on purpose (late joiners) are not waited for. Calls `onLook` once a second.
 */
export async function awaitRamp(
  plan: Plan,
  clock: Clock,
  collector: Collector,
  halt: Halt,
  onLook: () => void,
): Promise<void> {
  const things = plan.population.batches[0]?.count ?? 0;
  const rampMs = (things / plan.connect.perSecond) * 1000 + leadMs;
  const beganAt = clock.now();
  const elapsedMs = () => (clock.now() - beganAt) / plan.clockScale;
  const { metrics } = collector;
  let overAt: Millis | undefined;
  // What the workers told during the ramp may be a second old: that nobody was connecting then says little.
  const isHeardSince = (wallInstant: Millis) => collector.hasHeardAllSince(wallInstant + pollMs);
  // A device that backs off after a failure is not connecting either, but nor is it up.
  const isUp = (wallInstant: Millis) =>
    metrics.gauge('things') >= things &&
    metrics.gauge('connecting') === 0 &&
    (metrics.gauge('connected') >= things ||
      (metrics.counter('connects/failed') === 0 && isHeardSince(wallInstant)));
  for (let polls = 0; halt.ending === undefined; polls++) {
    if (polls % pollsPerLook === 0) onLook();
    if (elapsedMs() >= rampMs) {
      overAt ??= wallNow();
      if (isUp(overAt)) break;
    }
    if (elapsedMs() >= rampMs + graceMs) {
      collector.addDoubt('the fleet was not up in time, the run began without the rest');
      break;
    }
    await new Promise<void>((resolve) => {
      clock.schedule(clock.now() + pollMs * plan.clockScale, resolve);
    });
  }
  if (metrics.counter('connects/ok') === 0 && metrics.counter('connects/failed') > 0) {
    const reasons = errorsOf(collector, 'connect');
    const told = tellConnectFailures(metrics.counter('connects/failed'), reasons);
    throw new AppError('setup', `not one thing could connect (${told})`, {
      hint: connectHint(plan.target, reasons),
    });
  }
  const connected = metrics.gauge('connected');
  collector.addEvent('fleet-up', `${connected} of ${things} things connected`, { connected });
}
