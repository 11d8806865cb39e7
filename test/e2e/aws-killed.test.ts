import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { filesBelow, nothing, runArgs, scaledQuotas, startFakeAws } from '../support/aws.ts';
import { runCli, startCli } from '../support/cli.ts';

it.each([
  ['before the first certificate is known', { journal: /"op":"intend","kind":"certificate"/ }],
  ['between two things', { journal: /(?:"op":"made","kind":"thing"[\s\S]*?){20}/ }],
  ['while the things connect', { output: /t=connecting/ }],
  ['while the job is rolled out', { output: /job fw-1-4 is IN_PROGRESS/ }],
  ['while it cleans up', { journal: /"op":"gone"/ }],
])('what is left by a run that was killed %s is cleaned up', async (_when, sign) => {
  const quotas = scaledQuotas(10);
  const aws = await startFakeAws(quotas);
  const folder = join(aws.folder, 'killed');
  const few = ['--set', 'fleet.things=40', '--set', `target.aws.quotas=${quotas}`];
  const run = startCli(runArgs(aws, 'killed', ...few), aws.env);
  if ('output' in sign) await run.saw(sign.output ?? /^/);
  else await journalSays(folder, sign.journal);

  run.process.kill('SIGKILL');
  await run.done;
  expect((await aws.state()).counts).not.toMatchObject(nothing);
  const first = await runCli(['cleanup', folder], aws.env);
  const again = await runCli(['cleanup', folder], aws.env);

  expect(first.code, first.stderr + first.stdout).toBe(0);
  expect(again.code, again.stderr + again.stdout).toBe(0);
  expect((await aws.state()).counts).toMatchObject(nothing);
  expect(filesBelow(join(aws.folder, 'state'))).toEqual(new Map());
});

async function journalSays(folder: string, pattern: RegExp): Promise<void> {
  const journal = join(folder, 'resources.ndjson');
  const begunAt = performance.now();
  while (!existsSync(journal) || !pattern.test(readFileSync(journal, 'utf8'))) {
    if (performance.now() - begunAt > 40_000) throw new Error(`no ${pattern} in ${journal}`);
    await pause(5);
  }
}
