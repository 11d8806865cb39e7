import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { filesBelow, nothing, runArgs, startFakeAws } from '../support/aws.ts';
import { type RunningCli, runCli, startCli } from '../support/cli.ts';

/** Ctrl-C while a run makes what it needs. */

async function interruptible() {
  const aws = await startFakeAws();
  const run = startCli(runArgs(aws, 'cut'), aws.env);
  const folder = join(aws.folder, 'cut');
  await journalSays(folder, /"op":"made","kind":"thing"/, run);
  run.process.kill('SIGINT');
  return { aws, run, folder };
}

it('once takes all away again and exits 130', async () => {
  const { aws, run } = await interruptible();

  const { code, stderr } = await run.done;

  expect(code, stderr).toBe(130);
  expect(stderr).toContain('interrupted while the run was provisioned');
  expect((await aws.state()).counts).toMatchObject(nothing);
  expect(filesBelow(join(aws.folder, 'state'))).toEqual(new Map());
});

it('twice ends at once, and says how to take it away', async () => {
  const { aws, run, folder } = await interruptible();
  await run.saw(/Again to end at once/);

  run.process.kill('SIGINT');

  const { code, stderr } = await run.done;
  expect(code, stderr).toBe(130);
  expect(stderr).toContain(`may be left on AWS: fleetrig cleanup ${folder}`);
  expect((await runCli(['cleanup', folder], aws.env)).code).toBe(0);
  expect((await aws.state()).counts).toMatchObject(nothing);
});

async function journalSays(folder: string, pattern: RegExp, run: RunningCli): Promise<void> {
  const journal = join(folder, 'resources.ndjson');
  const begunAt = performance.now();
  while (!existsSync(journal) || !pattern.test(readFileSync(journal, 'utf8'))) {
    if (performance.now() - begunAt > 40_000) throw new Error(`nothing was made: ${run.stderr()}`);
    await pause(5);
  }
}
