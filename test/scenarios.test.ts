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

describe('every scenario meets its own expectations', () => {
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
  });
});
