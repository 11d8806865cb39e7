import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { findTrip } from '../../../src/engine/abort.ts';
import type { Job } from '../../../src/engine/state.ts';
import { Dialect } from '../../../src/protocol/dialect.ts';

const runs = 2000;
const completions = 5000;

/** A healthy update of which 5 % fail by chance, tested after every completion with the engine's own rule. */
function shareAborted(dialect: Dialect): number {
  let aborted = 0;
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(`healthy/${run}`);
    const counts = { SUCCEEDED: 0, FAILED: 0, REJECTED: 0, TIMED_OUT: 0, IN_PROGRESS: 0 };
    const job = {
      counts,
      rollout: { notified: completions },
      settings: {
        abortConfig: {
          criteriaList: [
            {
              failureType: 'FAILED',
              action: 'CANCEL',
              thresholdPercentage: 10,
              minNumberOfExecutedThings: 100,
            },
          ],
        },
      },
    } as unknown as Job;
    for (let executed = 1; executed <= completions; executed++) {
      counts[random.next() < 0.05 ? 'FAILED' : 'SUCCEEDED']++;
      if (findTrip(job, dialect, 0) === undefined) continue;
      aborted++;
      break;
    }
  }
  return aborted / runs;
}

// field.md §3.2, from 20,000 runs; three standard errors of 2,000.
it.each([
  ['notified', 0.49, 0.035],
  ['completed', 0.04, 0.014],
] as const)('gate %s aborts about %d of good rollouts', (abortGate, expected, error) => {
  const share = shareAborted(Dialect.parse({ abortGate }));

  expect(Math.abs(share - expected)).toBeLessThan(error);
});
