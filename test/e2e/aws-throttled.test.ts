import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nothing, runArgs, scaledQuotas, startFakeAws } from '../support/aws.ts';
import { readSummary, runCli } from '../support/cli.ts';

it('goes on, slower, at a tenth of the rates, and tells how long it waited', async () => {
  const aws = await startFakeAws(scaledQuotas(0.1, { dataReads: 20, dataWrites: 20 }));

  const ended = await runCli(runArgs(aws, 'slow', '--set', 'fleet.things=8'), aws.env);

  const { cloud } = readSummary(join(aws.folder, 'slow'));
  const of = (name: string) => cloud?.apiCalls.find(({ operation }) => operation === name);
  expect(ended.stderr + ended.stdout).toContain('8 of 8 things connected');
  expect(cloud?.apiCalls.filter(({ failed }) => failed > 0)).toEqual([]);
  expect(of('CreateThing')).toMatchObject({ calls: 8 });
  expect(of('CreateCertificateFromCsr')?.throttled).toBeGreaterThan(0);
  expect(of('CreateCertificateFromCsr')?.waitedSeconds).toBeGreaterThan(0);
  expect(cloud?.left).toEqual([]);
  expect((await aws.state()).counts).toMatchObject(nothing);
}, 180_000);
