import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import mqtt from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { awsControlQuotas } from '../../src/protocol/quotas.ts';
import {
  type FakeAws,
  filesBelow,
  nothing,
  secretAccessKey,
  startFakeAws,
} from '../support/aws.ts';
import { readSummary, runCli, startCli, temporaryFolder } from '../support/cli.ts';

const scenario = 'test/e2e/aws.yaml';

function runArgs(aws: FakeAws, runId: string, ...more: readonly string[]): string[] {
  const out = ['--out', aws.folder, '--run-id', runId, '--yes'];
  return ['run', scenario, ...aws.settings, ...out, ...more];
}

/** A quota file with AWS's rates of the control plane, times a factor. */
function scaledQuotas(factor: number, rates: Readonly<Record<string, number>> = {}): string {
  const path = join(temporaryFolder(), 'quotas.json');
  const control = Object.fromEntries(
    Object.entries(awsControlQuotas).map(([operation, rate]) => [operation, rate * factor]),
  );
  writeFileSync(path, JSON.stringify({ extends: 'aws', control, ...rates }));
  return path;
}

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

it('keeps secrets out of all that people pass on, and things out of what is not theirs', async () => {
  const quotas = scaledQuotas(10);
  const aws = await startFakeAws(quotas);
  const few = ['--set', 'fleet.things=10', '--set', `target.aws.quotas=${quotas}`];

  const kept = await runCli(runArgs(aws, 'kept', '--keep', '--record', ...few), aws.env);

  const keys = [...filesBelow(join(aws.folder, 'state'))].filter(([path]) => path.endsWith('.key'));
  expect(keys).toHaveLength(10);
  const secrets = [secretAccessKey, ...keys.flatMap(([, pem]) => linesOfKey(pem))];
  const told = filesBelow(join(aws.folder, 'kept'));
  told.set('stdout', Buffer.from(kept.stdout));
  told.set('stderr', Buffer.from(kept.stderr));
  expect(told.size).toBeGreaterThan(8);
  for (const [path, bytes] of told) {
    for (const secret of secrets)
      expect(bytes.includes(secret), `${secret} in ${path}`).toBe(false);
  }

  const [own = '', other = ''] = (await thingsOf(aws)).sort();
  const client = await connectAs(own, aws);
  const jobs = (thing: string) => `$aws/things/${thing}/jobs`;
  const [allowed] = await client.subscribeAsync(`${jobs(own)}/notify-next`);
  expect(allowed?.qos).toBe(0);
  await expect(client.subscribeAsync(`${jobs(other)}/notify-next`)).rejects.toThrow();
  await expect(client.subscribeAsync(`${jobs(other)}/+/get/accepted`)).rejects.toThrow();
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  client.publish(`${jobs(other)}/get`, '{}', { qos: 1 });
  await closed;

  const again = await runCli(
    runArgs(aws, 'reused', '--reuse', join(aws.folder, 'kept'), ...few),
    aws.env,
  );
  const made = await aws.requests();
  expect(again.code, again.stderr + again.stdout).toBe(kept.code);
  expect(made).toMatchObject({ CreateThing: 10, CreatePolicy: 1, CreateThingGroup: 1 });
  expect((await aws.state()).counts).toMatchObject(nothing);
});

it('goes on, slower, at a tenth of the rates, and tells how long it waited', async () => {
  const aws = await startFakeAws(scaledQuotas(0.1, { dataReads: 20, dataWrites: 20 }));

  const ended = await runCli(runArgs(aws, 'slow', '--set', 'fleet.things=20'), aws.env);

  const { cloud } = readSummary(join(aws.folder, 'slow'));
  const of = (name: string) => cloud?.apiCalls.find(({ operation }) => operation === name);
  expect(ended.stderr + ended.stdout).toContain('20 of 20 things connected');
  expect(cloud?.apiCalls.filter(({ failed }) => failed > 0)).toEqual([]);
  expect(of('CreateThing')).toMatchObject({ calls: 20 });
  expect(of('CreateCertificateFromCsr')?.throttled).toBeGreaterThan(0);
  expect(of('CreateCertificateFromCsr')?.waitedSeconds).toBeGreaterThan(0);
  expect(cloud?.left).toEqual([]);
  expect((await aws.state()).counts).toMatchObject(nothing);
}, 180_000);

it('makes nothing without having asked', async () => {
  const aws = await startFakeAws('off');

  const args = runArgs(aws, 'unasked').filter((arg) => arg !== '--yes');
  const ended = await runCli(args, aws.env);

  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/--dry-run[\s\S]*--yes|--yes[\s\S]*--dry-run/);
  expect((await aws.state()).counts).toMatchObject(nothing);
});

async function journalSays(folder: string, pattern: RegExp): Promise<void> {
  const journal = join(folder, 'resources.ndjson');
  const begunAt = performance.now();
  while (!existsSync(journal) || !pattern.test(readFileSync(journal, 'utf8'))) {
    if (performance.now() - begunAt > 40_000) throw new Error(`no ${pattern} in ${journal}`);
    await pause(5);
  }
}

/** The lines of a PEM file that are key, and none that all keys share. */
function linesOfKey(pem: Buffer): string[] {
  return String(pem)
    .split('\n')
    .filter((line) => line.length > 40 && !line.startsWith('-----'))
    .slice(1);
}

async function thingsOf(aws: FakeAws): Promise<string[]> {
  const { things } = await aws.state();
  return (things as { readonly thingName: string }[]).map(({ thingName }) => thingName);
}

/** Any MQTT client, with the certificate that the run has made for a thing. */
async function connectAs(thing: string, aws: FakeAws) {
  const files = [...filesBelow(join(aws.folder, 'state'))];
  const plain = thing.replace(/^fr-[0-9a-f]{8}-/, '');
  const fileOf = (end: string) => files.find(([path]) => path.endsWith(`/${plain}${end}`))?.[1];
  const port = Number(aws.settings.find((each) => each.includes('mqtt.port='))?.split('=')[1]);
  const client = await mqtt.connectAsync({
    protocol: 'mqtts',
    host: 'localhost',
    servername: 'localhost',
    port,
    clientId: thing,
    reconnectPeriod: 0,
    ca: [readFileSync(join(aws.folder, 'ca.pem'))],
    cert: fileOf('.pem.crt') ?? '',
    key: fileOf('.pem.key') ?? '',
  });
  onTestFinished(() => client.endAsync(true));
  client.on('error', () => undefined);
  return client;
}
