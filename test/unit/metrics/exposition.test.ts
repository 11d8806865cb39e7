import { expect, it } from 'vitest';
import { exporterOf } from '../../../src/metrics/exposition.ts';
import { runMetrics } from '../../../src/metrics/prometheus.ts';
import type { RunFacts } from '../../../src/metrics/run-facts.ts';

it('every row of a scrape is of the same moment, and the next scrape of the next', async () => {
  let reads = 0;
  const { fleetrig_simulated_seconds_total: first } = runMetrics;
  const exporter = exporterOf({ first_total: first, second_total: first }, () => {
    reads++;
    return { simulatedSeconds: reads } as RunFacts;
  });
  const values = async () => (await exporter.exposition()).match(/^\w+ \d+$/gm);

  expect(await values()).toEqual(['first_total 1', 'second_total 1']);
  expect(await values()).toEqual(['first_total 2', 'second_total 2']);
});
