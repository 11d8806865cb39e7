import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSummary, runCli, temporaryFolder } from '../support/cli.ts';

it('the built command, its threads and their number: the same prediction of many seeds', async () => {
  const foresee = async (workers: string) => {
    const out = temporaryFolder();
    const { code, stderr } = await runCli([
      ...['predict', 'scenarios/quickstart.yaml', '--out', out, '--run-id', 'run'],
      ...['--seeds', '10', '--workers', workers],
      ...['--sweep', 'jobs.fw-1-4.create.abortConfig.criteriaList.0.thresholdPercentage=8,12'],
    ]);
    expect(code, stderr).toBe(0);
    return readSummary(join(out, 'run')).prediction;
  };

  const one = await foresee('1');
  const two = await foresee('2');

  expect(two).toEqual(one);
  expect(one?.uncertainty?.jobs[0]?.aborts.of).toBe(10);
  expect(one?.sweep?.points).toHaveLength(2);
});
