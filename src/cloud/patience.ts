import type { Clock, Millis } from '../base/clock.ts';
import { waitUntil } from '../base/wait-until.ts';

const firstWaitMs = 250;
const longestWaitMs = 10_000;
/** AWS detaches and deletes behind its answers, mostly within seconds. */
const patienceMs = 2 * 60_000;

/**
 * Does `attempt` again for as long as it fails with something that passes by itself. The last failure
 * is thrown when patience has come to its end.
 */
export async function patiently<T>(
  clock: Clock,
  attempt: () => Promise<T>,
  isPassing: (error: unknown) => boolean,
  patience: Millis = patienceMs,
): Promise<T> {
  const giveUpAt = clock.now() + patience;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error) || clock.now() >= giveUpAt) throw error;
    }
    await waitUntil(clock, clock.now() + waitMs);
  }
}
