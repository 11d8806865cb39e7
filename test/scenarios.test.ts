import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSummary, runCli, temporaryFolder } from './support/cli.ts';

const files = readdirSync(join(import.meta.dirname, '../scenarios')).filter((file) =>
  file.endsWith('.yaml'),
);

/** Everything a run folder holds beside one latency file an operation. */
const reportFiles = [
  'report.json',
  'scenario.yaml',
  'junit.xml',
  'summary.md',
  'timeseries.csv',
  'events.ndjson',
  'run.hlog',
  'latency/update.hgrm',
];

describe('every scenario meets its own expectations, and ends as predicted', () => {
  it.each(files)('%s', async (file) => {
    const out = temporaryFolder();

    const { code, stderr } = await runCli([
      'run',
      `scenarios/${file}`,
      '--out',
      out,
      '--run-id',
      'run',
    ]);

    expect(code, stderr).toBe(0);
    const summary = readSummary(join(out, 'run'));
    expect(summary.run.verdict).toBe('passed');
    expect(summary.assertions.length).toBeGreaterThan(2);
    expect(summary.invariants.filter(({ holds }) => !holds)).toEqual([]);
    expect(reportFiles.filter((name) => !existsSync(join(out, 'run', name)))).toEqual([]);

    await runCli(['predict', `scenarios/${file}`, '--out', out, '--run-id', 'predicted']);
    const outcome = readSummary(join(out, 'predicted'));
    expect(summary.jobs.map(({ predicted }) => predicted?.executions)).toEqual(
      outcome.jobs.map(({ executions }) => executions),
    );
    expect(summary.jobs.map(({ predicted }) => predicted?.status)).toEqual(
      outcome.jobs.map(({ status }) => status),
    );
    const things = summary.jobs.flatMap(({ predicted }) => predicted?.things ?? []);
    expect(things.flatMap(({ examples }) => examples)).toEqual([]);
    expect(sum(things.map(({ differing }) => differing))).toBe(0);
    // On a slow machine more things depend on timing, but never so many that nothing is compared.
    expect(4 * sum(things.map(({ same }) => same))).toBeGreaterThan(
      sum(things.map(({ timingDependent }) => timingDependent)),
    );
  });
});

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
