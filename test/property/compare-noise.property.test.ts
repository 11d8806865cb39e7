import { expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { compareSummaries, isChange } from '../../src/report/compare.ts';
import type { OperationSummary } from '../../src/report/summary.ts';
import { latenciesOf, measuredOperation } from '../support/measured.ts';
import { summaryOf } from '../support/summaries.ts';

/** As if the tool itself were never late, so that the samples alone decide. */
function punctual(operation: OperationSummary) {
  const { harness } = summaryOf();
  return summaryOf({
    operations: [operation],
    harness: {
      ...harness,
      scheduleDelayMs: { p99: 0, max: 0 },
      eventLoopDelayMs: { p99: 0, max: 0 },
    },
  });
}

const statistics = ['p50', 'p90', 'p99', 'p999', 'mean'] as const;

/** From a fixed seed: how often each latency is called changed, when head is slower by `factor`. */
function alarms(pairs: number, samples: number, sigma: number, factor: number) {
  const random = seededRandom(`${samples} ${sigma}`);
  const counts = Object.fromEntries(statistics.map((statistic) => [statistic, 0]));
  for (let pair = 0; pair < pairs; pair++) {
    const base = punctual(measuredOperation(latenciesOf(random, samples, 80_000, sigma)));
    const head = punctual(measuredOperation(latenciesOf(random, samples, 80_000 * factor, sigma)));
    for (const figure of compareSummaries(base, head).figures) {
      const statistic = /^latency\.update\.(\w+)$/.exec(figure.name)?.[1] ?? '';
      if (isChange(figure) && statistic in counts) counts[statistic] = (counts[statistic] ?? 0) + 1;
    }
  }
  return counts;
}

it.each([
  [60, 0.5],
  [300, 1],
  [1500, 1.5],
])(
  'two runs of %i latencies from one distribution (sigma %f): no false alarm',
  (samples, sigma) => {
    const pairs = 20;

    for (const count of Object.values(alarms(pairs, samples, sigma, 1))) {
      expect(count).toBe(0);
    }
  },
);

it('a fifth slower does not pass for noise', () => {
  expect(alarms(5, 4000, 0.5, 1.2)).toMatchObject({ p50: 5, p90: 5, mean: 5 });
  expect(alarms(1, 60_000, 0.5, 1.2)).toMatchObject({ p99: 1 });
});
