import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSummary, runCli, temporaryFolder } from '../support/cli.ts';

it('never passes a run that was beyond the machine, and says what was late', async () => {
  const out = temporaryFolder();

  const { code, stderr } = await runCli([
    ...['run', 'test/e2e/overload.yaml'],
    ...['--out', out, '--run-id', 'run'],
  ]);

  expect(code, stderr).toBe(98);
  const { run, assertions, harness } = readSummary(join(out, 'run'));
  expect(run.verdict).toBe('inconclusive');
  // Nothing else was wrong with it.
  expect(assertions.map(({ result }) => result)).toEqual(['passed', 'passed']);
  expect(harness.trusted).toBe(false);
  expect(harness.reasons.join()).toMatch(/(round trip|delay).* is above the limit of/);
});

it.skipIf(process.platform === 'win32')(
  'refuses more things than files may be open, before it starts any',
  () => {
    const command = 'ulimit -n 200 && exec "$0" "$@"';
    const args = ['dist/cli/bin.js', 'run', 'test/e2e/overload.yaml', '--out', temporaryFolder()];

    const { status, stderr } = spawnSync('sh', ['-c', command, process.execPath, ...args], {
      encoding: 'utf8',
    });

    expect(status, stderr).toBe(3);
    expect(stderr).toMatch(/open files .*but a process may have 200/);
    expect(stderr).toContain('ulimit -n');
  },
);
