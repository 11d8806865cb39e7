import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Evidence } from '../../src/run/calibrate.ts';
import { readSummary, runCli, temporaryFolder } from '../support/cli.ts';

/** Every member read otherwise than by default. */
const other = {
  abortGate: 'notified',
  abortComparison: 'above',
  abortDenominator: 'notified',
  rateSpread: 'burst',
  rateLevel: 'per-level',
};

it('finds out how an emulator reads it, and leaves the evidence', async () => {
  const out = temporaryFolder();
  const set = Object.entries(other).flatMap(([member, value]) => [
    '--set',
    `emulator.dialect.${member}=${value}`,
  ]);

  const { code, stdout, stderr } = await runCli([
    ...['calibrate', '--out', out, '--run-id', 'c'],
    ...set,
  ]);

  expect(code, stderr + stdout).toBe(0);
  for (const [member, value] of Object.entries(other)) {
    expect(stdout).toContain(`    ${member}: ${value}\n`);
  }
  const evidence = JSON.parse(readFileSync(join(out, 'c.json'), 'utf8')) as Evidence;
  expect(evidence.dialect).toEqual(other);
  expect(evidence.rollouts).toHaveLength(4);
  for (const { answer, runFolder, job } of evidence.rollouts) {
    expect(answer.predicted.filter(({ fits }) => fits).length).toBeGreaterThan(0);
    expect(readSummary(join(out, runFolder)).jobs[0]?.status).toBe(job?.status);
  }
});

it('tells beforehand what each of the rollouts would take, and makes nothing', async () => {
  const out = temporaryFolder();

  const { code, stdout } = await runCli([
    ...['calibrate', '--dry-run', '--out', out, '--run-id', 'c'],
    ...['--set', 'target.aws.region=us-east-1'],
  ]);

  expect(code).toBe(0);
  for (const name of ['abort-gate', 'abort-share', 'rate-spread', 'rate-level']) {
    expect(stdout).toContain(`DRY RUN of ${name} on aws`);
  }
  expect(readdirSync(out)).toEqual([]);
});

it('makes nothing on AWS without having asked', async () => {
  const out = temporaryFolder();

  const { code, stderr } = await runCli(
    ['calibrate', '--out', out, '--run-id', 'c', '--set', 'target.aws.region=us-east-1'],
    { AWS_EC2_METADATA_DISABLED: 'true' },
  );

  expect(code).toBe(2);
  expect(stderr).toContain('--yes');
  expect(existsSync(join(out, 'c-abort-gate'))).toBe(false);
});
