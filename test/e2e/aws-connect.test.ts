import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nothing, runArgs, scaledQuotas, startFakeAws } from '../support/aws.ts';
import { readSummary, runCli, temporaryFolder } from '../support/cli.ts';

const authorizer = {
  name: 'fleet',
  userName: 'pumps',
  password: 'a very secret password',
  tokenKey: 'ticket',
  token: 'a token/with+signs',
  signature: 'c2lnbmVkIGJ5IG5vYm9keQ==',
};

const policy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }],
};

const setAll = (settings: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${value}`]);

const authorizerSettings = {
  'target.aws.authorizer.name': authorizer.name,
  'target.aws.authorizer.userName': authorizer.userName,
  'target.aws.authorizer.password': '$FLEET_PASSWORD',
  'target.aws.authorizer.tokenKey': authorizer.tokenKey,
  'target.aws.authorizer.token': '$FLEET_TOKEN',
  'target.aws.authorizer.signature': '$FLEET_SIGNATURE',
};

it.each<[string, Readonly<Record<string, string>>]>([
  ['a certificate of its own, packet', { 'fleet.client': 'packet' }],
  ['one certificate for all', { 'target.aws.identity.per': 'fleet' }],
  ['one for each cohort, by ALPN', { 'target.aws.identity.per': 'cohort', connect: 'mtls-443' }],
  ['signed WebSockets', { connect: 'websocket' }],
  ['a custom authorizer', { connect: 'custom', ...authorizerSettings }],
  ['the same, packet', { connect: 'custom', 'fleet.client': 'packet', ...authorizerSettings }],
])('things are let in by %s', async (_how, { connect = 'mtls', ...settings }) => {
  const quotas = scaledQuotas(20);
  const file = join(temporaryFolder(), 'authorizer.json');
  writeFileSync(file, JSON.stringify({ ...authorizer, policyDocuments: [policy] }));
  const aws = await startFakeAws(quotas, ['--authorizer', file]);
  const all = setAll({
    ...settings,
    'fleet.things': 10,
    'target.aws.quotas': quotas,
    'target.aws.connect': connect,
    // The control plane over TLS too.
    'target.aws.endpoints.iot': `https://localhost:${aws.httpsPort}`,
    // The flag comes before what the scenario says.
    'target.aws.ca': 'nowhere.pem',
    ...(connect === 'websocket' ? { 'target.aws.endpoints.mqtt.port': aws.httpsPort } : {}),
  });

  const ended = await runCli(runArgs(aws, 'run', ...all, '--ca', join(aws.folder, 'ca.pem')), {
    ...aws.env,
    FLEET_PASSWORD: authorizer.password,
    FLEET_TOKEN: authorizer.token,
    FLEET_SIGNATURE: authorizer.signature,
  });

  const told = ended.stderr + ended.stdout;
  expect(told).toContain('10 of 10 things connected');
  const { jobs, cloud, invariants } = readSummary(join(aws.folder, 'run'));
  expect(jobs[0], told).toMatchObject({ status: 'COMPLETED', notified: 10 });
  expect(invariants.filter(({ holds }) => !holds)).toEqual([]);
  expect(cloud?.left).toEqual([]);
  expect((await aws.state()).counts).toMatchObject(nothing);
});
