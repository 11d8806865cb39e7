import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { readSummary, runCli, temporaryFolder } from './cli.ts';

export interface RunOutcome {
  /** `thing,job,attempt` to `behaviour,reported`. */
  readonly outcomes: ReadonlyMap<string, string>;
  readonly summary: ReturnType<typeof readSummary>;
  readonly folder: string;
}

/** Runs a scenario that passes, and tells what became of every single thing. */
export async function runForOutcomes(
  scenario: string,
  ...args: readonly string[]
): Promise<RunOutcome> {
  const out = temporaryFolder();
  const base = ['run', scenario, '--out', out, '--run-id', 'run', '--things'];
  const { code, stderr } = await runCli([...base, ...args]);
  expect(code, stderr).toBe(0);
  const folder = join(out, 'run');
  const csv = gunzipSync(readFileSync(join(folder, 'things.csv.gz'))).toString();
  const [, ...rows] = csv.trim().split('\n');
  const outcomes = new Map(
    rows.map((row) => {
      const [thing, , jobId, attempt, behaviour, reported] = row.split(',');
      return [`${thing},${jobId},${attempt}`, `${behaviour},${reported}`];
    }),
  );
  return { outcomes, summary: readSummary(folder), folder };
}
