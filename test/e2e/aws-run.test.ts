import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesBelow, nothing, runArgs, startFakeAws } from '../support/aws.ts';
import { readSummary, runCli } from '../support/cli.ts';

it('runs on AWS with a certificate for each of 200 things, and leaves nothing there', async () => {
  const aws = await startFakeAws('aws');

  const ended = await runCli(runArgs(aws, 'whole'), aws.env);

  const summary = readSummary(join(aws.folder, 'whole'));
  expect(ended.stderr + ended.stdout).toContain('200 of 200 things connected');
  expect(summary.run).toMatchObject({ verdict: 'passed', exitCode: 0 });
  expect(summary.jobs[0]).toMatchObject({ jobId: 'fw-1-4', status: 'CANCELED' });
  expect(summary.cloud).toMatchObject({ isKept: false, left: [] });
  expect((await aws.state()).counts).toMatchObject(nothing);
  expect(filesBelow(join(aws.folder, 'state'))).toEqual(new Map());
}, 180_000);

it('makes nothing without having asked', async () => {
  const aws = await startFakeAws('off');

  const args = runArgs(aws, 'unasked').filter((arg) => arg !== '--yes');
  const ended = await runCli(args, aws.env);

  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/--dry-run[\s\S]*--yes|--yes[\s\S]*--dry-run/);
  expect((await aws.state()).counts).toMatchObject(nothing);
});
