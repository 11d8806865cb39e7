import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Preview } from '../../src/run/preview.ts';
import { type FakeAws, nothing, runArgs, scaledQuotas, startFakeAws } from '../support/aws.ts';
import { readSummary, runCli } from '../support/cli.ts';

/** Plan before money: what a run would take is told before, kept to, and agreed to. */

const scenario = 'test/e2e/aws.yaml';

async function preview(aws: FakeAws, ...more: readonly string[]): Promise<Preview> {
  const args = ['run', scenario, ...aws.settings, '--out', join(aws.folder, 'out'), ...more];
  const told = await runCli([...args, '--dry-run', '--json'], aws.env);
  expect(told.code, told.stderr).toBe(0);
  return JSON.parse(told.stdout) as Preview;
}

it('--dry-run asks nobody anything, and a run makes the calls it has foretold', async () => {
  const quotas = scaledQuotas(10);
  const aws = await startFakeAws(quotas);
  const rates = ['--set', `target.aws.quotas=${quotas}`];
  const before = await aws.requests();

  const foretold = await preview(aws, ...rates);

  expect(await aws.requests()).toEqual(before);
  expect((await aws.state()).counts).toMatchObject(nothing);
  expect(readdirSync(aws.folder).sort()).toEqual(['ca.pem']);
  expect(foretold).toMatchObject({
    target: 'aws',
    region: 'us-east-1',
    things: 200,
    creates: { thing: 200, group: 1, certificate: 200, policy: 1, job: 1 },
  });

  const ended = await runCli(runArgs(aws, 'real', ...rates), aws.env);

  expect(ended.code, ended.stderr + ended.stdout).toBe(0);
  const summary = readSummary(join(aws.folder, 'real'));
  const calls = Object.fromEntries(
    summary.cloud?.apiCalls.map((call) => [call.operation, call.calls]) ?? [],
  );
  const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
  expect(Math.abs(total - (foretold.callsTotal ?? 0)) / total).toBeLessThanOrEqual(0.02);
  const { provisioning = {}, run = {}, cleanup = {} } = foretold.calls ?? {};
  for (const [operation, count] of Object.entries({ ...provisioning, ...cleanup })) {
    if (operation in run) continue;
    expect([operation, calls[operation]]).toEqual([operation, count]);
  }
  expect(Object.keys(calls).sort()).toEqual(
    Object.keys({ ...provisioning, ...run, ...cleanup }).sort(),
  );
  // What the run says it asked is what the service was asked.
  expect(await aws.requests()).toMatchObject(
    Object.fromEntries(
      summary.cloud?.apiCalls.map(({ operation, attempts }) => [operation, attempts]) ?? [],
    ),
  );
  // Whatever is in its text, a report says what the account was asked, and that nothing is left.
  expect(ended.stdout).toMatch(/CreateThing +200 +0 +0 /);
  expect(ended.stdout).toContain('200 certificates');
}, 120_000);

it('--dry-run tells people the same, and what they have to know', async () => {
  const aws = await startFakeAws('off');
  const args = ['run', scenario, ...aws.settings, '--dry-run', '--set', 'limits.things=100'];

  const told = await runCli([...args, '--set', 'target.aws.events=enable'], aws.env);

  expect(told.code, told.stderr).toBe(0);
  expect(told.stdout).toContain('creates 200 things, 1 group, 200 certificates, 1 policy, 1 job');
  expect(told.stdout).toMatch(/CreateThing +200 +- +- +200\n/);
  expect(told.stdout).toMatch(/policy of 1,\d{3} of at most 2,048 characters/);
  expect(told.stdout).toContain('job events are switched on for the whole account');
  expect(told.stdout).toContain('limits.things is 100, it needs 200: a run is refused');
  expect(told.stdout).toMatch(/COST by list prices of \d{4}-\d\d-\d\d in us-east-1/);
});

it('refuses what goes past a limit before anything is there', async () => {
  const aws = await startFakeAws('off');
  const before = await aws.requests();
  const args = ['run', scenario, ...aws.settings, '--out', join(aws.folder, 'out'), '--yes'];

  const things = await runCli([...args, '--set', 'limits.things=199'], aws.env);
  const rest = await runCli(
    [...args, '--set', 'limits.messages=100', '--set', 'limits.minutes=0.1'],
    aws.env,
  );

  expect([things.code, rest.code]).toEqual([2, 2]);
  expect(things.stderr).toContain('limits.things is 199, it needs 200');
  expect(rest.stderr).toMatch(/limits\.minutes is 0\.1, it needs 0\.\d+/);
  expect(rest.stderr).toMatch(/limits\.messages is 100, it needs \d+/);
  expect(await aws.requests()).toEqual(before);
  expect(existsSync(join(aws.folder, 'out'))).toBe(false);
});

it('ends a run that goes past a limit, with a report and nothing left', async () => {
  const aws = await startFakeAws('off');
  // Foretold in a third of a second, but nobody looks at a job before a second has passed.
  const file = join(aws.folder, 'short.yaml');
  writeFileSync(
    file,
    `name: short
target: { aws: {} }
limits: { minutes: 0.02 }
fleet: { things: 5, thingName: "pump-{index}", group: pumps, connect: { perSecond: 1000 }, cohorts: [ { name: all, share: 100%, profile: { outcome: succeed, work: 100ms } } ] }
jobs: [ { create: { jobId: fw, document: {}, targets: [pumps] } } ]
`,
  );

  const args = ['run', file, ...aws.settings, '--out', aws.folder, '--run-id', 'run', '--yes'];
  const ended = await runCli(args, aws.env);

  expect(ended.code, ended.stderr + ended.stdout).toBe(98);
  expect(ended.stdout).toContain('limits.minutes: 0.02 have passed');
  const { run, cloud } = readSummary(join(aws.folder, 'run'));
  expect(run).toMatchObject({ verdict: 'inconclusive', exitCode: 98 });
  expect(cloud).toMatchObject({ left: [], removed: { thing: 5 } });
  expect((await aws.state()).counts).toMatchObject(nothing);
});
