import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { runCli, temporaryFolder } from '../support/cli.ts';

/** What every thing drew and told: `thing,job,attempt` to `behaviour,reported`. */
async function outcomes(...args: readonly string[]): Promise<Map<string, string>> {
  const out = temporaryFolder();
  const base = ['run', 'test/e2e/rollout.yaml', '--out', out, '--run-id', 'run', '--things'];
  const { code, stderr } = await runCli([...base, ...args]);
  expect(code, stderr).toBe(0);
  const csv = gunzipSync(readFileSync(join(out, 'run', 'things.csv.gz'))).toString();
  const [, ...rows] = csv.trim().split('\n');
  return new Map(
    rows.map((row) => {
      const [thing, , jobId, attempt, behaviour, reported] = row.split(',');
      return [`${thing},${jobId},${attempt}`, `${behaviour},${reported}`];
    }),
  );
}

it('one worker or two: the same seed gives every thing the same outcome, another seed others', async () => {
  const one = await outcomes('--workers', '1');
  const two = await outcomes('--workers', '2');
  const other = await outcomes('--workers', '2', '--seed', '8');

  expect(one.size).toBe(100);
  expect(two).toEqual(one);
  expect(other).not.toEqual(one);
  expect(new Set(one.values())).toEqual(
    new Set(['succeed,SUCCEEDED', 'fail,FAILED', 'reject,REJECTED']),
  );
});
